using VirtNet.Rpc.Driver;
using VirtNet.Wire.Xdr;

namespace VirtNet.Rpc.Messages;

/// <summary>Arguments of NETWORK_GET_DHCP_LEASES (341).</summary>
internal sealed record GetLeasesArguments(NetworkRef Network, string? Mac, bool NeedResults, uint Flags)
    : IXdrMessage<GetLeasesArguments>
{
    public static GetLeasesArguments Read(ref XdrReader reader) => new(
        Network: reader.ReadNetwork(),
        Mac: reader.ReadOptionalString(RpcLimits.String),
        NeedResults: reader.ReadBoolean(),
        Flags: reader.ReadUInt32());

    public void Write(ref XdrWriter writer)
    {
        writer.WriteNetwork(Network);
        writer.WriteOptionalString(Mac, RpcLimits.String);
        writer.WriteBoolean(NeedResults);
        writer.WriteUInt32(Flags);
    }
}

/// <summary>Result of NETWORK_GET_DHCP_LEASES.</summary>
internal sealed record LeasesResult(IReadOnlyList<DhcpLease> Leases, uint Count) : IXdrMessage<LeasesResult>
{
    public static LeasesResult Read(ref XdrReader reader)
    {
        var leases = new DhcpLease[reader.ReadCount(RpcLimits.Leases, DhcpLeaseXdr.MinSize)];
        for (int i = 0; i < leases.Length; i++)
        {
            leases[i] = reader.ReadLease();
        }

        return new LeasesResult(leases, reader.ReadUInt32());
    }

    public void Write(ref XdrWriter writer)
    {
        writer.WriteCount(Leases.Count, RpcLimits.Leases);
        foreach (DhcpLease lease in Leases)
        {
            writer.WriteLease(lease);
        }

        writer.WriteUInt32(Count);
    }
}

/// <summary>One lease inside a message (network_dhcp_lease).</summary>
internal static class DhcpLeaseXdr
{
    /// <summary>Two empty strings, four absent ones, and the numbers.</summary>
    public const int MinSize = 40;

    public static DhcpLease ReadLease(this ref XdrReader reader) => new(
        Interface: reader.ReadString(RpcLimits.String),
        ExpiryTime: reader.ReadInt64(),
        Type: reader.ReadInt32(),
        Mac: reader.ReadOptionalString(RpcLimits.String),
        Iaid: reader.ReadOptionalString(RpcLimits.String),
        IpAddress: reader.ReadString(RpcLimits.String),
        Prefix: reader.ReadUInt32(),
        Hostname: reader.ReadOptionalString(RpcLimits.String),
        ClientId: reader.ReadOptionalString(RpcLimits.String));

    public static void WriteLease(this ref XdrWriter writer, DhcpLease lease)
    {
        writer.WriteString(lease.Interface, RpcLimits.String);
        writer.WriteInt64(lease.ExpiryTime);
        writer.WriteInt32(lease.Type);
        writer.WriteOptionalString(lease.Mac, RpcLimits.String);
        writer.WriteOptionalString(lease.Iaid, RpcLimits.String);
        writer.WriteString(lease.IpAddress, RpcLimits.String);
        writer.WriteUInt32(lease.Prefix);
        writer.WriteOptionalString(lease.Hostname, RpcLimits.String);
        writer.WriteOptionalString(lease.ClientId, RpcLimits.String);
    }
}
