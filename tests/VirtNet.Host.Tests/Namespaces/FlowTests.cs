using Microsoft.Extensions.Time.Testing;
using VirtNet.Host.Commands;
using VirtNet.Host.Flows;
using VirtNet.Host.Nft;
using VirtNet.Host.Tests.Flows;
using VirtNet.Model;

namespace VirtNet.Host.Tests.Namespaces;

/// <summary>Networks whose established connections are offloaded, while they run, change and stop.</summary>
public class FlowTests
{
    private const string Bridges = "nft -j list set inet virtnet_flows bridges 2>/dev/null | grep -o '\"elem\": \\[[^]]*\\]'";

    private static readonly NetworkHostState s_limited =
        (TestNetworks.Numbered(0) with { Bandwidth = new Bandwidth(new BandwidthLimit(1000), Outbound: null) }).Running();

    [Fact]
    public Task A_limit_that_comes_while_the_network_runs_ends_what_is_offloaded() => RunAsync(async (host, nft, networks) =>
    {
        Assert.Equal("\"elem\": [\"vb0\", \"vb1\"]\n", await host.ShellAsync(Bridges));
        await networks.AdoptAsync(s_limited);
        Assert.Equal("\"elem\": [\"vb1\"]\n", await host.ShellAsync(Bridges));
        Assert.StartsWith(FlowScript.Removal, nft.Scripts[^1], StringComparison.Ordinal);
        int scripts = nft.Scripts.Count;
        await networks.AdoptAsync(s_limited);
        Assert.Equal(scripts, nft.Scripts.Count); // nothing is left to do
        await networks.AdoptAsync(TestNetworks.Numbered(0).Running());
        Assert.Equal(FlowScript.More(["vb0"], []), nft.Scripts[^1]);
    });

    [Fact]
    public Task Networks_that_stop_take_theirs_along() => RunAsync(async (host, nft, networks) =>
    {
        int scripts = nft.Scripts.Count;
        await networks.StopAsync(TestNetworks.Numbered(0).Running());
        Assert.Equal("\"elem\": [\"vb1\"]\n", await host.ShellAsync(Bridges));
        Assert.Equal(scripts, nft.Scripts.Count); // an element
        await networks.StopAsync(TestNetworks.Numbered(1).Running());
        Assert.DoesNotContain("virtnet_flows", await host.ShellAsync("nft list tables"), StringComparison.Ordinal);
    });

    [Fact]
    public Task A_network_that_lets_its_bridge_go_ends_what_is_offloaded() => RunAsync(async (host, nft, networks) =>
    {
        await networks.Host.LetGoAsync(TestNetworks.Numbered(0).Running(), TestContext.Current.CancellationToken);
        Assert.StartsWith(FlowScript.Removal, nft.Scripts[^1], StringComparison.Ordinal);
        Assert.Equal("\"elem\": [\"vb1\"]\n", await host.ShellAsync(Bridges));
    });

    [Fact]
    public Task What_others_remove_comes_back_and_a_bridge_that_was_made_anew_is_a_device_again() => RunAsync(async (host, nft, networks) =>
    {
        await host.ShellAsync("nft delete table inet virtnet_flows");
        Assert.Equal("\"elem\": [\"vb0\", \"vb1\"]\n", await host.UntilAsync(Bridges + " || true", text => text.Contains("vb1", StringComparison.Ordinal)));
        int scripts = nft.Scripts.Count;
        await host.ShellAsync("ip link del vb0");
        await host.UntilAsync("ip link show vb0 2>/dev/null; sleep 0.2", text => nft.Scripts.Count > scripts);
        Assert.Equal(FlowScript.More(["vb0"], []), nft.Scripts[^1]);
    });

    /// <summary>A network that is refused runs, and its connections pass the rules.</summary>
    [Fact]
    public Task Without_it_networks_run_all_the_same() => RunAsync(async (host, nft, networks) =>
    {
        nft.Refuse = "vb2";
        await networks.StartAsync(TestNetworks.Numbered(2).Running());
        Assert.Contains(networks.Log.Lines, line => line.Contains("goes on without established connections of vb2 offloaded", StringComparison.Ordinal));
        Assert.Contains("vb2", await host.ShellAsync("nft list set inet virtnet bridges"), StringComparison.Ordinal);
    });

    private static Task RunAsync(Func<PrivateHost, ShortNft, RunningHost, Task> test) => PrivateHost.RunAsync(async host =>
    {
        await host.ShellAsync(
            "ip link set lo up; ip link add up0 type veth peer name up0p; ip link set up0p up; ip link set up0 up; "
            + "ip addr add 192.0.2.2/24 dev up0; ip route add default via 192.0.2.1");
        ShortNft nft = new(new NftProgram(new CliWrapCommandRunner()));
        using FlowTable flows = new(nft, new NftKernel(FlowScript.Table), FlowUplinks.Of, new FakeTimeProvider());
        await using RunningHost networks = await RunningHost.OpenAsync(flows: flows);
        await networks.StartAsync(TestNetworks.Numbered(0).Running());
        await networks.StartAsync(TestNetworks.Numbered(1).Running());
        Assert.Contains("{ \"up0\" }", await host.ShellAsync("nft list set inet virtnet_flows uplinks"), StringComparison.Ordinal);
        await test(host, nft, networks);
    });
}
