using System.Text;
using VirtNet.Host.Nft;

namespace VirtNet.Host.Spanning;

/// <summary>
/// One of the two tables that all spanning networks share: constant sets, chains and rules, in which a network is some elements. They
/// are beside the tables of networks' rules, so that they are the same whatever backend makes those.
/// </summary>
internal sealed class SpanTable
{
    private readonly Dictionary<string, string> _sets;
    private readonly Dictionary<string, NftHook?> _chains;
    private readonly NftRule[] _rules;

    private SpanTable(
        string family, byte familyNumber, Dictionary<string, string> sets, Dictionary<string, NftHook?> chains, NftRule[] rules)
    {
        Table = new NftTable(family, familyNumber, NftNames.SpanTable, [.. chains.Where(chain => chain.Value is not null).Select(chain => chain.Key)]);
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

    public static bool IsOne(string table) => table == NftNames.SpanTable;

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

    /// <summary>Ports that guests of networks are behind that hold them to what is theirs. By number: it is never another port's.</summary>
    public const string Guests = "guests";

    /// <summary>Those of them that are locked.</summary>
    public const string Locked = "locked";

    /// <summary>Locked ports with the MAC addresses that may be used there.</summary>
    public const string Owners = "owners";

    /// <summary>From those that are not to the bridge that each is a port of.</summary>
    public const string Open = "open";

    /// <summary>Bridges with the MAC addresses that guests behind locked ports of theirs have, and with their own: nobody else may use them.</summary>
    public const string Known = "known";

    /// <summary>Addresses that are somebody's.</summary>
    public const string Taken4 = "taken4";

    /// <inheritdoc cref="Taken4"/>
    public const string Taken6 = "taken6";

    /// <summary>The same, with whose they are.</summary>
    public const string Bound4 = "bound4";

    /// <inheritdoc cref="Bound4"/>
    public const string Bound6 = "bound6";

    /// <summary>From a port to the MAC address that it was last refused; for as long as that is news.</summary>
    public const string RefusedCards = "refused_cards";

    /// <summary>The same of addresses.</summary>
    public const string Refused4 = "refused4";

    /// <inheritdoc cref="Refused4"/>
    public const string Refused6 = "refused6";

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
    private const string Bind = "bind";
    private const string BindNew = "bind_new";
    private const string BindAddress = "bind_address";
    private const string FromTunnel = "from_tunnel";
    private const string ToTunnel = "to_tunnel";
    private const string FromHost = "from_host";
    private const string Arriving = "arriving";
    private const string Forwarded = "forwarded";
    private const string Sent = "sent";
    private const string Senders = "senders";
    private const string Passing = "passing";
    private const string Answers = "answers";

    private const string VniOfPacket = "@th,96,24";
    private const string TheWayBack = "fib saddr . iif oif exists"; // it came in where an answer would go out
    private const string NotTheWayBack = "fib saddr . iif oif missing";
    private const string TargetOfNeighbour = "@th,64,128"; // of solicitations and advertisements (RFC 4861, 4.3 and 4.4)
    /// <summary>A guest cannot make it grow: it has one element for a port.</summary>
    private const string News = "size 4096; flags dynamic,timeout; timeout 5m";
    private const string SourceOfIpv6 = "@nh,64,128"; // of the same type as the target, as one set is asked for both

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
            [Guests] = "set type iface_index",
            [Locked] = "set type iface_index",
            [Owners] = "set type iface_index . ether_addr",
            [Open] = "map type iface_index : mark",
            [Known] = "set type mark . ether_addr",
            [Taken4] = "set type ipv4_addr",
            [Taken6] = $"set typeof {SourceOfIpv6}",
            [Bound4] = "set type ipv4_addr . ether_addr",
            [Bound6] = $"set typeof {SourceOfIpv6} . ether saddr",
            [RefusedCards] = $"map type iface_index : ether_addr; {News}",
            [Refused4] = $"map type iface_index : ipv4_addr; {News}",
            [Refused6] = $"map typeof iif : {SourceOfIpv6}; {News}",
        },
        new()
        {
            [Contain] = null,
            [Bind] = null,
            [BindNew] = null,
            [BindAddress] = null,
            [FromTunnel] = null,
            [ToTunnel] = null,
            [FromHost] = null,
            ["refuse_card"] = null,
            ["refuse_packet"] = null,
            ["refuse_arp"] = null,
            ["refuse_probe"] = null,
            ["refuse_packet6"] = null,
            ["refuse_neighbour"] = null,
            [Arriving] = new NftHook(Number: 0, Priority: -300, Accepts: true),
            [Forwarded] = new NftHook(Number: 2, Priority: -300, Accepts: true),
            [Sent] = new NftHook(Number: 3, Priority: -300, Accepts: true),
        },
        [
            // Each frame that any bridge forwards comes here: what most are is let go by the first rules that know them.
            new(Arriving, 0, $"iif @{Guests} goto {Bind}"),
            new(Arriving, 1, $"iifname @{Tunnels} goto {FromTunnel}"),
            new(Forwarded, 0, $"oifname @{Tunnels} goto {ToTunnel}"),
            new(Sent, 0, $"oifname @{Tunnels} goto {FromHost}"),

            .. Crossing(FromTunnel, "iifname"),
            .. Crossing(ToTunnel, "oifname"),

            // Asking for a guest elsewhere, the host must be told from the other hosts, whose bridges have the same addresses as its own.
            new(FromHost, 0, $"jump {Contain}"),
            new(FromHost, 1, $"meta protocol arp oifname . arp daddr ip @{Gateways4} drop"),
            new(FromHost, 2, $"meta protocol arp arp operation request arp saddr ip != 0.0.0.0 arp saddr ip set oifname map @{Sources}"),
            new(FromHost, 3, $"meta protocol arp oifname . arp saddr ip @{Gateways4} drop"),
            new(FromHost, 4, $"meta protocol arp arp operation request arp saddr ether set oifname map @{Macs}"),
            new(FromHost, 5, $"meta protocol ip6 icmpv6 type {{ nd-neighbor-solicit, nd-neighbor-advert }} oifname . {TargetOfNeighbour} @{Gateways6} drop"),
            new(FromHost, 6, $"ether saddr set oifname map @{Macs}"),

            new(Contain, 0, $"{OfBridges("==")} counter drop"), // spanning tree: each host has its own
            new(Contain, 1, "meta protocol { 8021q, 8021ad } counter drop"),
            new(Contain, 2, "meta l4proto udp udp dport { 67, 68, 546, 547 } counter drop"),
            new(Contain, 3, "meta protocol ip6 icmpv6 type { nd-router-solicit, nd-router-advert } counter drop"),
            new(Contain, 4, "meta protocol != ip6 return"),
            new(Contain, 5, "meta l4proto 0-255 return"),
            new(Contain, 6, "counter drop"), // what it is its headers hide

            // Before the bridge learns anything from a frame. What has two VLAN tags nobody looks into.
            new(Bind, 0, $"iif . ether saddr @{Owners} goto {BindAddress}"),
            new(Bind, 1, $"iif @{Locked} goto refuse_card"),
            new(Bind, 2, $"meta mark 0 goto {BindNew}"),
            new(Bind, 3, $"goto {BindAddress}"), // somebody has marked it, which no guest can, and needs its mark

            // Whoever is there may use any MAC address but those of others in its network. A mark says which that is: nothing else
            // can be looked up by that is the bridge's.
            new(BindNew, 0, $"meta mark set iif map @{Open}"),
            new(BindNew, 1, $"meta mark . ether saddr @{Known} meta mark set 0 goto refuse_card"),
            new(BindNew, 2, $"meta mark set 0 goto {BindAddress}"),

            new(BindAddress, 0, $"meta protocol ip ip saddr . ether saddr @{Bound4} return"),
            new(BindAddress, 1, "meta protocol { 8021q, 8021ad } counter drop"),
            new(BindAddress, 2, $"meta protocol ip ip saddr @{Taken4} goto refuse_packet"),
            new(BindAddress, 3, $"meta protocol arp arp saddr ip @{Taken4} arp saddr ip . arp saddr ether != @{Bound4} goto refuse_arp"),

            // Who asks whether another's address is in use would keep that one from using it, if it asks for itself just now.
            new(BindAddress, 4, $"meta protocol arp arp saddr ip 0.0.0.0 arp daddr ip @{Taken4} arp daddr ip . arp saddr ether != @{Bound4} goto refuse_probe"),
            new(BindAddress, 5, $"meta protocol ip6 ip6 saddr :: icmpv6 type nd-neighbor-solicit {Stolen(TargetOfNeighbour)} goto refuse_neighbour"),
            new(BindAddress, 6, $"meta protocol ip6 icmpv6 type nd-neighbor-advert {Stolen(TargetOfNeighbour)} goto refuse_neighbour"),
            new(BindAddress, 7, $"meta protocol ip6 {Stolen(SourceOfIpv6)} goto refuse_packet6"),
            .. Refuse("card", $"add @{RefusedCards} {{ iif : ether saddr }}"),
            .. Refuse("packet", $"meta protocol ip add @{Refused4} {{ iif : ip saddr }}"),
            .. Refuse("arp", $"meta protocol arp add @{Refused4} {{ iif : arp saddr ip }}"),
            .. Refuse("probe", $"meta protocol arp add @{Refused4} {{ iif : arp daddr ip }}"),
            .. Refuse("packet6", $"meta protocol ip6 add @{Refused6} {{ iif : {SourceOfIpv6} }}"),
            .. Refuse("neighbour", $"meta protocol ip6 add @{Refused6} {{ iif : {TargetOfNeighbour} }}"),
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

            // A guest that says it is a host comes from where an answer would not go.
            new(Senders, 1, $"meta nfproto ipv4 {VniOfPacket} . ip saddr @{Senders4} {TheWayBack} accept"),
            new(Senders, 2, $"meta nfproto ipv6 {VniOfPacket} . ip6 saddr @{Senders6} {TheWayBack} accept"),
            new(Senders, 3, $"{VniOfPacket} @{Vnis} counter drop"),
            new(Passing, 0, $"udp dport {HostSpan.Port} {VniOfPacket} @{Vnis} {NotTheWayBack} counter drop"),
            new(Answers, 0, $"meta nfproto ipv4 iifname . ip daddr @{Hosts4} snat ip to ip saddr"),
            new(Answers, 1, $"meta nfproto ipv6 iifname . ip6 daddr @{Hosts6} snat ip6 to ip6 saddr"),
        ]);

    public static readonly SpanTable[] All = [Frames, Packets];

    /// <summary>
    /// What others say to a tunnel or from it. TCP is none of what must not cross; what is asked or said of a bridge's own address is
    /// between it and its guests.
    /// </summary>
    private static IEnumerable<NftRule> Crossing(string chain, string device) =>
    [
        new(chain, 0, $"meta l4proto tcp {OfBridges("!=")} accept"),
        new(chain, 1, $"jump {Contain}"),
        new(chain, 2, $"meta protocol arp {device} . arp daddr ip @{Gateways4} drop"),
        new(chain, 3, $"meta protocol arp {device} . arp saddr ip @{Gateways4} drop"),
        new(chain, 4, $"meta protocol ip6 icmpv6 type {{ nd-neighbor-solicit, nd-neighbor-advert }} {device} . {TargetOfNeighbour} @{Gateways6} drop"),
    ];

    private static string OfBridges(string comparison) => $"ether daddr & ff:ff:ff:ff:ff:f0 {comparison} 01:80:c2:00:00:00";

    /// <summary>Two rules: where there is no room to note it, what is refused is refused all the same.</summary>
    private static IEnumerable<NftRule> Refuse(string what, string note) =>
        [new("refuse_" + what, 0, note), new("refuse_" + what, 1, "counter drop")];

    private static string Stolen(string address) => $"{address} @{Taken6} {address} . ether saddr != @{Bound6}";

    private static string TypeOf(string chain) => chain == Answers ? "nat" : "filter";
}
