using VirtNet.Host.Neighbours;
using VirtNet.Model;

namespace VirtNet.Host.Tests.Neighbours;

public class CutOffsTests
{
    private const string Drop = """{"drop": null}""";

    [Fact]
    public void Ufw_is_named_for_all_that_it_drops()
    {
        CutOff[] found = Recorded.CutOffs(Recorded.Iptables("ufw"), Recorded.Network());
        Assert.Equal(
            [
                "ufw (ip filter INPUT, policy drop): DHCP, DNS",
                "ufw (ip filter FORWARD, policy drop): guests to the outside, guests among themselves",
            ],
            found.Select(cutOff => cutOff.Text.Split(". What")[0]));
        Assert.Contains("ufw route allow in on virbr0", found[1].Text, StringComparison.Ordinal);
    }

    [Fact]
    public void Ufw_is_named_for_ipv6_too()
    {
        CutOff[] found = Recorded.CutOffs(Recorded.Iptables("ufw6"), Recorded.Network(address: "fd00:122::1"));
        Assert.Equal(["INPUT", "FORWARD"], found.Select(cutOff => cutOff.Site.Base.Name));
        Assert.All(found, cutOff => Assert.Equal(Neighbour.Ufw, cutOff.Owner.Who));
    }

    [Fact]
    public void A_statement_that_nft_has_no_form_for_hides_no_other_and_makes_its_own_rule_uncertain()
    {
        const string Update = "\"update @m { ip saddr : ip daddr }\"";
        Assert.Empty(Recorded.CutOffs(Recorded.Rule("inet", "theirs", "forward", "accept", $"{Update}, {Drop}"), Recorded.Network()));
        Assert.Single(Recorded.CutOffs(Recorded.Rule("inet", "theirs", "forward", "drop", Update), Recorded.Network()));
    }

    [Fact]
    public void Docker_is_named_for_what_it_does_not_forward()
    {
        CutOff only = Assert.Single(Recorded.CutOffs(Recorded.Iptables("docker"), Recorded.Network()));
        Assert.Equal(Neighbour.Docker, only.Owner.Who);
        Assert.Contains("Docker (ip filter FORWARD, policy drop)", only.Text, StringComparison.Ordinal);
    }

    /// <summary>What guests may not do beside Docker they may not do after the cure either, and the administrator's rules come first.</summary>
    [Fact]
    public void What_helps_beside_docker_keeps_its_containers_closed_and_comes_behind_the_administrators_rules()
    {
        IReadOnlyList<RuleTable> tables = Recorded.Saved(File.ReadAllText(Recorded.PathOf("docker.save")).Replace(
            "-A DOCKER-USER -j RETURN", "-A DOCKER-USER -s 192.168.122.0/24 -d 203.0.113.1/32 -j DROP\n-A DOCKER-USER -j RETURN",
            StringComparison.Ordinal));
        string text = Assert.Single(Recorded.CutOffs(tables, Recorded.Network())).Text;
        Assert.EndsWith(
            "What helps: iptables -I DOCKER-USER 2 -i virbr0 -o virbr0 -j ACCEPT; iptables -I DOCKER-USER 3 -i virbr0 -o docker0 -j RETURN; "
            + "iptables -I DOCKER-USER 4 -o virbr0 -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT; "
            + "iptables -I DOCKER-USER 5 -i virbr0 -j ACCEPT",
            text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("iptables -A FORWARD -o virbr0 -m conntrack --ctstate DNAT -j ACCEPT")]
    [InlineData("nft add rule ip corp c oifname virbr0 ct status dnat accept")]
    public void What_helps_lets_in_what_is_published_too(string remedy)
    {
        IReadOnlyList<RuleTable> tables = remedy.StartsWith("nft", StringComparison.Ordinal)
            ? Recorded.Rule("ip", "corp", "forward", "drop", """{"counter": {"packets": 0, "bytes": 0}}""")
            : Recorded.Saved("*filter\n:FORWARD DROP [0:0]\nCOMMIT\n");
        string text = Assert.Single(Recorded.CutOffs(tables, Recorded.Network() with { Publishes = true })).Text;
        Assert.Contains(remedy, text, StringComparison.Ordinal);
        Assert.DoesNotContain("--comment", text, StringComparison.Ordinal);
    }

    /// <summary>A firewall may drop one thing alone for a moment, while it is loaded.</summary>
    [Theory]
    [InlineData(":ufw6-before-input - [0:0]\n-A INPUT -j ufw6-before-input\n-A INPUT -i virbr0 -p udp -j ACCEPT\n-A INPUT -i virbr0 -p tcp -j ACCEPT")]
    [InlineData("-A INPUT -i virbr0 -p udp -j ACCEPT")]
    public void There_is_always_something_that_helps(string rules)
    {
        IReadOnlyList<RuleTable> tables = Recorded.Saved($"*filter\n:INPUT DROP [0:0]\n{rules}\nCOMMIT\n", family: "ip6");
        Assert.All(
            Recorded.CutOffs(tables, Recorded.Network(address: "fd00:122::1")),
            cutOff => Assert.Matches("What helps: .*-i virbr0 -p ipv6-icmp", cutOff.Text));
    }

    [Fact]
    public void Docker_in_the_older_tables_is_named_with_them()
    {
        CutOff only = Assert.Single(Recorded.CutOffs(Recorded.Iptables("docker", RuleKeeper.IptablesLegacy), Recorded.Network()));
        Assert.StartsWith("Docker (iptables-legacy filter FORWARD, policy drop)", only.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void An_open_network_is_cut_off_as_well()
    {
        CutOff only = Assert.Single(Recorded.CutOffs(
            Recorded.Iptables("docker"), Recorded.Network(ForwardMode.Open, address: "100.64.9.1")));
        Assert.Contains(Traffic.Outside, only.Lost);
    }

    [Fact]
    public void A_network_in_the_range_that_tailscale_keeps_for_itself_is_cut_off_by_its_rule()
    {
        CutOff[] found = Recorded.CutOffs(Recorded.Iptables("tailscale"), Recorded.Network(address: "100.64.9.1"));
        CutOff only = Assert.Single(found);
        Assert.Equal(Neighbour.Tailscale, only.Owner.Who);
        Assert.Contains("chain ts-input, rule '-s 100.64.0.0/10 ! -i tailscale0 -j DROP'", only.Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("tailscale")]
    [InlineData("kube")]
    [InlineData("podman")]
    public void Those_who_drop_nothing_of_others_are_not_named(string neighbour) =>
        Assert.Empty(Recorded.CutOffs(Recorded.Iptables(neighbour), Recorded.Network()));

    [Fact]
    public void Libvirts_own_networks_cut_nobody_off() =>
        Assert.Empty(Recorded.CutOffs(Recorded.Nftables("libvirt"), Recorded.Network()));

    [Fact]
    public void A_firewall_by_hand_that_drops_by_default_is_named_by_its_chains()
    {
        CutOff[] found = Recorded.CutOffs(Recorded.Nftables("nftsvc"), Recorded.Network());
        Assert.Equal(["inet filter input, policy drop", "inet filter forward, policy drop"], found.Select(cutOff => cutOff.Place));
        Assert.Contains("nft add rule inet filter forward iifname virbr0 accept", found[1].Text, StringComparison.Ordinal);
    }

    [Fact]
    public void An_isolated_network_misses_only_what_it_has()
    {
        CutOff[] found = Recorded.CutOffs(Recorded.Nftables("nftsvc"), Recorded.Network(ForwardMode.None));
        Assert.DoesNotContain(found, cutOff => cutOff.Lost.Contains(Traffic.Outside));
        Assert.Contains(found, cutOff => cutOff.Lost.Contains(Traffic.Dhcp));
    }

    [Theory]
    [InlineData("""{"match": {"op": "==", "left": {"payload": {"protocol": "ip", "field": "saddr"}}, "right": {"prefix": {"addr": "192.168.122.0", "len": 24}}}}""", true)]
    [InlineData("""{"match": {"op": "==", "left": {"payload": {"protocol": "ip", "field": "saddr"}}, "right": {"prefix": {"addr": "192.168.123.0", "len": 24}}}}""", false)]
    [InlineData("""{"match": {"op": "==", "left": {"payload": {"protocol": "ip", "field": "saddr"}}, "right": {"range": ["192.168.122.0", "192.168.122.9"]}}}""", true)]
    [InlineData("""{"match": {"op": "==", "left": {"payload": {"protocol": "ip6", "field": "saddr"}}, "right": {"prefix": {"addr": "fd00::", "len": 8}}}}""", false)]
    [InlineData("""{"match": {"op": "==", "left": {"meta": {"key": "iifname"}}, "right": "virbr*"}}""", true)]
    [InlineData("""{"match": {"op": "==", "left": {"meta": {"key": "iifname"}}, "right": {"set": ["eth0", "virbr0"]}}}""", true)]
    [InlineData("""{"match": {"op": "!=", "left": {"meta": {"key": "iifname"}}, "right": {"set": ["eth0", "virbr0"]}}}, {"match": {"op": "!=", "left": {"meta": {"key": "oifname"}}, "right": "virbr0"}}""", false)]
    [InlineData("""{"match": {"op": "==", "left": {"payload": {"protocol": "ip", "field": "saddr"}}, "right": "@blocked"}}""", false)]
    [InlineData("""{"match": {"op": "in", "left": {"ct": {"key": "state"}}, "right": "invalid"}}""", false)]
    [InlineData("""{"match": {"op": "in", "left": {"ct": {"key": "state"}}, "right": ["invalid", "new"]}}""", true)]
    [InlineData("""{"limit": {"rate": 3, "burst": 5, "per": "second"}}""", false)]
    [InlineData("""{"match": {"op": "==", "left": {"&": [{"meta": {"key": "mark"}}, 4]}, "right": 4}}""", false)]
    [InlineData("""{"counter": {"packets": 0, "bytes": 0}}""", true)]
    public void A_rule_counts_when_it_is_about_the_networks_packets_for_certain(string match, bool counts)
    {
        CutOff[] found = Recorded.CutOffs(
            Recorded.Rule("inet", "corp", "forward", "accept", $"{match}, {Drop}"), Recorded.Network());
        Assert.Equal(counts, found.Length > 0);
    }

    [Theory]
    [InlineData("""{"match": {"op": "==", "left": {"meta": {"key": "iifname"}}, "right": "virbr0"}}, {"accept": null}""", true)]
    [InlineData("""{"vmap": {"key": {"meta": {"key": "iifname"}}, "data": {"set": [["eth0", {"drop": null}], ["virbr0", {"accept": null}]]}}}""", true)]
    [InlineData("""{"vmap": {"key": {"meta": {"key": "iifname"}}, "data": "@somewhere"}}""", true)]
    [InlineData("""{"match": {"op": "==", "left": {"payload": {"protocol": "tcp", "field": "dport"}}, "right": 22}}, {"accept": null}""", false)]
    [InlineData("""{"match": {"op": "==", "left": {"payload": {"protocol": "udp", "field": "dport"}}, "right": {"set": [53, {"range": [67, 68]}]}}}, {"accept": null}""", true)]
    public void A_policy_counts_unless_something_accepts_before(string rule, bool accepted)
    {
        CutOff[] found = Recorded.CutOffs(Recorded.Rule("inet", "corp", "input", "drop", rule), Recorded.Network());
        Assert.Equal(!accepted, found.Length > 0);
    }

    [Theory]
    [InlineData("bridge", "input", "", true)]
    [InlineData("netdev", "ingress", """, "dev": "virbr0" """, true)]
    [InlineData("netdev", "ingress", """, "dev": "vnet0" """, true)]
    [InlineData("netdev", "ingress", """, "dev": ["eth0", "eth1"] """, false)]
    [InlineData("ip6", "input", "", false)]
    [InlineData("inet", "prerouting", "", true)]
    [InlineData("inet", "output", "", true)]
    public void Every_family_and_hook_is_looked_at(string family, string hook, string more, bool counts)
    {
        CutOff[] found = Recorded.CutOffs(
            Recorded.Rule(family, "corp", hook, "drop", """{"counter": {"packets": 0, "bytes": 0}}""", more), Recorded.Network());
        Assert.Equal(counts, found.Length > 0);
    }

    [Fact]
    public void A_rule_that_may_leave_a_chain_makes_what_comes_after_it_there_uncertain()
    {
        IReadOnlyList<RuleTable> tables = Recorded.Saved("""
            *filter
            :FORWARD ACCEPT [0:0]
            :OWN - [0:0]
            -A FORWARD -j OWN
            -A OWN -m set --match-set friends src -j RETURN
            -A OWN -j DROP
            COMMIT
            """);
        Assert.Empty(Recorded.CutOffs(tables, Recorded.Network()));
        Assert.NotEmpty(Recorded.CutOffs(
            Recorded.Saved("*filter\n:FORWARD DROP [0:0]\n:OWN - [0:0]\n-A FORWARD -j OWN\n-A OWN -m set --match-set friends src -j RETURN\n"),
            Recorded.Network()));
    }

    [Theory]
    [InlineData("MARK --set-xmark 0x7/0xffffffff", "-m mark --mark 0x7", true)]
    [InlineData("MARK --set-xmark 0x8000/0x8000", "-m mark --mark 0x8000/0x8000", true)]
    [InlineData("MARK --set-xmark 0x8000/0x8000", "-m mark --mark 0x4000/0x4000", false)]
    [InlineData("MARK --set-xmark 0x8000/0x8000", "-m mark ! --mark 0x8000/0x8000", false)]
    [InlineData("CONNMARK --set-xmark 0x7/0xffffffff", "-m connmark --mark 0x7", true)]
    [InlineData("CONNMARK --set-xmark 0x7/0xffffffff", "-m mark --mark 0x7", false)]
    [InlineData("CONNMARK --save-mark --nfmask 0xffffffff --ctmask 0xffffffff", "-m connmark --mark 0x7", false)]
    [InlineData("LOG", "-m mark --mark 0x0", true)]
    public void Marks_of_iptables_are_remembered_from_where_they_are_set(string target, string match, bool counts)
    {
        CutOff[] found = Recorded.CutOffs(
            Recorded.Saved(
                $"*mangle\n:PREROUTING ACCEPT [0:0]\n-A PREROUTING -i virbr0 -j {target}\nCOMMIT\n"
                + $"*filter\n:FORWARD ACCEPT [0:0]\n-A FORWARD -i virbr0 {match} -j DROP\nCOMMIT\n"),
            Recorded.Network());
        Assert.Equal(counts, found.Length > 0);
    }

    [Theory]
    [InlineData("-p ipv6-icmp -j DROP", "Neighbours, Routers, Ping")]
    [InlineData("-p ipv6-icmp -m icmp6 --icmpv6-type 135 -j DROP", "Neighbours")]
    [InlineData("-p ipv6-icmp -m icmp6 --icmpv6-type 133 -m hl --hl-eq 255 -j DROP", "Routers")]
    [InlineData("-p ipv6-icmp -m icmp6 --icmpv6-type 129 -j DROP", "")]
    [InlineData("-m pkttype --pkt-type multicast -j DROP", "Dhcp, Neighbours, Routers")]
    public void What_ipv6_guests_find_the_host_by_is_missed(string rule, string lost)
    {
        CutOff[] found = Recorded.CutOffs(
            Recorded.Saved($"*filter\n:INPUT ACCEPT [0:0]\n-A INPUT {rule}\nCOMMIT\n", family: "ip6"), Recorded.Network(address: "fd00:122::1"));
        Assert.Equal(lost, string.Join(", ", found.SelectMany(cutOff => cutOff.Lost)));
    }

    [Theory]
    [InlineData("-j ACCEPT", true)]
    [InlineData("-o up0 -j ACCEPT", true)]
    [InlineData("-s 192.168.0.0/16 -j RETURN", true)]
    [InlineData("-j HOUSE", true)]
    [InlineData("-s 192.168.122.0/24 -d 10.9.0.0/16 -j ACCEPT", false)]
    [InlineData("-s 192.168.122.0/24 -o up0 -j SNAT --to-source 203.0.113.77", false)]
    [InlineData("-m mark --mark 0x4000/0x4000 -j ACCEPT", false)]
    [InlineData("-m set --match-set friends dst -j ACCEPT", false)]
    public void Who_keeps_guests_from_the_hosts_address_is_said(string rule, bool isSaid)
    {
        CutOff[] found = Recorded.CutOffs(
            Recorded.Saved($"""
                *nat
                :POSTROUTING ACCEPT [0:0]
                :LIBVIRT_PRT - [0:0]
                :HOUSE - [0:0]
                -A POSTROUTING {rule}
                -A POSTROUTING -j LIBVIRT_PRT
                -A HOUSE -d 192.168.0.0/16 -j RETURN
                -A HOUSE -p tcp -j ACCEPT
                -A LIBVIRT_PRT -s 192.168.122.0/24 -d 224.0.0.0/24 -j RETURN
                -A LIBVIRT_PRT -s 192.168.122.0/24 ! -d 192.168.122.0/24 -p tcp -j MASQUERADE --to-ports 1024-65535
                COMMIT
                """),
            Recorded.Network());
        Assert.Equal(isSaid, found.Length == 1);
        Assert.All(found, cutOff => Assert.Contains(
            "guests to the outside. What helps: that rule behind the jump to LIBVIRT_PRT", cutOff.Text, StringComparison.Ordinal));
        Assert.Empty(Recorded.CutOffs(Recorded.Saved("*nat\n:POSTROUTING ACCEPT [0:0]\n-A POSTROUTING -j ACCEPT\nCOMMIT\n"), Recorded.Network()));
    }

    [Fact]
    public void Who_drops_all_that_is_not_wanted_needs_no_ping()
    {
        const string wanted = "-A INPUT -p udp -m multiport --dports 53,67 -j ACCEPT\n";
        Assert.Empty(Recorded.CutOffs(Recorded.Saved($"*filter\n:INPUT DROP [0:0]\n{wanted}COMMIT\n"), Recorded.Network()));
        CutOff only = Assert.Single(Recorded.CutOffs(
            Recorded.Saved($"*filter\n:INPUT DROP [0:0]\n{wanted}-A INPUT -p icmp -j DROP\nCOMMIT\n"), Recorded.Network()));
        Assert.Equal([Traffic.Ping], only.Lost);
    }

    [Fact]
    public void Links_that_json_does_not_say_are_read_from_the_words()
    {
        RuleTable table = Recorded.Rule("netdev", "corp", "ingress", "drop", Drop)[0];
        Assert.True(NftDevices.AreMissing(table));
        RuleTable one = NftDevices.Complete(
            "table netdev corp {\n\tchain c {\n\t\ttype filter hook ingress device \"virbr0\" priority filter; policy drop;\n\t}\n}\n")(table);
        Assert.Equal(["virbr0"], one.Chains["c"].Place!.Devices);
        RuleTable two = NftDevices.Complete(
            "table netdev corp {\n\tchain c {\n\t\ttype filter hook ingress devices = { \"a\", b } priority -5; policy drop;\n\t}\n}\n")(table);
        Assert.Equal(["a", "b"], two.Chains["c"].Place!.Devices);
    }
}
