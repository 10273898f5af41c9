using VirtNet.Host.Tests.Tc;
using VirtNet.Model;

namespace VirtNet.Host.Tests.Namespaces;

public class BandwidthTests
{
    private const string Classes = "tc class show dev virbr0 | sed 's/burst.*//; s/leaf [^ ]* //' | sort";

    private static readonly NetworkDefinition Network = ShapingTests.Limited(
        new BandwidthLimit(1000, Peak: 5000, Burst: 50), new BandwidthLimit(128));

    [Fact]
    public Task Limits_are_set_and_go_with_the_bridge() => PrivateHost.RunAsync(async host =>
    {
        await using RunningHost networks = await RunningHost.OpenAsync(backend: null);
        await networks.StartAsync(Network.Running());
        Assert.Equal(
            "class htb 1:1 root rate 8Mbit ceil 40Mbit \nclass htb 1:2 parent 1:1 prio 0 rate 8Mbit ceil 40Mbit \n",
            await host.ShellAsync(Classes));
        Assert.Contains("burst 50Kb", await host.ShellAsync("tc class show dev virbr0"), StringComparison.Ordinal);

        Assert.Empty(await networks.Host.PlanAsync(Network.Running(), TestContext.Current.CancellationToken));
        await networks.StopAsync(Network.Running());
        Assert.Equal("", await host.ShellAsync("tc qdisc show dev virbr0 2>/dev/null || true"));
    });

    [Fact]
    public Task A_port_with_a_guaranteed_rate_comes_and_goes_without_touching_the_others() => PrivateHost.RunAsync(async host =>
    {
        await using RunningHost networks = await RunningHost.OpenAsync(backend: null);
        await networks.StartAsync(Network.Running());
        await ConvergeAsync(networks, new NetworkHostState(Network, [ShapingTests.Port(3, 400)]));
        Assert.Equal(
            """
            class htb 1:1 root rate 8Mbit ceil 40Mbit 
            class htb 1:2 parent 1:1 prio 0 rate 36800Kbit ceil 40Mbit 
            class htb 1:3 parent 1:1 prio 0 rate 3200Kbit ceil 40Mbit 

            """,
            await host.ShellAsync(Classes));
        Assert.Contains("match 00abcdef/ffffffff at -12", await host.ShellAsync("tc filter show dev virbr0"), StringComparison.Ordinal);

        await ConvergeAsync(networks, Network.Running());
        Assert.Equal(
            "class htb 1:1 root rate 8Mbit ceil 40Mbit \nclass htb 1:2 parent 1:1 prio 0 rate 8Mbit ceil 40Mbit \n",
            await host.ShellAsync(Classes));
        Assert.DoesNotContain("flowid", await host.ShellAsync("tc filter show dev virbr0"), StringComparison.Ordinal);
    });

    [Fact]
    public Task Limits_are_changed_in_place_and_taken_away() => PrivateHost.RunAsync(async host =>
    {
        await using RunningHost networks = await RunningHost.OpenAsync(backend: null);
        await networks.StartAsync(Network.Running());
        await ConvergeAsync(networks, ShapingTests.Limited(new BandwidthLimit(2000, Burst: 70), outbound: null).Running());
        Assert.Contains("rate 16Mbit ceil 16Mbit burst 70Kb", await host.ShellAsync("tc class show dev virbr0"), StringComparison.Ordinal);
        await ConvergeAsync(networks, TestNetworks.Default.Running());
        Assert.DoesNotContain("htb", await host.ShellAsync("tc qdisc show dev virbr0"), StringComparison.Ordinal);
    });

    [Fact]
    public Task On_a_bridge_of_the_host_limits_come_and_go_without_it() => PrivateHost.RunAsync(async host =>
    {
        NetworkDefinition bridged = Network with { Forward = new Forward(ForwardMode.Bridge), Ips = [] };
        await using RunningHost networks = await RunningHost.OpenAsync(backend: null);
        VirtNetException missing = await Assert.ThrowsAsync<VirtNetException>(() => networks.StartAsync(bridged.Running()));
        Assert.Contains("Cannot find device \"virbr0\"", missing.Message, StringComparison.Ordinal);

        await host.ShellAsync("ip link add virbr0 type bridge");
        await networks.StartAsync(bridged.Running());
        Assert.Contains("htb", await host.ShellAsync("tc qdisc show dev virbr0"), StringComparison.Ordinal);
        await networks.StopAsync(bridged.Running());
        Assert.DoesNotContain("htb", await host.ShellAsync("tc qdisc show dev virbr0"), StringComparison.Ordinal);
        Assert.True(networks.Host.LinkExists("virbr0"));
    });

    private static async Task ConvergeAsync(RunningHost networks, NetworkHostState state) =>
        await networks.Host.ConvergeAsync(state, TestContext.Current.CancellationToken);
}
