using VirtNet.Rpc.Driver;
using VirtNet.Wire.Xdr;

namespace VirtNet.Rpc.Messages;

/// <summary>Arguments of our own SHARE_LEASES.</summary>
internal sealed record ShareLeasesArguments(NetworkRef Network, uint Flags, LeaseSharing Sharing) : IXdrMessage<ShareLeasesArguments>
{
    /// <summary>What was told before is replaced.</summary>
    public const uint All = 1;

    private const int MinStringSize = 4;

    public static ShareLeasesArguments Read(ref XdrReader reader)
    {
        NetworkRef network = reader.ReadNetwork();
        uint flags = reader.ReadUInt32();
        string? host = reader.ReadOptionalString(RpcLimits.String);
        SharedLease[] put = reader.ReadSharedLeases();
        var removed = new string[reader.ReadCount(RpcLimits.Leases, MinStringSize)];
        for (int i = 0; i < removed.Length; i++)
        {
            removed[i] = reader.ReadString(RpcLimits.String);
        }

        return new ShareLeasesArguments(
            network, flags, new LeaseSharing(host, (flags & All) != 0, put, removed, reader.ReadOptionalString(RpcLimits.String)));
    }

    public void Write(ref XdrWriter writer)
    {
        writer.WriteNetwork(Network);
        writer.WriteUInt32(Flags);
        writer.WriteOptionalString(Sharing.Host, RpcLimits.String);
        writer.WriteSharedLeases(Sharing.Put);
        writer.WriteCount(Sharing.Removed.Count, RpcLimits.Leases);
        foreach (string address in Sharing.Removed)
        {
            writer.WriteString(address, RpcLimits.String);
        }

        writer.WriteOptionalString(Sharing.Warning, RpcLimits.String);
    }
}

/// <summary>Result of our own GET_SHARED_LEASES.</summary>
internal sealed record SharedLeasesResult(SharedLeases Leases) : IXdrMessage<SharedLeasesResult>
{
    public static SharedLeasesResult Read(ref XdrReader reader) =>
        new(new SharedLeases(reader.ReadOptionalString(RpcLimits.String), reader.ReadSharedLeases()));

    public void Write(ref XdrWriter writer)
    {
        writer.WriteOptionalString(Leases.Host, RpcLimits.String);
        writer.WriteSharedLeases(Leases.Leases);
    }
}

/// <summary>Arguments of our own KEEP_LINKED.</summary>
internal sealed record KeepLinkedArguments(uint Seconds, string? Outage) : IXdrMessage<KeepLinkedArguments>
{
    public static KeepLinkedArguments Read(ref XdrReader reader) => new(reader.ReadUInt32(), reader.ReadOptionalString(RpcLimits.String));

    public void Write(ref XdrWriter writer)
    {
        writer.WriteUInt32(Seconds);
        writer.WriteOptionalString(Outage, RpcLimits.String);
    }
}

/// <summary>Arguments of our own TELL_SHARED.</summary>
internal sealed record TellSharedArguments(NetworkRef Network, string? Obstacle) : IXdrMessage<TellSharedArguments>
{
    public static TellSharedArguments Read(ref XdrReader reader) => new(reader.ReadNetwork(), reader.ReadOptionalString(RpcLimits.String));

    public void Write(ref XdrWriter writer)
    {
        writer.WriteNetwork(Network);
        writer.WriteOptionalString(Obstacle, RpcLimits.String);
    }
}

/// <summary>Leases of several hosts inside a message.</summary>
internal static class SharedLeaseXdr
{
    /// <summary>A lease, an absent host, whether it has ended, and what it replaces.</summary>
    private const int MinSize = DhcpLeaseXdr.MinSize + 16;

    private const long ReplacesNone = -1;

    public static SharedLease[] ReadSharedLeases(this ref XdrReader reader)
    {
        var leases = new SharedLease[reader.ReadCount(RpcLimits.Leases, MinSize)];
        for (int i = 0; i < leases.Length; i++)
        {
            SharedLease lease = new(reader.ReadLease(), reader.ReadOptionalString(RpcLimits.String), reader.ReadBoolean());
            leases[i] = reader.ReadInt64() is not ReplacesNone and var replaces ? lease with { Replaces = replaces } : lease;
        }

        return leases;
    }

    public static void WriteSharedLeases(this ref XdrWriter writer, IReadOnlyList<SharedLease> leases)
    {
        writer.WriteCount(leases.Count, RpcLimits.Leases);
        foreach (SharedLease lease in leases)
        {
            writer.WriteLease(lease.Lease);
            writer.WriteOptionalString(lease.Host, RpcLimits.String);
            writer.WriteBoolean(lease.HasEnded);
            writer.WriteInt64(lease.Replaces ?? ReplacesNone);
        }
    }
}
