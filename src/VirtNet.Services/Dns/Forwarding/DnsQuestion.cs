using VirtNet.Wire.Dns;

namespace VirtNet.Services.Dns.Forwarding;

/// <summary>What is asked of a group of servers; equal questions have the same answer.</summary>
/// <param name="lowerName">Wire form in lower case; borrowed.</param>
internal readonly ref struct DnsQuestion(
    UpstreamGroup group, ReadOnlySpan<byte> lowerName, DnsType type, bool dnssecOk, DnsFlags flags)
{
    /// <summary>Flags of a query that change what a server answers.</summary>
    private const DnsFlags Relevant = DnsFlags.RecursionDesired | DnsFlags.CheckingDisabled;

    public UpstreamGroup Group { get; } = group;

    public ReadOnlySpan<byte> Name { get; } = lowerName;

    public DnsType Type { get; } = type;

    public bool DnssecOk { get; } = dnssecOk;

    public DnsFlags Flags { get; } = flags & Relevant;

    public uint Hash { get; } = unchecked((uint)(DnsNameComparer.Hash(lowerName) ^ ((int)type * 0x9e3779b1)));

    /// <summary>
    /// Tells kept answers of one name and type apart. Whether recursion was desired does not matter any more once an
    /// answer is there.
    /// </summary>
    public byte CacheVariant => (byte)((DnssecOk ? 1 : 0) | ((Flags & DnsFlags.CheckingDisabled) != 0 ? 2 : 0));
}
