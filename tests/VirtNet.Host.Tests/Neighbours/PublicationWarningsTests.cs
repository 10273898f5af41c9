using System.Net;
using VirtNet.Host.Neighbours;
using VirtNet.Model.Publishing;

namespace VirtNet.Host.Tests.Neighbours;

public class PublicationWarningsTests
{
    private const string Docker = """
        *nat
        :PREROUTING ACCEPT [0:0]
        :OUTPUT ACCEPT [0:0]
        :DOCKER - [0:0]
        :VNPP_virbr0 - [0:0]
        -A PREROUTING -m addrtype --dst-type LOCAL -j DOCKER
        -A PREROUTING -d 203.0.113.9/32 -j DNAT --to-destination 10.0.0.9
        -A DOCKER ! -i docker0 -p tcp -m tcp --dport 8080 -j DNAT --to-destination 172.17.0.2:80
        -A DOCKER -d 127.0.0.1/32 ! -i docker0 -p tcp -m tcp --dport 8081 -j DNAT --to-destination 172.17.0.2:80
        -A DOCKER -d 203.0.113.5/32 ! -i docker0 -p tcp -m multiport --dports 9000:9010,9020 -j DNAT --to-destination 172.17.0.2
        -A DOCKER -p udp -j DNAT --to-destination 172.17.0.3
        -A VNPP_virbr0 -p tcp -m tcp --dport 8888 -j DNAT --to-destination 192.168.122.9
        COMMIT

        """;

    [Theory]
    [InlineData(null, "8080", "DOCKER, rule '! -i docker0 -p tcp -m tcp --dport 8080")]
    [InlineData("203.0.113.5", "8080", "--dport 8080")]
    [InlineData(null, "8000-8100", "--dport 8080")]
    [InlineData("127.0.0.1", "8080", null)]
    [InlineData("127.0.0.1", "8081", "-d 127.0.0.1/32")]
    [InlineData(null, "8082", null)]
    [InlineData("203.0.113.5", "9005", "--dports 9000:9010,9020")]
    [InlineData("203.0.113.6", "9005", null)]
    [InlineData("203.0.113.5", "9020", "--dports 9000:9010,9020")]
    [InlineData("203.0.113.5", "9015", null)]
    [InlineData("203.0.113.9", "80", "-d 203.0.113.9/32")]
    [InlineData(null, "8888", null)] // our own rule
    [InlineData(null, "8080/udp", null)]
    [InlineData("2001:db8::5", "8080", null)]
    public void Who_sends_the_same_connections_elsewhere_is_named(string? address, string listen, string? rule)
    {
        string[] found = Warnings(Recorded.Saved(Docker), Place(address, listen));
        if (rule is null)
        {
            Assert.Empty(found);
        }
        else
        {
            Assert.StartsWith(rule.StartsWith("-d 203", StringComparison.Ordinal) ? "iptables rules of this host's own" : "Docker (ip nat, chain ", Assert.Single(found), StringComparison.Ordinal);
            Assert.Contains(rule, found[0], StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("8443", true)]
    [InlineData("8445", true)]
    [InlineData("8447", false)]
    public void A_rule_of_nftables_is_found_too(string port, bool isFound)
    {
        IReadOnlyList<RuleTable> tables = Recorded.Rule("inet", "own", "prerouting", "accept", """
            {"match": {"op": "==", "left": {"payload": {"protocol": "tcp", "field": "dport"}}, "right": {"set": [8443, {"range": [8444, 8446]}]}}},
            {"dnat": {"family": "ip", "addr": "10.0.0.2"}}
            """);
        Assert.Equal(isFound ? 1 : 0, Warnings(tables, Place(null, port)).Length);
    }

    [Fact]
    public void A_firewalld_that_forwards_only_what_it_has_published_itself_is_named_with_its_setting()
    {
        Assert.Contains("StrictForwardPorts", Assert.Single(Warnings(Firewalld("state", "established"), Place(null, "80"))), StringComparison.Ordinal);
        Assert.Empty(Warnings(Firewalld("status", "dnat"), Place(null, "80")));
    }

    private static RuleTable[] Firewalld(string key, string value)
    {
        RuleTable table = Recorded.Rule("inet", "firewalld", "forward", "accept", $$$"""
            {"match": {"op": "in", "left": {"ct": {"key": "{{{key}}}"}}, "right": "{{{value}}}"}}, {"accept": null}
            """)[0];
        return [table with { Chains = new Dictionary<string, RuleChain> { ["filter_FORWARD"] = table.Chains["c"] } }];
    }

    [Theory]
    [InlineData("-i virbr0 -j CT --zone 5", true)]
    [InlineData("-p tcp -m tcp --dport 80 -j CT --notrack", true)]
    [InlineData("-p tcp -m tcp --dport 81 -j NOTRACK", false)]
    [InlineData("-i virbr1 -j NOTRACK", false)]
    [InlineData("-i virbr0 -j CT --helper ftp", false)]
    public void Connections_that_are_not_followed_are_said(string rule, bool isFound)
    {
        IReadOnlyList<RuleTable> tables = Recorded.Saved($"*raw\n:PREROUTING ACCEPT [0:0]\n-A PREROUTING {rule}\nCOMMIT\n");
        string[] found = Warnings(tables, Place(null, "80"));
        Assert.Equal(isFound, found.Length == 1 && found[0].Contains("answers", StringComparison.Ordinal));
    }

    private static string[] Warnings(IReadOnlyList<RuleTable> tables, HostPublication place) =>
        [.. PublicationWarnings.Find(new ForeignView(tables, ""), Recorded.Network() with { Places = [place], Publishes = true }, null)
            .Select(warning => warning.Text)];

    private static HostPublication Place(string? address, string listen)
    {
        Publication publication = ListenText.Parse(listen)!;
        IPAddress? at = address is null ? null : IPAddress.Parse(address);
        return new HostPublication(
            at?.AddressFamily == System.Net.Sockets.AddressFamily.InterNetworkV6, at, publication.Protocol, publication.Ports[0], null, [], Balance.RoundRobin, []);
    }
}
