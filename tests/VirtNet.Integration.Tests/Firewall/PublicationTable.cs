using System.Net;
using VirtNet.Host;
using VirtNet.Host.Firewall;
using VirtNet.Model;
using VirtNet.Model.Publishing;

namespace VirtNet.Integration.Tests.Firewall;

/// <summary>What is published in the topology's networks, and who reaches it from where, seen as whom.</summary>
internal static class PublicationTable
{
    /// <summary>
    /// One row a line: from where, address and port (UDP with <c>/udp</c>), and what the client hears: who answers and as whom it sees
    /// the client. The host is asked by its own addresses and by 127.0.0.1.
    /// </summary>
    private const string Rows = """
        ext    203.0.113.5:8443           g1 203.0.113.1
        host   203.0.113.5:8443           g1 203.0.113.2
        g1     203.0.113.5:8443           g1 10.1.0.1
        h1     203.0.113.5:8443           g1 10.1.0.1
        g2     203.0.113.5:8443           g1 10.2.0.9
        g6     203.0.113.5:8443           g1 10.6.0.9
        ext    [2001:db8:ff::5]:8443      g1 2001:db8:ff::1
        host   [2001:db8:ff::5]:8443      g1 2001:db8:ff::5
        g1     [2001:db8:ff::5]:8443      g1 2001:db8:1::1
        h1     [2001:db8:ff::5]:8443      g1 2001:db8:1::1
        g4     [2001:db8:ff::5]:8443      g1 2001:db8:4::9
        ext    203.0.113.2:8081           g1 203.0.113.1
        ext    203.0.113.5:8081           g1 203.0.113.1
        host   203.0.113.2:8081           g1 203.0.113.2
        host   127.0.0.1:8081             g1 10.1.0.1
        g1     10.1.0.1:8081              g1 10.1.0.1
        h1     203.0.113.2:8081           g1 10.1.0.1
        g2     10.2.0.1:8081              g1 10.2.0.9
        ext    [2001:db8:ff::2]:8081      g1 2001:db8:ff::1
        host   [::1]:8081                 REJECT
        ext    203.0.113.2:5300/udp       g1 203.0.113.1
        host   203.0.113.2:5300/udp       g1 203.0.113.2
        host   127.0.0.1:5300/udp         g1 10.1.0.1
        g1     203.0.113.2:5300/udp       g1 10.1.0.1
        h1     203.0.113.2:5300/udp       g1 10.1.0.1
        g5     203.0.113.2:5300/udp       g1 10.5.0.9
        ext    203.0.113.5:9000           g1 203.0.113.1
        ext    203.0.113.5:9010           g1 203.0.113.1
        ext    203.0.113.5:9011           REJECT
        ext    203.0.113.5:9100           g1 203.0.113.1
        ext    203.0.113.5:9110           g1 203.0.113.1
        ext    203.0.113.5:9111           REJECT
        ext    203.0.113.6:80             h1 203.0.113.1
        ext    203.0.113.6:5353/udp       h1 203.0.113.1
        host   203.0.113.6:80             h1 203.0.113.2
        g1     203.0.113.6:80             h1 10.1.0.1
        g4     203.0.113.6:80             h1 10.4.0.9
        ext    [2001:db8:ff::6]:80        h1 2001:db8:ff::1
        h1     203.0.113.1:80             ext 203.0.113.6
        g1     203.0.113.1:80             ext 203.0.113.2
        h1     [2001:db8:ff::1]:80        ext 2001:db8:ff::6
        ext    203.0.113.6:8082           h1 203.0.113.1
        ext    203.0.113.2:7979           host 203.0.113.1
        host   127.0.0.1:7979             host 127.0.0.1
        host   [::1]:7979                 host ::1
        g1     10.1.0.1:7979              host 10.1.0.9
        ext    [2001:db8:ff::2]:7979      host 2001:db8:ff::1
        host   127.0.0.1:8085             g1 10.1.0.1
        ext    203.0.113.2:8085           REJECT
        ext    203.0.113.5:8502           REJECT
        ext2   203.0.113.5:8502           g1 198.51.100.1
        ext    203.0.113.5:8503           REJECT
        host   203.0.113.5:8503           REJECT
        h1     203.0.113.5:8503           REJECT
        ext    203.0.113.5:8504           g1 203.0.113.1
        ext2   203.0.113.5:8504           REJECT
        ext    203.0.113.5:8600           g6 203.0.113.1
        host   203.0.113.5:8600           g6 203.0.113.2
        g6     203.0.113.5:8600           g6 10.6.0.1
        g1     203.0.113.5:8600           g6 10.1.0.9
        ext    203.0.113.5:8601           g4 203.0.113.1
        ext    203.0.113.5:8602           g5 203.0.113.1
        h5     203.0.113.5:8602           g5 10.5.0.1
        h1     203.0.113.5:8602           g5 10.1.0.8
        ext    [2001:db8:6::9]:80         g6 2001:db8:ff::1
        ext    10.1.0.9:443               REJECT
        ext    10.1.0.9:22                REJECT
        ext    10.6.0.9:80                REJECT
        ext    [2001:db8:6::9]:22         REJECT
        g2     10.1.0.9:443               REJECT
        g6     10.1.0.9:80                REJECT
        g1     10.6.0.9:80                REJECT
        g6     203.0.113.1:80             REJECT
        """;

    /// <summary>In the first network: nat, whose guests are g1 and h1.</summary>
    private static readonly HostPublication[] Nat =
    [
        Tcp("203.0.113.5", 8443, To("10.1.0.9", 443)),
        Tcp("2001:db8:ff::5", 8443, To("2001:db8:1::9", 443)),
        Any(ipv6: false, PublishedProtocol.Tcp, 8081, To("10.1.0.9", 80)),
        Any(ipv6: true, PublishedProtocol.Tcp, 8081, To("2001:db8:1::9", 80)),
        Any(ipv6: false, PublishedProtocol.Udp, 5300, To("10.1.0.9", 5353)),
        Udp("203.0.113.5", 5301, To("10.1.0.9", 5354)),
        Udp("2001:db8:ff::5", 5301, To("2001:db8:1::9", 5354)),
        Udp("203.0.113.5", 5302, To("10.1.0.9", 5355)),
        Sctp("203.0.113.5", 8701, To("10.1.0.9", 3868)),
        Sctp("2001:db8:ff::5", 8701, To("2001:db8:1::9", 3868)),
        Tcp("203.0.113.5", 9000, new HostTarget(IPAddress.Parse("10.1.0.9"), null), last: 9010),
        Tcp("203.0.113.5", 9100, To("10.1.0.9", 7000), last: 7010 - 7000 + 9100),
        Whole("203.0.113.6", "10.1.0.8"),
        Whole("2001:db8:ff::6", "2001:db8:1::8"),
        Any(ipv6: false, PublishedProtocol.Tcp, 7979, new HostTarget(null, 8080)),
        Any(ipv6: true, PublishedProtocol.Tcp, 7979, new HostTarget(null, 8080)),
        Tcp("127.0.0.1", 8085, To("10.1.0.9", 80)),
        Tcp("203.0.113.5", 8502, To("10.1.0.9", 80)) with { Sources = [IPNetwork.Parse("198.51.100.0/24")] },
        Tcp("203.0.113.5", 8503),
        Tcp("203.0.113.5", 8504, To("10.1.0.9", 80)) with { Interface = "up0" },
        Tcp("203.0.113.5", 8500, To("10.1.0.9", 80), To("10.1.0.8", 80)),
        Tcp("203.0.113.5", 8501, To("10.1.0.9", 80), To("10.1.0.8", 80)) with { Balance = Balance.Source },
        Tcp("203.0.113.5", 8505, To("10.1.0.9", 80) with { Weight = 3 }, To("10.1.0.8", 80)),
    ];

    /// <summary>The rules of all networks, with what they publish.</summary>
    public static FirewallRules[] AllRules() =>
    [
        .. FirewallTopology.Networks.Select(network => FirewallPlanner.RulesFor(network) ?? FirewallPlanner.OpenRulesFor(network))
            .OfType<FirewallRules>()
            .Select(rules => rules with { Publications = Published(rules.NetworkName).ToValueList() }),
    ];

    public static Task CheckAsync(FirewallTopology topology) =>
        PublicationProbe.CheckRowsAsync(topology, Rows, (heard, expected) => heard == expected);

    /// <summary>Who answers to several connections, one after the other.</summary>
    public static async Task<string[]> AnswersAsync(FirewallTopology topology, int port, int count)
    {
        List<string> who = [];
        for (int i = 0; i < count; i++)
        {
            who.Add((await PublicationProbe.AskAsync(topology["ext"], IPAddress.Parse("203.0.113.5"), port)).Split(' ')[0]);
        }

        return [.. who];
    }

    private static HostPublication[] Published(string network) => network switch
    {
        "nat" => Nat,
        "none" =>
        [
            Tcp("203.0.113.5", 8600, To("10.6.0.9", 80)),
            Tcp("2001:db8:6::9", 80, To("2001:db8:6::9", 80)), // the guest's own address: only the door is opened
        ],
        "route" => [Tcp("203.0.113.5", 8601, To("10.4.0.9", 80))],
        "open" => [Tcp("203.0.113.5", 8602, To("10.5.0.9", 80))],
        _ => [],
    };

    private static HostPublication Tcp(string address, ushort port, params HostTarget[] targets) =>
        Place(IPAddress.Parse(address), PublishedProtocol.Tcp, new PortRange(port), targets);

    private static HostPublication Sctp(string address, ushort port, HostTarget target) =>
        Place(IPAddress.Parse(address), PublishedProtocol.Sctp, new PortRange(port), target);

    private static HostPublication Udp(string address, ushort port, HostTarget target) =>
        Place(IPAddress.Parse(address), PublishedProtocol.Udp, new PortRange(port), target);

    private static HostPublication Tcp(string address, ushort port, HostTarget target, int last) =>
        Place(IPAddress.Parse(address), PublishedProtocol.Tcp, new PortRange(port, (ushort)last), target);

    private static HostPublication Any(bool ipv6, PublishedProtocol protocol, ushort port, params HostTarget[] targets) =>
        Place(null, protocol, new PortRange(port), targets) with { Ipv6 = ipv6 };

    private static HostPublication Whole(string address, string target) =>
        Place(IPAddress.Parse(address), null, null, new HostTarget(IPAddress.Parse(target), null));

    private static HostTarget To(string address, ushort port) => new(IPAddress.Parse(address), port);

    private static HostPublication Place(IPAddress? address, PublishedProtocol? protocol, PortRange? ports, params HostTarget[] targets) => new(
        Ipv6: address?.AddressFamily == System.Net.Sockets.AddressFamily.InterNetworkV6, address, protocol, ports, Interface: null,
        Sources: [], Balance.RoundRobin, targets.ToValueList());
}
