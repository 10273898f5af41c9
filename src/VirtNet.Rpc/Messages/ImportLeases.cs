using VirtNet.Rpc.Driver;
using VirtNet.Wire.Xdr;

namespace VirtNet.Rpc.Messages;

/// <summary>Arguments of our own IMPORT_LEASES.</summary>
/// <param name="ServerDuid">What the former DHCPv6 server called itself; null = unknown, or there was none.</param>
internal sealed record ImportLeasesArguments(NetworkRef Network, IReadOnlyList<DhcpLease> Leases, string? ServerDuid)
    : IXdrMessage<ImportLeasesArguments>
{
    public static ImportLeasesArguments Read(ref XdrReader reader)
    {
        NetworkRef network = reader.ReadNetwork();
        var leases = new DhcpLease[reader.ReadCount(RpcLimits.Leases, DhcpLeaseXdr.MinSize)];
        for (int i = 0; i < leases.Length; i++)
        {
            leases[i] = reader.ReadLease();
        }

        return new ImportLeasesArguments(network, leases, reader.ReadOptionalString(RpcLimits.String));
    }

    public void Write(ref XdrWriter writer)
    {
        writer.WriteNetwork(Network);
        writer.WriteCount(Leases.Count, RpcLimits.Leases);
        foreach (DhcpLease lease in Leases)
        {
            writer.WriteLease(lease);
        }

        writer.WriteOptionalString(ServerDuid, RpcLimits.String);
    }
}
