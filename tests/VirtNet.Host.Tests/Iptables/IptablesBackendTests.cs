using Microsoft.Extensions.Logging.Abstractions;
using VirtNet.Host.Firewall;
using VirtNet.Host.Iptables;
using VirtNet.Host.Netlink;
using VirtNet.Host.Tests.Firewall;
using VirtNet.Model;

namespace VirtNet.Host.Tests.Iptables;

public sealed class IptablesBackendTests : IDisposable
{
    private readonly FakeIptables _iptables = new();
    private readonly IptablesBackend _backend;

    public IptablesBackendTests() => _backend = new IptablesBackend(
        _iptables, new IptablesSurroundings(_ => true, () => false), NullLogger<IptablesBackend>.Instance);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => _backend.Dispose();

    [Fact]
    public async Task A_kernel_that_cannot_complete_checksums_gets_all_other_rules_and_is_asked_once()
    {
        _iptables.MissingTarget = "CHECKSUM";
        FirewallRules first = FirewallNetworks.Rules("nat");
        FirewallRules second = FirewallNetworks.Rules("nat-two-subnets-tftp", "virbr1", 2);
        await _backend.ApplyAsync(null, first, Cancel);
        Assert.Single(await _backend.FindIntactAsync([first], Cancel));
        _iptables.Programs.Clear();
        await _backend.ApplyAsync(null, second, Cancel);
        Assert.Equal(["iptables-save", "iptables-restore"], _iptables.Programs);
        await _backend.ApplyAsync(first, null, Cancel);
        await _backend.ApplyAsync(second, null, Cancel);
        Assert.DoesNotContain("-A LIBVIRT", _iptables.Save("iptables"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_jump_that_others_put_ahead_of_ours_comes_after_them_again()
    {
        FirewallRules rules = FirewallNetworks.Rules("nat");
        await _backend.ApplyAsync(null, rules, Cancel);
        await ForeignAsync(":DOCKER-USER - [0:0]", "-I FORWARD -j DOCKER-USER");
        Assert.Empty(await _backend.FindIntactAsync([rules], Cancel));
        await _backend.ApplyAsync(rules, rules, Cancel);
        Assert.Single(await _backend.FindIntactAsync([rules], Cancel));
        Assert.Equal(["-j LIBVIRT_FWX", "-j LIBVIRT_FWI", "-j LIBVIRT_FWO", "-j DOCKER-USER"], Forward());
    }

    [Fact]
    public async Task What_an_administrator_drops_ahead_of_ours_stays_there()
    {
        FirewallRules rules = FirewallNetworks.Rules("nat");
        await _backend.ApplyAsync(null, rules, Cancel);
        await ForeignAsync("-I FORWARD -s 192.168.122.7/32 -j DROP");
        Assert.Single(await _backend.FindIntactAsync([rules], Cancel));
        await ForeignAsync(":NETAVARK_FORWARD - [0:0]", "-I FORWARD 2 -j NETAVARK_FORWARD");
        Assert.Empty(await _backend.FindIntactAsync([rules], Cancel));
        await _backend.ApplyAsync(rules, rules, Cancel);
        Assert.Equal(
            ["-s 192.168.122.7/32 -j DROP", "-j LIBVIRT_FWX", "-j LIBVIRT_FWI", "-j LIBVIRT_FWO", "-j NETAVARK_FORWARD"], Forward());
    }

    [Theory]
    [InlineData("nat", "POSTROUTING", "-j ACCEPT")]
    [InlineData("nat", "POSTROUTING", "-m comment --comment \"all is mine\" -j RETURN")]
    [InlineData("nat", "POSTROUTING", "-j HOUSE", "-s 10.0.0.0/8 -j ACCEPT", "-j INNER")]
    [InlineData("filter", "INPUT", "-j RETURN")]
    [InlineData("filter", "OUTPUT", "-g HOUSE")]
    public async Task What_keeps_packets_from_ours_comes_after_them_again(string table, string from, string rule, params string[] house)
    {
        FirewallRules rules = FirewallNetworks.Rules("nat");
        await _backend.ApplyAsync(null, rules, Cancel);
        await ForeignInAsync(table, [":HOUSE - [0:0]", ":INNER - [0:0]", "-I INNER -j ACCEPT", .. house.Reverse().Select(words => $"-I HOUSE {words}")]);
        await ForeignInAsync(table, $"-I {from} -s 10.7.0.0/16 -j ACCEPT", $"-I {from} 2 {rule}");
        Assert.Empty(await _backend.FindIntactAsync([rules], Cancel));
        await _backend.ApplyAsync(rules, rules, Cancel);
        Assert.Single(await _backend.FindIntactAsync([rules], Cancel));
        string ours = IptablesChains.Links.Single(link => link.Table == table && link.From == from).To.Single();
        Assert.Equal(["-s 10.7.0.0/16 -j ACCEPT", $"-j {ours}", rule], Of(table, from));
    }

    [Theory]
    [InlineData("nat", "POSTROUTING", "-s 192.168.122.0/24 -d 10.9.0.0/16 -j RETURN")]
    [InlineData("nat", "POSTROUTING", "-s 192.168.122.0/24 -j ACCEPT")]
    [InlineData("nat", "POSTROUTING", "-o up0 -j SNAT --to-source 203.0.113.77")]
    [InlineData("nat", "POSTROUTING", "-j MASQUERADE")]
    [InlineData("nat", "POSTROUTING", "-j HOUSE", "-m mark ! --mark 0x4000/0x4000 -j RETURN", "-j MASQUERADE")] // as Kubernetes'
    [InlineData("filter", "INPUT", "-j DROP")]
    [InlineData("filter", "INPUT", "-j HOUSE")]
    [InlineData("filter", "INPUT", "-j HOUSE", "-p tcp -j ACCEPT", "-j DROP")]
    [InlineData("filter", "OUTPUT", "-j LOG")]
    public async Task What_others_decide_about_some_packets_stays_ahead_of_ours(string table, string from, string rule, params string[] house)
    {
        FirewallRules rules = FirewallNetworks.Rules("nat");
        await _backend.ApplyAsync(null, rules, Cancel);
        await ForeignInAsync(table, [":HOUSE - [0:0]", .. house.Reverse().Select(words => $"-I HOUSE {words}"), $"-I {from} {rule}"]);
        Assert.Single(await _backend.FindIntactAsync([rules], Cancel));
        await _backend.ApplyAsync(rules, rules, Cancel);
        Assert.Equal(rule, Of(table, from).First());
    }

    [Theory]
    [InlineData("filter", "FORWARD", true)]
    [InlineData("filter", "INPUT", true)]
    [InlineData("filter", "OUTPUT", true)]
    [InlineData("nat", "POSTROUTING", true)]
    [InlineData("nat", "PREROUTING", true)]
    [InlineData("raw", "PREROUTING", true)]
    [InlineData("mangle", "POSTROUTING", false)]
    [InlineData("filter", "f2b-sshd", false)]
    [InlineData("corp", "INPUT", false)]
    public void A_new_rule_ahead_of_ours_is_looked_at(string table, string chain, bool isLookedAt)
    {
        RuleDamage damage = new();
        new IptablesAnnouncements().Judge(
            new NfTablesMessage(NfTablesChange.Made, table, chain, Set: "", Port: 1, IsRule: true, Process: 0, Program: ""), default, damage);
        Assert.Equal(isLookedAt, damage.Everyone);
    }

    [Fact]
    public async Task Chains_that_somebody_makes_at_the_same_time_are_not_emptied()
    {
        _iptables.Meanwhile = () => Assert.True(ForeignAsync(
            ":LIBVIRT_FWI - [0:0]", "-I LIBVIRT_FWI -d 10.9.0.0/24 -o virbr9 -j ACCEPT").IsCompletedSuccessfully);
        FirewallRules rules = FirewallNetworks.Rules("nat");
        await _backend.ApplyAsync(null, rules, Cancel);
        Assert.Single(await _backend.FindIntactAsync([rules], Cancel));
        Assert.Contains("virbr9", _iptables.Save("iptables"), StringComparison.Ordinal);
        Assert.Contains("-j CHECKSUM", _iptables.Save("iptables"), StringComparison.Ordinal); // that it failed at first had another cause
    }

    [Fact]
    public async Task What_somebody_takes_away_at_the_same_time_does_not_keep_a_repair_away()
    {
        FirewallRules rules = FirewallNetworks.Rules("nat");
        await _backend.ApplyAsync(null, rules, Cancel);
        await ForeignAsync("-D FORWARD -j LIBVIRT_FWO");
        _iptables.Meanwhile = () => _iptables.Clear("iptables");
        await _backend.ApplyAsync(rules, rules, Cancel);
        Assert.Single(await _backend.FindIntactAsync([rules], Cancel));
        Assert.Contains("-j CHECKSUM", _iptables.Save("iptables"), StringComparison.Ordinal);
    }

    private Task<string> ForeignAsync(params string[] lines) => ForeignInAsync("filter", lines);

    private Task<string> ForeignInAsync(string table, params string[] lines) => _iptables.RunAsync(
        new HostCommand("iptables-restore", ["--noflush"], $"*{table}\n{string.Join('\n', lines)}\nCOMMIT\n"), Cancel);

    private IEnumerable<string> Forward() => Of("filter", "FORWARD");

    private IEnumerable<string> Of(string table, string chain) => _iptables.Save("iptables").Split('*').Single(part => part.StartsWith($"{table}\n", StringComparison.Ordinal))
        .Split('\n').Where(line => line.StartsWith($"-A {chain} ", StringComparison.Ordinal)).Select(line => line[$"-A {chain} ".Length..]);

    [Fact]
    public async Task A_host_without_ip6tables_runs_networks_without_ipv6_only()
    {
        _iptables.MissingProgram = "ip6tables";
        FirewallRules ipv4 = FirewallNetworks.Rules("nat");
        await _backend.ApplyAsync(null, ipv4, Cancel);
        Assert.Single(await _backend.FindIntactAsync([ipv4], Cancel));
        await Assert.ThrowsAsync<VirtNetException>(
            () => _backend.ApplyAsync(null, FirewallNetworks.Rules("nat-dual-stack", "virbr1", 2), Cancel));
    }

    [Fact]
    public async Task Rules_of_all_kinds_are_recognised_as_our_own()
    {
        foreach (string name in FirewallNetworks.All.Keys)
        {
            FirewallRules rules = FirewallNetworks.Rules(name);
            await _backend.ApplyAsync(null, rules, Cancel);
            Assert.Single(await _backend.FindIntactAsync([rules], Cancel));
            // Another definition on the same bridge, and nothing known of the old one: all of it must go.
            await _backend.ApplyAsync(null, FirewallNetworks.Rules("isolated-ipv6-no-address"), Cancel);
            await _backend.ApplyAsync(FirewallNetworks.Rules("isolated-ipv6-no-address"), null, Cancel);
            Assert.DoesNotContain("-A LIBVIRT", _iptables.Save("iptables"), StringComparison.Ordinal);
            Assert.DoesNotContain("-A LIBVIRT", _iptables.Save("ip6tables"), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_subnet_that_moved_to_another_bridge_keeps_its_translation()
    {
        using IptablesBackend backend = new(
            _iptables, new IptablesSurroundings(link => link == "virbr1", () => false), NullLogger<IptablesBackend>.Instance);
        await _backend.ApplyAsync(null, FirewallNetworks.Rules("nat", "virbr0"), Cancel); // an earlier run of the daemon
        FirewallRules moved = FirewallNetworks.Rules("nat", "virbr1");
        await backend.ApplyAsync(null, moved, Cancel);
        await backend.RemoveOthersAsync([moved], [], Cancel);
        Assert.Single(await backend.FindIntactAsync([moved], Cancel));
        Assert.DoesNotContain("virbr0", _iptables.Save("iptables"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Retiring_removes_chains_and_links_too()
    {
        string before = _iptables.Save("iptables") + _iptables.Save("ip6tables");
        FirewallRules rules = FirewallNetworks.Rules("nat-dual-stack");
        await _backend.ApplyAsync(null, rules, Cancel);
        await _backend.RetireAsync([rules], Cancel);
        Assert.Equal(before, _iptables.Save("iptables") + _iptables.Save("ip6tables"));
    }

    [Fact]
    public void A_description_is_the_script_itself() =>
        Assert.Contains("-I LIBVIRT_FWO -i virbr0", _backend.Describe(FirewallNetworks.Rules("nat")), StringComparison.Ordinal);
}
