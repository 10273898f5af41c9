using System.Net;
using System.Text.Json;
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

    /// <summary>As kube-proxy has it: chains that are jumped to for a port or an address, and at last translate.</summary>
    [Theory]
    [InlineData(null, "30080", "KUBE-NODEPORTS, rule '-p tcp -m tcp --dport 30080 -j KUBE-EXT-A'")]
    [InlineData("203.0.113.7", "80", "KUBE-SERVICES, rule '-d 203.0.113.7/32 -p tcp -m tcp --dport 80 -j KUBE-EXT-A'")]
    [InlineData("203.0.113.8", "80", null)]
    [InlineData(null, "30081", null)] // it is marked, and goes where it would
    [InlineData(null, "30080/udp", null)]
    public void A_chain_that_translates_is_found_by_what_it_is_jumped_to_for(string? address, string listen, string? rule)
    {
        string[] found = Warnings(Recorded.Saved("""
            *nat
            :PREROUTING ACCEPT [0:0]
            :KUBE-SERVICES - [0:0]
            :KUBE-NODEPORTS - [0:0]
            :KUBE-EXT-A - [0:0]
            :KUBE-SVC-A - [0:0]
            :KUBE-SEP-A - [0:0]
            :KUBE-MARK-MASQ - [0:0]
            -A PREROUTING -j KUBE-SERVICES
            -A KUBE-SERVICES -d 203.0.113.7/32 -p tcp -m tcp --dport 80 -j KUBE-EXT-A
            -A KUBE-SERVICES -m addrtype --dst-type LOCAL -j KUBE-NODEPORTS
            -A KUBE-NODEPORTS -p tcp -m tcp --dport 30080 -j KUBE-EXT-A
            -A KUBE-NODEPORTS -p tcp -m tcp --dport 30081 -j KUBE-MARK-MASQ
            -A KUBE-EXT-A -j KUBE-SVC-A
            -A KUBE-SVC-A -j KUBE-SEP-A
            -A KUBE-SEP-A -p tcp -m tcp -j DNAT --to-destination 10.244.0.5:8080
            -A KUBE-MARK-MASQ -j MARK --set-xmark 0x4000/0x4000
            COMMIT

            """), Place(address, listen));
        Assert.Equal(rule is null ? 0 : 1, found.Length);
        Assert.All(found, text => Assert.Contains(rule!, text, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(null, "30080", "vmap")]
    [InlineData(null, "30081", null)]
    [InlineData(null, "30082", null)] // to a chain that does not translate
    [InlineData("203.0.113.7", "80", "vmap")]
    [InlineData("203.0.113.8", "80", null)]
    [InlineData(null, "8443", "dnat")]
    [InlineData(null, "8444", null)]
    public void Maps_of_nftables_are_looked_into(string? address, string listen, string? kind)
    {
        const string Key = """{"concat": [{"meta": {"key": "l4proto"}}, {"payload": {"protocol": "th", "field": "dport"}}]}""";
        const string Service = """{"concat": [{"payload": {"protocol": "ip", "field": "daddr"}}, {"meta": {"key": "l4proto"}}, {"payload": {"protocol": "th", "field": "dport"}}]}""";
        using JsonDocument listing = JsonDocument.Parse($$$"""
            {"nftables": [
              {"table": {"family": "ip", "name": "kube-proxy"}},
              {"chain": {"family": "ip", "table": "kube-proxy", "name": "in", "type": "nat", "hook": "prerouting", "prio": -100, "policy": "accept"}},
              {"chain": {"family": "ip", "table": "kube-proxy", "name": "endpoint"}},
              {"chain": {"family": "ip", "table": "kube-proxy", "name": "other"}},
              {"rule": {"family": "ip", "table": "kube-proxy", "chain": "in", "expr": [{"vmap": {"key": {{{Key}}}, "data": "@nodeports"}}]}},
              {"rule": {"family": "ip", "table": "kube-proxy", "chain": "in", "expr": [{"vmap": {"key": {{{Service}}}, "data": "@services"}}]}},
              {"rule": {"family": "ip", "table": "kube-proxy", "chain": "in", "expr": [
                {"dnat": {"addr": {"map": {"key": {"payload": {"protocol": "tcp", "field": "dport"}}, "data": {"set": [[8443, "10.0.0.2"]]} } } } }]} },
              {"rule": {"family": "ip", "table": "kube-proxy", "chain": "endpoint", "expr": [{"dnat": {"addr": "10.244.0.5", "port": 8080}}]}},
              {"rule": {"family": "ip", "table": "kube-proxy", "chain": "other", "expr": [{"accept": null}]}}]}
            """);
        Assert.Equal(["nodeports", "services"], NftLookups.In(listing.RootElement, translations: true).Select(lookup => lookup.Name).Order());
        using JsonDocument nodePorts = JsonDocument.Parse("""
            [[{"concat": ["tcp", 30080]}, {"goto": {"target": "endpoint"}}], [{"concat": ["tcp", 30082]}, {"goto": {"target": "other"}}]]
            """);
        using JsonDocument services = JsonDocument.Parse("""[[{"concat": ["203.0.113.7", "tcp", 80]}, {"goto": {"target": "endpoint"}}]]""");
        Dictionary<string, JsonElement> maps = new() { ["nodeports"] = nodePorts.RootElement, ["services"] = services.RootElement };
        string[] found = Warnings(NftListing.Parse(listing.RootElement, new NftLookups(maps)), Place(address, listen));
        Assert.Equal(kind is null ? 0 : 1, found.Length);
        Assert.All(found, text => Assert.Contains("ip kube-proxy, chain in", text, StringComparison.Ordinal));
        Assert.All(found, text => Assert.Contains(kind == "dnat" ? "dnat" : "goto endpoint", text, StringComparison.Ordinal));
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
    [InlineData("-i up0 -j CT --notrack", true)] // where clients come from
    [InlineData("-i up0 -j CT --zone 5", true)]
    [InlineData("-i up0 -p tcp -m tcp --dport 81 -j CT --zone 5", false)]
    [InlineData("-i virbr0 -j CT --helper ftp", false)]
    public void Connections_that_are_not_followed_are_said(string rule, bool isFound)
    {
        IReadOnlyList<RuleTable> tables = Recorded.Saved($"*raw\n:PREROUTING ACCEPT [0:0]\n-A PREROUTING {rule}\nCOMMIT\n");
        string[] found = Warnings(tables, Place(null, "80"));
        Assert.Equal(isFound, found.Length == 1 && found[0].Contains("answers", StringComparison.Ordinal));
    }

    /// <summary>A firewall may let guests through, and their answers, and yet not those who come to what they have published.</summary>
    [Theory]
    [InlineData("", true)]
    [InlineData("-o virbr0 -m conntrack --ctstate DNAT -j ACCEPT", false)]
    [InlineData("-i up0 -o virbr0 -p tcp -m tcp --dport 80 -j ACCEPT", false)]
    [InlineData("-i up0 -o virbr0 -p tcp -m tcp --dport 8080 -j ACCEPT", true)] // it is sent on to another port
    [InlineData("-d 192.168.122.9/32 -p tcp -j ACCEPT", false)] // perhaps that guest
    public void Who_keeps_clients_from_guests_is_said_with_what_helps(string rule, bool isFound)
    {
        HostPublication place = Place(null, "8080") with { Targets = [new HostTarget(IPAddress.Any, 80)] };
        const string Cured = "-A FORWARD -i virbr0 -j ACCEPT\n-A FORWARD -o virbr0 -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT\n";
        IReadOnlyList<RuleTable> tables = Recorded.Saved(
            $"*filter\n:FORWARD DROP [0:0]\n{Cured}{(rule.Length > 0 ? $"-A FORWARD {rule}\n" : "")}COMMIT\n");
        GuestNetwork network = Recorded.Network() with { GuestPlaces = [place], Publishes = true };
        PublicationWarning[] found = Find(tables, network);
        Assert.Equal(isFound, found.Length == 1);
        Assert.All(found, warning => Assert.Equal(
            "iptables rules of this host's own (ip filter FORWARD, policy drop) drops what comes to guests by it. "
                + "What helps: iptables -A FORWARD -o virbr0 -m conntrack --ctstate DNAT -j ACCEPT", warning.Text));
    }

    private static PublicationWarning[] Find(IReadOnlyList<RuleTable> tables, GuestNetwork network) =>
        [.. PublicationWarnings.Find(new ForeignView(tables, "", new HashSet<(string, string)>()), network, Recorded.Ways, RuleAuthors.Nobody)];

    private static string[] Warnings(IReadOnlyList<RuleTable> tables, HostPublication place) =>
        [.. Find(tables, Recorded.Network() with { Places = [place], Publishes = true }).Select(warning => warning.Text)];

    private static HostPublication Place(string? address, string listen)
    {
        Publication publication = ListenText.Parse(listen)!;
        IPAddress? at = address is null ? null : IPAddress.Parse(address);
        return new HostPublication(
            at?.AddressFamily == System.Net.Sockets.AddressFamily.InterNetworkV6, at, publication.Protocol, publication.Ports[0], null, [], Balance.RoundRobin, []);
    }
}
