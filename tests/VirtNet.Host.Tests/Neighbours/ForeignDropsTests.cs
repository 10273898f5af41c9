using VirtNet.Host.Commands;
using VirtNet.Host.Iptables;
using VirtNet.Host.Neighbours;
using VirtNet.Host.Nft;
using VirtNet.Host.Tests.Namespaces;
using VirtNet.Model;

namespace VirtNet.Host.Tests.Neighbours;

/// <summary>Rules as nftables itself takes and shows them, and what of a network they drop.</summary>
public class ForeignDropsTests
{
    private const string Host = "guests finding the host (ARP, neighbour discovery)";
    private const string Router = "guests finding their IPv6 router";
    private const string Outside = "guests to the outside";
    private const string Among = "guests among themselves";
    private const string Forwarded = $"{Outside}, {Among}";

    private static readonly HostWays Ways = new("up0", "up0", BridgedIsFiltered: true, _ => ["vnet0", "vnet1"])
    {
        Links = name => name switch
        {
            "virbr0" => new LinkTraits("bridge", 0),
            "vnet0" or "vnet1" => new LinkTraits("tun", 0),
            "up0" => new LinkTraits(null, 7),
            _ => null,
        },
    };

    [Theory]
    [InlineData("iifname @names drop", Forwarded)]
    [InlineData("iifname @others drop", "")]
    [InlineData("iifname != @names drop", Outside)] // what comes back
    [InlineData("iifname != @names oifname != virbr0 drop", "")]
    [InlineData("ip saddr @nets drop", Forwarded)]
    [InlineData("ip saddr != @nets iifname virbr0 drop", "")]
    [InlineData("ip daddr @nets drop", Forwarded)]
    [InlineData("ip daddr != @nets iifname virbr0 drop", Outside)]
    [InlineData("ip saddr . tcp dport @services drop", Forwarded)]
    [InlineData("ip saddr @many drop", Forwarded)]
    [InlineData("ip saddr @fewer drop", "")]
    [InlineData("ip6 saddr @nets6 drop", Forwarded)]
    [InlineData("ip saddr @nobody drop", "")]
    [InlineData("ip saddr @timed drop", Forwarded)]
    [InlineData("iifname vmap @verdicts", Forwarded)]
    [InlineData("iifname vmap { virbr0 : jump quiet, * : drop }", Outside)]
    [InlineData("ip saddr vmap @intervals", Forwarded)]
    [InlineData("ip saddr vmap { 10.0.0.0/8 : drop, 192.168.0.0-192.168.255.255 : accept, * : drop }", Outside)]
    [InlineData("iifname . oifname { \"virbr0\" . \"up0\" } drop", Outside)]
    [InlineData("iifname . ip saddr vmap { \"virbr0\" . 192.168.122.0/24 : drop }", Forwarded)]
    [InlineData("ip saddr & 255.255.255.0 == 192.168.122.0 drop", Forwarded)]
    [InlineData("ct state vmap { established : accept, new : drop, invalid : drop }", Forwarded)]
    [InlineData("ct state != established drop", Forwarded)]
    [InlineData("ct state invalid drop", "")]
    [InlineData("ct direction original drop", Forwarded)]
    [InlineData("ct original ip saddr 192.168.122.0/24 drop", Forwarded)]
    [InlineData("ct original ip daddr 9.9.9.9 drop", Outside)]
    [InlineData("ct original ip daddr 9.9.9.10 drop", "")]
    [InlineData("ct original protocol tcp drop", Forwarded)]
    [InlineData("meta l4proto { tcp, udp } th dport { 53, 440-450 } drop", Forwarded)]
    [InlineData("th dport 443 drop", Forwarded)]
    [InlineData("tcp dport >= 443 drop", Forwarded)]
    [InlineData("tcp dport < 443 drop", "")]
    [InlineData("udp dport != 53 drop", "")]
    [InlineData("tcp dport != 80 drop", Forwarded)]
    [InlineData("meta iifkind \"bridge\" drop", Forwarded)]
    [InlineData("meta oifkind != \"bridge\" drop", Outside)]
    [InlineData("iifgroup default drop", Forwarded)]
    [InlineData("iifgroup 7 drop", Outside)]
    [InlineData("iifgroup != 7 oifgroup != 7 drop", Among)]
    [InlineData("meta pkttype unicast drop", Forwarded)]
    [InlineData("meta pkttype { broadcast, multicast } drop", "")]
    [InlineData("ether saddr 52:54:00:00:00:01 drop", "")]
    [InlineData("ether saddr != 52:54:00:00:00:01 drop", "")]
    [InlineData("meta mark 0 drop", Forwarded)]
    [InlineData("meta mark 1 drop", "")]
    [InlineData("meta mark != 0 drop", "")]
    [InlineData("ct count over 1000 drop", "")]
    [InlineData("limit rate over 10/second drop", "")]
    [InlineData("meta nfproto ipv4 drop", Forwarded)]
    [InlineData("meta protocol arp drop", "")]
    public Task What_is_forwarded_is_followed_through(string rule, string lost) =>
        CheckAsync("inet", Lookups + Chain("forward", rule), lost);

    [Theory]
    [InlineData("meta l4proto ipv6-icmp drop", $"{Host}, {Router}, ping to the host")]
    [InlineData("meta l4proto icmp drop", "ping to the host")]
    [InlineData("icmp type echo-request drop", "ping to the host")]
    [InlineData("icmp type echo-reply drop", "")]
    [InlineData("icmpv6 type { nd-neighbor-solicit, nd-neighbor-advert } drop", Host)]
    [InlineData("icmpv6 type nd-router-solicit drop", Router)]
    [InlineData("icmpv6 type nd-router-solicit ip6 hoplimit != 255 drop", "")]
    [InlineData("icmpv6 type mld-listener-query drop", "")]
    [InlineData("ip6 nexthdr icmpv6 drop", $"{Host}, {Router}, ping to the host")]
    [InlineData("ip6 saddr fe80::/10 drop", $"DHCP, {Router}")]
    [InlineData("ct state untracked drop", $"{Host}, {Router}")]
    [InlineData("udp dport { 53, 67 } drop", "DHCP, DNS")]
    [InlineData("fib saddr . iif oif missing drop", "")]
    [InlineData("fib saddr type != unicast fib saddr type != broadcast drop", "")]
    [InlineData("fib daddr type { broadcast, multicast } drop", $"DHCP, {Host}, {Router}")]
    [InlineData("meta pkttype { broadcast, multicast } drop", $"DHCP, {Host}, {Router}")]
    [InlineData("iif lo accept; udp dport 67 accept; udp dport 547 accept; th dport 53 accept; icmpv6 type { nd-neighbor-solicit, nd-router-solicit } accept; drop", "")]
    public Task What_comes_to_the_host_is_followed_through(string rules, string lost) =>
        CheckAsync("inet", Chain("input", rules), lost);

    [Theory]
    [InlineData("iifname virbr0 meta mark set 7", "meta mark 7 drop", Forwarded)]
    [InlineData("iifname up0 meta mark set 7", "meta mark 7 drop", Outside)]
    [InlineData("iifname docker0 meta mark set 7", "meta mark 7 drop", "")]
    [InlineData("iifname virbr0 ct mark set 7", "ct mark 7 drop", Forwarded)]
    [InlineData("iifname virbr0 ct mark set 7; meta mark set ct mark and 0x3", "meta mark and 0xf == 3 drop", Forwarded)]
    [InlineData("iifname virbr0 meta mark set 7; meta mark set meta mark or 0x10", "meta mark 0x17 drop", Forwarded)]
    [InlineData("meta mark set iifname map { virbr0 : 3, up0 : 4 }", "meta mark 3 drop", Forwarded)]
    [InlineData("iifname virbr0 jump marks", "meta mark 9 drop", Forwarded)]
    [InlineData("iifname virbr0 limit rate 1/second meta mark set 7", "meta mark 7 drop", "")]
    [InlineData("iifname virbr0 meta mark set numgen inc mod 2", "meta mark 1 drop", "")]
    [InlineData("iifname virbr0 meta mark set 7; meta mark 7 accept; meta mark set 8", "meta mark 7 drop", Forwarded)]
    public Task Marks_are_remembered_from_where_they_are_set(string before, string rule, string lost) =>
        CheckAsync("inet", $"chain marks {{\n meta mark set 9\n}}\n" + Chain("prerouting", before, "p", -200) + Chain("forward", rule), lost);

    [Theory]
    [InlineData("prerouting", "iifname \"vnet*\" drop", $"DHCP, DNS, {Outside}, {Host}, {Router}, ping to the host")]
    [InlineData("prerouting", "iifname vnet1 udp dport 67 drop", "DHCP")]
    [InlineData("prerouting", "iifname eth0 drop", "")]
    [InlineData("forward", "iifname \"vnet*\" oifname \"vnet*\" drop", Among)]
    [InlineData("input", "ether type arp drop", Host)]
    [InlineData("input", "ether type ip6 drop", $"DHCP, DNS, {Host}, {Router}, ping to the host")]
    [InlineData("input", "ether type 8021q drop", "")]
    public Task Frames_are_asked_for_at_the_ports(string hook, string rule, string lost) =>
        CheckAsync("bridge", Chain(hook, rule), lost);

    [Fact]
    public Task A_guest_that_is_kept_to_its_own_addresses_is_not_cut_off() => CheckAsync(
        "bridge",
        """
        chain guest {
          ether saddr != 52:54:00:00:00:01 drop
          ip saddr 0.0.0.0 udp dport 67 return
          ip saddr 192.168.122.10 return
          ip6 saddr { fe80::5054:ff:fe00:1, fd00:122::10 } return
          arp saddr ip 192.168.122.10 return
          drop
        }

        """ + Chain("prerouting", "iifname vnet0 jump guest"), "");

    [Theory]
    [InlineData("prerouting", "", "iifname up0 drop", Outside)]
    [InlineData("prerouting", "", "iifname up0 ip daddr 203.0.113.9 drop", "")]
    [InlineData("prerouting", "", "iifname up0 fib daddr type local drop", "")]
    [InlineData("ingress", "device lo", "meta protocol ip drop", Outside)]
    [InlineData("ingress", "device lo", "tcp sport 443 drop", Outside)]
    [InlineData("ingress", "device lo", "tcp sport != 443 drop", "")]
    [InlineData("egress", "device lo", "ip saddr 10.0.0.0/8 drop", "")]
    [InlineData("egress", "device lo", "tcp dport 443 drop", Outside)]
    public Task What_comes_and_goes_by_the_hosts_own_link_is_followed_through(string hook, string device, string rule, string lost) =>
        CheckAsync(
            device.Length > 0 ? "netdev" : "inet", $"chain c {{\n type filter hook {hook} {device} priority 0;\n {rule}\n}}\n", lost,
            device.Length > 0 ? Ways with { Uplink4 = "lo", Uplink6 = "lo" } : Ways);

    [Fact]
    public Task Who_answers_no_arp_is_said() => CheckAsync("arp", Chain("input", "arp operation request drop"), Host);

    [Fact]
    public Task Chains_before_the_network_layer_see_all() => CheckAsync("ip6", Chain("output", "icmpv6 type nd-router-advert drop"), Router);

    [Fact(Timeout = 60_000)]
    public Task Sets_that_rules_decide_by_are_known_by_name() => PrivateHost.RunAsync(async _ =>
    {
        await LoadAsync("inet", Lookups + Chain("forward", "iifname @names drop; ip saddr vmap @intervals; ip daddr @nobody accept"));
        ForeignView view = await ReadAsync();
        Assert.Equal(["intervals", "names", "nobody"], view.Lookups.Select(lookup => lookup.Set).Order());
        Assert.All(view.Lookups, lookup => Assert.Equal("theirs", lookup.Table));
    });

    [Fact(Timeout = 60_000)]
    public Task A_set_of_very_many_is_read_once() => PrivateHost.RunAsync(async _ =>
    {
        string elements = string.Join(", ", Enumerable.Range(0, 25_000).Select(i => $"10.{i / 250}.{i % 250}.1"));
        await LoadAsync("inet", $"set huge {{ type ipv4_addr; elements = {{ {elements}, 192.168.122.0 }}; }}\n" + Chain("forward", "ip saddr @huge drop"));
        using ForeignRulesets rulesets = Rulesets();
        ForeignView first = await rulesets.ReadAsync(ForeignView.Empty, withOwn: false, withMaps: false, TestContext.Current.CancellationToken);
        Assert.Equal(Forwarded, Lost(first));
        Assert.Empty(first.Lookups);
        Assert.Equal("", Lost(await rulesets.ReadAsync(ForeignView.Empty, withOwn: false, withMaps: false, TestContext.Current.CancellationToken)));
        rulesets.ForgetLarge("theirs");
        Assert.Equal(Forwarded, Lost(await rulesets.ReadAsync(ForeignView.Empty, withOwn: false, withMaps: false, TestContext.Current.CancellationToken)));
    });

    private static string Lookups => $$"""
        set names { type ifname; elements = { virbr0, virbr7 }; }
        set others { type ifname; elements = { docker0 }; }
        set nets { type ipv4_addr; flags interval; elements = { 192.168.122.0/24, 10.0.0.1-10.0.0.9, 1.2.3.4 comment "one" }; }
        set nets6 { type ipv6_addr; flags interval; elements = { fd00::/8 }; }
        set services { type ipv4_addr . inet_service; flags interval; elements = { 192.168.0.0/16 . 440-450 }; }
        set many { type ipv4_addr; flags interval; elements = { {{Addresses}}, 192.168.0.0/16 }; }
        set fewer { type ipv4_addr; flags interval; elements = { {{Addresses}}, 192.168.121.0/24, 192.168.123.0-192.168.124.9 }; }
        set nobody { type ipv4_addr; }
        set timed { type ipv4_addr; flags timeout; elements = { 192.168.122.0 timeout 1h }; }
        map verdicts { type ifname : verdict; elements = { virbr0 : drop, up0 : jump quiet }; }
        map intervals { type ipv4_addr : verdict; flags interval; elements = { 192.168.0.0/16 : drop, 9.9.9.9 : accept }; }
        chain quiet {
        }

        """;

    private static string Addresses => string.Join(", ", Enumerable.Range(1, 40).Select(i => $"203.0.{i * 2}.0/24"));

    private static string Chain(string hook, string rules, string name = "c", int priority = 0) =>
        $"chain {name} {{\n type filter hook {hook} priority {priority};\n {rules.Replace(";", "\n", StringComparison.Ordinal)}\n}}\n";

    private static Task CheckAsync(string family, string content, string lost, HostWays? ways = null) => PrivateHost.RunAsync(async _ =>
    {
        await LoadAsync(family, content);
        Assert.Equal(lost, Lost(await ReadAsync(), ways));
    });

    private static Task LoadAsync(string family, string content) =>
        new NftProgram(new CliWrapCommandRunner()).ExecuteAsync($"table {family} theirs {{\n{content}}}\n", TestContext.Current.CancellationToken);

    private static async Task<ForeignView> ReadAsync()
    {
        using ForeignRulesets rulesets = Rulesets();
        return await rulesets.ReadAsync(ForeignView.Empty, withOwn: false, withMaps: false, TestContext.Current.CancellationToken);
    }

    private static ForeignRulesets Rulesets()
    {
        CliWrapCommandRunner runner = new();
        IptablesPrograms programs = new(runner);
        return new ForeignRulesets(new NftProgram(runner), programs, new IptablesVariants(programs, TimeProvider.System), _ => [], new NftablesConf());
    }

    private static string Lost(ForeignView view, HostWays? ways = null)
    {
        GuestNetwork network = Recorded.Network();
        network = network with { Ips = new[] { network.Ips[0], Recorded.Network(address: "fd00:122::1").Ips[0] }.ToValueList() };
        CutOff[] found = [.. CutOffs.Find(view.Tables, network, ways ?? Ways, ours: _ => false, RuleAuthors.Nobody)];
        return found.Length == 0 ? "" : (found[0] with { Lost = found.SelectMany(cutOff => cutOff.Lost).Distinct().Order().ToValueList() }).What;
    }
}
