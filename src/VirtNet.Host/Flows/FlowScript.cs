using VirtNet.Host.Nft;

namespace VirtNet.Host.Flows;

/// <summary>
/// The nftables table by which established connections pass the rules by, as text. It grows with the networks by an element and
/// a device each, its rules are always the same.
/// <para>
/// The kernel looks connections up where packets come in (linux, Documentation/networking/nf_flowtable.rst): on the bridges and
/// the uplinks, never on the ports of a bridge. So what goes to a guest still leaves by the bridge, its queues and the port's own.
/// </para>
/// <para>
/// A connection is added by an answer that has come to the end of the forward hook: every firewall of the host has let through a
/// packet of each direction by then. What was translated on its way in is left out: who redirected it may want to end it.
/// </para>
/// </summary>
internal static class FlowScript
{
    public const string Bridges = "bridges";

    public const string Uplinks = "uplinks";

    public const string Forward = "forward";

    private const string Flows = "flows";

    /// <summary>The kernel takes fewer than 256 devices in one message (NFT_NETDEVICE_MAX).</summary>
    private const int MostDevices = 255;

    private const string Answers = "ct direction reply ct state established meta l4proto { tcp, udp } flow add @" + Flows;

    public static readonly NftTable Table = new("inet", NftTable.Inet, NftNames.FlowTable, [Forward]);

    /// <summary>After the chains of others.</summary>
    public static readonly NftHook Hook = new(Number: 2, Priority: 1000, Accepts: true);

    private static readonly NftRule[] s_rules =
    [
        new(Forward, 0, "ct status dnat return"),
        new(Forward, 1, $"iifname @{Bridges} oifname @{Uplinks} {Answers}"),
        new(Forward, 2, $"iifname @{Uplinks} oifname @{Bridges} {Answers}"),
    ];

    /// <summary>Harmless where there is none.</summary>
    public static string Removal { get; } = $"add table {Table}\ndelete table {Table}\n";

    /// <summary>The comments of its rules.</summary>
    public static IEnumerable<string> Comments => s_rules.Select(NftSkeleton.Comment);

    /// <summary>What the kernel must be able to do.</summary>
    public static string Probe => Whole(["lo"], []);

    /// <summary>The table anew, in one transaction: all connections pass the rules again before they are offloaded again.</summary>
    public static string Whole(IReadOnlyCollection<string> bridges, IReadOnlyCollection<string> uplinks) =>
        $"{Removal}add table {Table}\n"
        + Devices([.. bridges, .. uplinks])
        + $"add set {Table} {Bridges} {{ type ifname; }}\n"
        + $"add set {Table} {Uplinks} {{ type ifname; }}\n"
        + $"add chain {Table} {Forward} {Hook.Declaration("filter")}\n"
        + string.Concat(s_rules.Select(rule => $"add rule {Table} {Forward} {rule.Text} comment \"{NftSkeleton.Comment(rule)}\"\n"))
        + Elements(Bridges, bridges)
        + Elements(Uplinks, uplinks);

    /// <summary>More of them, where the table is there.</summary>
    public static string More(IReadOnlyCollection<string> bridges, IReadOnlyCollection<string> uplinks) =>
        Devices([.. bridges, .. uplinks]) + Elements(Bridges, bridges) + Elements(Uplinks, uplinks);

    private static string Devices(string[] names) => string.Concat(names.Chunk(MostDevices).Select(part =>
        $"add flowtable {Table} {Flows} {{ hook ingress priority 0; devices = {{ {List(part)} }}; }}\n"));

    private static string Elements(string set, IReadOnlyCollection<string> names) =>
        names.Count == 0 ? "" : $"add element {Table} {set} {{ {List(names)} }}\n";

    private static string List(IEnumerable<string> names) => string.Join(", ", names.Select(NftNames.Quoted));
}
