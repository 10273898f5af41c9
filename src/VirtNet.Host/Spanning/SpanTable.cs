using System.Text;
using VirtNet.Host.Nft;

namespace VirtNet.Host.Spanning;

/// <summary>
/// One of the two tables that all spanning networks share: constant sets, chains and rules, in which a network is some elements. They
/// are beside the tables of networks' rules, so that they are the same whatever backend makes those.
/// </summary>
internal sealed class SpanTable
{
    private const string Name = "virtnet_span";

    private readonly Dictionary<string, string> _sets;
    private readonly Dictionary<string, NftHook?> _chains;
    private readonly NftRule[] _rules;

    private SpanTable(
        string family, byte familyNumber, Dictionary<string, string> sets, Dictionary<string, NftHook?> chains, NftRule[] rules)
    {
        Table = new NftTable(family, familyNumber, Name, [.. chains.Where(chain => chain.Value is not null).Select(chain => chain.Key)]);
        _sets = sets;
        _chains = chains;
        _rules = rules;
    }

    public NftTable Table { get; }

    /// <summary>What is a set or map of this table.</summary>
    public bool Has(string set) => _sets.ContainsKey(set);

    /// <summary>The text of one transaction that makes the table as it must be, whatever someone did to it. Elements stay.</summary>
    public string Script
    {
        get
        {
            StringBuilder text = new($"add table {Table}\n");
            foreach ((string name, string type) in _sets)
            {
                text.Append($"add {type[..3]} {Table} {name} {{ {type[4..]}; }}\n");
            }

            foreach ((string name, NftHook? hook) in _chains)
            {
                text.Append($"add chain {Table} {name}{(hook is null ? "" : $" {hook.Declaration(TypeOf(name))}")}\nflush chain {Table} {name}\n");
            }

            foreach (NftRule rule in _rules)
            {
                text.Append($"add rule {Table} {rule.Chain} {rule.Text} comment \"{NftSkeleton.Comment(rule)}\"\n");
            }

            return text.ToString();
        }
    }

    /// <summary>Whether the kernel has it so.</summary>
    public bool IsIn(NftTableState? state) => state is { Dormant: false }
        && _chains.All(chain => chain.Value is null || state.Hooks.GetValueOrDefault(chain.Key) == chain.Value)
        && _chains.Keys.All(chain => (state.Comments.GetValueOrDefault(chain) ?? [])
            .SequenceEqual(_rules.Where(rule => rule.Chain == chain).Select(NftSkeleton.Comment)));

    public static bool IsOne(string table) => table == Name;

    // Sets of the table of bridges.

    /// <summary>Tunnels.</summary>
    public const string Tunnels = "tunnels";

    /// <summary>From a tunnel to what the host sends from through it.</summary>
    public const string Macs = "macs";

    /// <summary>From a tunnel to the host's address on its underlay.</summary>
    public const string Sources = "sources";

    /// <summary>Tunnels with the addresses that are the same on all hosts.</summary>
    public const string Gateways4 = "gateways4";

    /// <inheritdoc cref="Gateways4"/>
    public const string Gateways6 = "gateways6";

    // Sets of the table of packets.

    /// <summary>Numbers of networks.</summary>
    public const string Vnis = "vnis";

    /// <summary>Numbers of networks with the hosts that may send into them.</summary>
    public const string Senders4 = "senders4";

    /// <inheritdoc cref="Senders4"/>
    public const string Senders6 = "senders6";

    /// <summary>Bridges with the hosts that their guests answer as themselves.</summary>
    public const string Hosts4 = "hosts4";

    /// <inheritdoc cref="Hosts4"/>
    public const string Hosts6 = "hosts6";

    private const string Contain = "contain";
    private const string Arriving = "arriving";
    private const string Forwarded = "forwarded";
    private const string Sent = "sent";
    private const string Senders = "senders";
    private const string Passing = "passing";
    private const string Answers = "answers";

    private const string VniOfPacket = "@th,96,24";
    private const string NotTheWayBack = "fib saddr . iif oif missing"; // it came in where an answer would not go out
    private const string TargetOfNeighbour = "@th,64,128"; // of solicitations and advertisements (RFC 4861, 4.3 and 4.4)

    /// <summary>
    /// Frames that go through tunnels. A frame with a VLAN tag is looked at as one without; of two tags, the outer may stand for none,
    /// and nothing here would see what is behind the inner: such frames do not cross.
    /// </summary>
    public static readonly SpanTable Frames = new(
        "bridge", NftTable.Bridge,
        new()
        {
            [Tunnels] = "set type ifname",
            [Macs] = "map type ifname : ether_addr",
            [Sources] = "map type ifname : ipv4_addr",
            [Gateways4] = "set type ifname . ipv4_addr",
            [Gateways6] = $"set typeof iifname . {TargetOfNeighbour}",
        },
        new()
        {
            [Contain] = null,
            [Arriving] = new NftHook(Number: 0, Priority: -300, Accepts: true),
            [Forwarded] = new NftHook(Number: 2, Priority: -300, Accepts: true),
            [Sent] = new NftHook(Number: 3, Priority: -300, Accepts: true),
        },
        [
            new(Arriving, 0, $"iifname @{Tunnels} jump {Contain}"),
            .. Gateways(Arriving, "iifname", "iifname @" + Tunnels),
            new(Forwarded, 0, $"oifname @{Tunnels} jump {Contain}"),
            .. Gateways(Forwarded, "oifname", "oifname @" + Tunnels),

            // Asking for a guest elsewhere, the host must be told from the other hosts, whose bridges have the same addresses as its own.
            new(Sent, 0, $"oifname @{Tunnels} jump {Contain}"),
            new(Sent, 1, $"meta protocol arp oifname . arp daddr ip @{Gateways4} drop"),
            new(Sent, 2, $"meta protocol arp arp operation request arp saddr ip != 0.0.0.0 arp saddr ip set oifname map @{Sources}"),
            new(Sent, 3, $"meta protocol arp oifname . arp saddr ip @{Gateways4} drop"),
            new(Sent, 4, $"meta protocol arp arp operation request arp saddr ether set oifname map @{Macs}"),
            new(Sent, 5, $"meta protocol ip6 icmpv6 type {{ nd-neighbor-solicit, nd-neighbor-advert }} oifname . {TargetOfNeighbour} @{Gateways6} drop"),
            new(Sent, 6, $"ether saddr set oifname map @{Macs}"),

            new(Contain, 0, "ether daddr & ff:ff:ff:ff:ff:f0 == 01:80:c2:00:00:00 counter drop"), // spanning tree: each host has its own
            new(Contain, 1, "meta protocol { 8021q, 8021ad } counter drop"),
            new(Contain, 2, "meta l4proto udp udp dport { 67, 68, 546, 547 } counter drop"),
            new(Contain, 3, "meta protocol ip6 icmpv6 type { nd-router-solicit, nd-router-advert } counter drop"),
            new(Contain, 4, "meta protocol != ip6 return"),
            new(Contain, 5, "meta l4proto 0-255 return"),
            new(Contain, 6, "counter drop"), // what it is its headers hide
        ]);

    /// <summary>Packets between hosts.</summary>
    public static readonly SpanTable Packets = new(
        "inet", NftTable.Inet,
        new()
        {
            [Vnis] = $"set typeof {VniOfPacket}",
            [Senders4] = $"set typeof {VniOfPacket} . ip saddr",
            [Senders6] = $"set typeof {VniOfPacket} . ip6 saddr",
            [Hosts4] = "set type ifname . ipv4_addr",
            [Hosts6] = "set type ifname . ipv6_addr",
        },
        new()
        {
            [Senders] = new NftHook(Number: 1, Priority: -300, Accepts: true),
            [Passing] = new NftHook(Number: 2, Priority: -300, Accepts: true),
            [Answers] = new NftHook(Number: 4, Priority: 90, Accepts: true), // before whatever translates
        },
        [
            new(Senders, 0, "meta l4proto != udp accept"),
            new(Senders, 0, $"udp dport != {HostSpan.Port} accept"),
            new(Senders, 1, $"{VniOfPacket} @{Vnis} {NotTheWayBack} counter drop"), // a guest that says it is a host
            new(Senders, 2, $"meta nfproto ipv4 {VniOfPacket} . ip saddr @{Senders4} accept"),
            new(Senders, 3, $"meta nfproto ipv6 {VniOfPacket} . ip6 saddr @{Senders6} accept"),
            new(Senders, 4, $"{VniOfPacket} @{Vnis} counter drop"),
            new(Passing, 0, $"udp dport {HostSpan.Port} {VniOfPacket} @{Vnis} {NotTheWayBack} counter drop"),
            new(Answers, 0, $"meta nfproto ipv4 iifname . ip daddr @{Hosts4} snat ip to ip saddr"),
            new(Answers, 1, $"meta nfproto ipv6 iifname . ip6 daddr @{Hosts6} snat ip6 to ip6 saddr"),
        ]);

    public static readonly SpanTable[] All = [Frames, Packets];

    /// <summary>What is asked or said of a bridge's own address is between it and its guests.</summary>
    private static IEnumerable<NftRule> Gateways(string chain, string device, string tunnels) =>
    [
        new(chain, 1, $"meta protocol arp {device} . arp daddr ip @{Gateways4} drop"),
        new(chain, 2, $"meta protocol arp {device} . arp saddr ip @{Gateways4} drop"),
        new(chain, 3, $"meta protocol ip6 {tunnels} icmpv6 type {{ nd-neighbor-solicit, nd-neighbor-advert }} {device} . {TargetOfNeighbour} @{Gateways6} drop"),
    ];

    private static string TypeOf(string chain) => chain == Answers ? "nat" : "filter";
}
