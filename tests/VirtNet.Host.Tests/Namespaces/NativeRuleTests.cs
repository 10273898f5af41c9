using System.Net;
using VirtNet.Host.Commands;
using VirtNet.Host.Firewall;
using VirtNet.Host.Networks;
using VirtNet.Model;
using VirtNet.Model.Conditions;
using VirtNet.Model.Publishing;

namespace VirtNet.Host.Tests.Namespaces;

/// <summary>A rule of nftables' own in a table of iptables, which iptables' programs do not understand: they fail, some in the middle.</summary>
public class NativeRuleTests
{
    private const string Ours = "nft list ruleset | grep -E 'virbr|VIRTNET|VNP|192.168.122' || true";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("filter FORWARD", "ip saddr 8.8.8.7 meta mark set 7")]
    [InlineData("filter FORWARD", "meta priority set 1:1")]
    [InlineData("filter FORWARD", "ether saddr 52:54:00:00:00:01 accept")]
    [InlineData("filter FORWARD", "meta skuid 4711 accept")]
    [InlineData("filter FORWARD", "meta iifgroup 3 drop")]
    [InlineData("filter FORWARD", "@th,0,16 53 accept")]
    [InlineData("filter LIBVIRT_FWO", "meta mark set 7")]
    [InlineData("filter VIRTNET_PUF", "meta mark set 7")]
    [InlineData("nat POSTROUTING", "meta mark set 7")]
    [InlineData("nat PREROUTING", "meta mark set 7")]
    public Task Networks_and_publications_begin_change_and_end_all_the_same(string chain, string rule) => PrivateHost.RunAsync(async host =>
    {
        await using RunningHost networks = await RunningHost.OpenAsync(BackendNames.Iptables);
        await networks.StartAsync(Publishing(8123));
        await host.ShellAsync($"nft 'insert rule ip {chain} {rule}'; ! iptables-save >/dev/null 2>&1");

        // The rule's own change is looked at, and nothing is wrong with ours.
        await host.ShellAsync("sleep 0.7");
        Assert.DoesNotContain(networks.Log.Told, line => line.Contains("repaired", StringComparison.Ordinal));

        await networks.Host.ConvergeAsync(Publishing(8123, 8124), Cancel);
        Assert.Contains("8124", await host.ShellAsync("iptables -t nat -S VNPP_virbr0"), StringComparison.Ordinal);
        Assert.Equal("1", (await host.ShellAsync("iptables -t nat -S VIRTNET_PUB | grep -c VNPP_virbr0")).Trim());
        string before = await host.ShellAsync("nft list ruleset | sed 's/packets [0-9]* bytes [0-9]*//'");
        await networks.Host.ConvergeAsync(Publishing(8123, 8124), Cancel);
        Assert.Equal(before, await host.ShellAsync("nft list ruleset | sed 's/packets [0-9]* bytes [0-9]*//'"));

        await networks.StopAsync(Publishing(8123, 8124));
        Assert.Equal("", await host.ShellAsync(Ours));
    });

    [Fact]
    public Task What_leads_to_publications_comes_back_beside_it() => PrivateHost.RunAsync(async host =>
    {
        const string jumps = "nft list chain ip filter FORWARD | grep -o 'jump .*' | tr '\\n' ' '";
        await using RunningHost networks = await RunningHost.OpenAsync(BackendNames.Iptables);
        await networks.StartAsync(Publishing(8123));
        await host.ShellAsync("nft insert rule ip filter FORWARD meta mark set 7");
        string before = await host.ShellAsync(jumps);
        await host.ShellAsync("nft insert rule ip filter FORWARD counter jump VIRTNET_PUD; iptables -N HOUSE; iptables -I FORWARD -j HOUSE");
        await host.UntilAsync(jumps, now => now == $"{before}jump HOUSE ");
        Assert.Equal("jump VIRTNET_PUD jump VIRTNET_PUF jump LIBVIRT_FWX jump LIBVIRT_FWI jump LIBVIRT_FWO ", before);
    });

    [Fact]
    public Task The_backend_is_there_all_the_same() => PrivateHost.RunAsync(async host =>
    {
        await host.ShellAsync("iptables -N HOUSE; nft add rule ip filter HOUSE meta mark set 7");
        using ListLogger log = new();
        IFirewallBackend backend = await new FirewallBackends(new CliWrapCommandRunner(), TimeProvider.System, log)
            .ChooseAsync(BackendNames.Iptables, "virtnetd.conf", Cancel);
        using IDisposable? disposable = backend as IDisposable;
        Assert.Equal(BackendNames.Iptables, backend.Name);
    });

    /// <summary>With any backend: who cuts guests off by rules that can be read is named.</summary>
    [Fact]
    public Task Other_firewalls_are_looked_at_all_the_same() => PrivateHost.RunAsync(async host =>
    {
        await using RunningHost networks = await RunningHost.OpenAsync(neighbours: TimeProvider.System);
        await host.ShellAsync("""
            iptables -N HOUSE; nft add rule ip filter FORWARD meta mark set 7
            nft 'add table inet corp; add chain inet corp c { type filter hook forward priority 0; policy drop; }'
            """);
        await networks.StartAsync(TestNetworks.Default.Running());
        for (int i = 0; i < 50 && Conditions(networks).Count == 0; i++)
        {
            await host.ShellAsync("sleep 0.1");
        }

        Assert.Contains(Conditions(networks), condition => condition.Text.Contains("inet corp c, policy drop", StringComparison.Ordinal));
    });

    private static IReadOnlyList<Condition> Conditions(RunningHost networks) => networks.Conditions.Of(TestNetworks.Default.Uuid);

    private static NetworkHostState Publishing(params ushort[] ports) => TestNetworks.DualStack.Running() with
    {
        Publications = ports.Select(port => new HostPublication(
            Ipv6: false, IPAddress.Parse("203.0.113.1"), PublishedProtocol.Tcp, new PortRange(port), Interface: null, Sources: [],
            Balance.RoundRobin, [new HostTarget(IPAddress.Parse("192.168.122.9"), 80)])).ToValueList(),
    };
}
