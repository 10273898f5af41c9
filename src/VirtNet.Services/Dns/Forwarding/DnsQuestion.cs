using VirtNet.Wire.Dns;

namespace VirtNet.Services.Dns.Forwarding;

/// <summary>
/// What is asked of a group of servers for one network; equal questions have the same answer. No network is told what
/// another one asked for.
/// </summary>
/// <param name="lowerName">Wire form in lower case; borrowed.</param>
internal readonly ref struct DnsQuestion(
    NetworkShare network, UpstreamGroup group, ReadOnlySpan<byte> lowerName, DnsType type, bool dnssecOk, DnsFlags flags)
{
    public NetworkShare Network { get; } = network;

    public UpstreamGroup Group { get; } = group;

    public ReadOnlySpan<byte> Name { get; } = lowerName;

    public DnsType Type { get; } = type;

    public bool DnssecOk { get; } = dnssecOk;

    /// <summary>Flags of a query that change what a server answers: CD. Whoever is forwarded for desires recursion.</summary>
    public DnsFlags Flags { get; } = flags & DnsFlags.CheckingDisabled;

    public uint Hash { get; } = 
        unchecked((uint)DnsNameComparer.Hash(lowerName) ^ ((uint)type * 0x9e3779b1) ^ (network.Id * 0x85ebca77));

    /// <summary>Tells kept answers of one name and type apart.</summary>
    public byte CacheVariant => (byte)((DnssecOk ? 1 : 0) | (Flags != DnsFlags.None ? 2 : 0));
}
