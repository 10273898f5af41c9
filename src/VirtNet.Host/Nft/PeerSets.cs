namespace VirtNet.Host.Nft;

/// <summary>
/// The sets of what guests of one network may reach in another one. A key begins with the bridge that they may reach, whose network
/// says so, and the bridge that they are behind. What is let in is asked for by where it goes; answers by where they come from.
/// </summary>
internal static class PeerSets
{
    /// <summary>Two bridges that have something open: errors pass that belong to a connection, and nothing is translated.</summary>
    public const string Pairs = "peer_pairs";

    /// <summary>Two bridges between which everything is open.</summary>
    public const string Everything = "peer_all";

    /// <summary>As <see cref="Pairs"/>, with a protocol and a port.</summary>
    public const string Port = "peer_port";

    /// <summary>As <see cref="Port"/>, for ranges of ports.</summary>
    public const string Range = "peer_range";

    private const string In = "oifname . iifname";
    private const string Back = "iifname . oifname";
    private const string Ports = "meta l4proto { tcp, udp, sctp } ";

    public static bool IsOne(string set) => set.StartsWith("peer_", StringComparison.Ordinal);

    /// <summary>Null if virtnet has none of this name.</summary>
    public static NftSet? Make(string name) => name switch
    {
        Pairs => new NftSet(
            name, [NftField.Interface, NftField.Interface], NftValue.None,
            new(NftNames.Forward, -6, $"meta l4proto {{ icmp, ipv6-icmp }} ct state related {In} @{name} accept"),
            new(NftNames.Forward, -6, $"meta l4proto {{ icmp, ipv6-icmp }} ct state related {Back} @{name} accept"),
            new(NftNames.WholeOut, -10, $"{In} @{name} accept"),
            new(NftNames.GuestNat, -5, $"{In} @{name} accept")),
        Everything => new NftSet(
            name, [NftField.Interface, NftField.Interface], NftValue.None,
            new(NftNames.Forward, -7, $"{In} @{name} accept"),
            new(NftNames.Forward, -7, $"ct direction reply ct state established {Back} @{name} accept")),
        Port or Range => new NftSet(
            name, [NftField.Interface, NftField.Interface, NftField.Protocol, NftField.Port], NftValue.None,
            new(NftNames.Forward, -8, $"{Ports}{In} . meta l4proto . th dport @{name} accept"),
            new(NftNames.Forward, -8, $"{Ports}ct direction reply ct state established {Back} . meta l4proto . th sport @{name} accept"))
        {
            Ranges = name == Range,
        },
        _ => null,
    };
}
