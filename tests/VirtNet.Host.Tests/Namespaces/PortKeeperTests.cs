using VirtNet.Host.Networks;
using VirtNet.Model;

namespace VirtNet.Host.Tests.Namespaces;

public class PortKeeperTests
{
    private const string Plug = """
        ip tuntap add vnet0 mode tap; ip link set vnet0 address fe:54:00:00:00:01 master virbr0 up
        bridge link set dev vnet0 isolated on; sleep 0.2

        """;

    private const string Where = "bridge -d link show dev vnet0 | grep -o 'master [^ ]*\\|isolated on' | tr '\\n' ' '";

    [Fact]
    public Task A_guest_that_somebody_takes_off_is_put_back_as_it_was_with_one_line_in_the_log() => RunAsync(async (host, networks) =>
    {
        await host.ShellAsync(Plug + "ip link set vnet0 nomaster");

        const string back = "master virbr0 isolated on ";
        Assert.Equal(back, await host.UntilAsync(Where, text => text == back));
        await host.ShellAsync("sleep 0.5");
        Assert.Equal(
            "Information: Network default: port vnet0 had left virbr0 (to no bridge) and is back on it",
            Assert.Single(networks.Log.Told, IsAboutPort));
    });

    [Fact]
    public Task Whoever_moves_it_has_time_to_do_so() => RunAsync(async (host, networks) =>
    {
        await host.ShellAsync("ip link add br9 type bridge");
        await host.ShellAsync(Plug + "ip link set vnet0 nomaster; sleep 0.03; ip link set vnet0 master br9; sleep 0.5");

        Assert.StartsWith("master br9", await host.ShellAsync(Where), StringComparison.Ordinal);
        Assert.Equal(
            "Warning: Network default: port vnet0 left virbr0 (now: on br9)", Assert.Single(networks.Log.Told, IsAboutPort));
    });

    [Fact]
    public Task One_that_went_down_as_well_comes_back_once_it_is_up() => RunAsync(async (host, networks) =>
    {
        await host.ShellAsync(Plug + "ip link set vnet0 nomaster down; sleep 0.5");
        Assert.Equal("", await host.ShellAsync(Where));
        Assert.Contains("Warning: Network default: port vnet0 left virbr0 (now: no bridge, and down)", networks.Log.Told);

        await host.ShellAsync("ip link set vnet0 up");
        Assert.StartsWith(
            "master virbr0", await host.UntilAsync(Where, text => text.Length > 0), StringComparison.Ordinal);
    });

    [Fact]
    public Task A_cable_that_virtnet_pulls_itself_for_a_moment_is_no_news() => RunAsync(async (host, networks) =>
    {
        await host.ShellAsync("ip link add vnet0 type veth peer name vnet1; ip link set vnet1 up; ip link set vnet0 master virbr0 up; sleep 0.2");
        PluggedGuest guest = Assert.Single(networks.Host.ListGuests(TestNetworks.Default));
        networks.Host.SetCarrier(guest, on: false);
        await host.ShellAsync("sleep 0.5");
        networks.Host.SetCarrier(guest, on: true);
        await host.ShellAsync("sleep 0.5");
        Assert.DoesNotContain(networks.Log.Told, IsAboutPort);
        await host.ShellAsync("ip link set vnet0 down; sleep 0.5");
        Assert.Single(networks.Log.Told, IsAboutPort);
    });

    [Theory]
    [InlineData("ip link set vnet0 down", "(now: on it, but down)")]
    [InlineData("ip link set vnet0 nomaster; ip link set vnet0 name tap9", "(now: called tap9)")]
    public Task What_may_be_meant_is_left_and_said(string harm, string line) => RunAsync(async (host, networks) =>
    {
        await host.ShellAsync(Plug + harm + "; sleep 0.5");
        Assert.EndsWith(line, Assert.Single(networks.Log.Told, IsAboutPort), StringComparison.Ordinal);
    });

    [Fact]
    public Task Of_a_guest_that_ends_nothing_is_said() => RunAsync(async (host, networks) =>
    {
        await host.ShellAsync(Plug + "ip link del vnet0; sleep 0.3");
        Assert.DoesNotContain(networks.Log.Told, IsAboutPort);
    });

    [Fact]
    public Task One_whose_port_was_deleted_is_not_put_back() => RunAsync(async (host, networks) =>
    {
        await host.ShellAsync(Plug);
        networks.Host.Release(TestNetworks.Uuid, MacAddress.Parse("52:54:00:00:00:01"));
        await host.ShellAsync("ip link set vnet0 nomaster; sleep 0.5");
        Assert.Equal("", await host.ShellAsync(Where));
        Assert.EndsWith(
            "(now: no bridge, its port was deleted)", Assert.Single(networks.Log.Told, IsAboutPort), StringComparison.Ordinal);
    });

    [Fact]
    public Task A_fight_over_a_port_slows_down() => RunAsync(async (host, networks) =>
    {
        await host.ShellAsync(Plug + "for i in $(seq 100); do ip link set vnet0 nomaster; sleep 0.03; done");
        await host.ShellAsync("for i in $(seq 12); do ip link set vnet0 nomaster; sleep 0.25; done");

        Assert.InRange(networks.Log.Told.Count(line => line.Contains("is back on it", StringComparison.Ordinal)), 3, 12);
        Assert.Contains(networks.Log.Told, line => line.Contains("something keeps taking port vnet0 off", StringComparison.Ordinal));
    });

    [Fact]
    public Task One_that_went_to_another_namespace_is_said_once() => RunAsync(async (host, networks) =>
    {
        await host.ShellAsync(Plug + "ip netns add other 2>/dev/null || mkdir -p /run/netns; unshare -n sleep 20 & sleep 0.3; ip link set vnet0 netns $!; sleep 0.5");
        Assert.Equal(
            "Warning: Network default: port vnet0 left virbr0 (now: in another network namespace)",
            Assert.Single(networks.Log.Told, IsAboutPort));
    });

    [Theory]
    [InlineData("", "master virbr0 isolated on ", "port vnet0 had left virbr0 (to no bridge) and is back on it")]
    [InlineData("ip link add br9 type bridge; ip link set vnet0 master br9", "master br9 ", "port vnet0 left virbr0 (now: on br9)")]
    [InlineData("ip link set vnet0 down", "", "port vnet0 left virbr0 (now: no bridge, and down)")]
    [InlineData("ip link del vnet0; ip tuntap add vnet0 mode tap; ip link set vnet0 up", "", null)]
    public Task Who_left_while_nobody_looked_is_treated_as_if_he_left_now(string harm, string where, string? line) => PrivateHost.RunAsync(async host =>
    {
        NetworkHostState network = TestNetworks.Default.Running();
        BridgeRecord record;
        await using (RunningHost first = await RunningHost.OpenAsync(backend: null))
        {
            await first.StartAsync(network);
            await host.ShellAsync(Plug);
            record = Assert.IsType<BridgeRecord>(first.Host.RecordOf(network.Network));
            Assert.Equal("vnet0", Assert.Single(record.Guests).Device);
        }

        await host.ShellAsync("ip link set vnet0 nomaster;" + harm);
        await using RunningHost second = await RunningHost.OpenAsync(backend: null);
        await second.AdoptAsync(network);
        second.Host.Miss(network.Network, record.Guests);
        await host.ShellAsync("sleep 0.5");

        Assert.Equal(where, (await host.ShellAsync(Where + " || true")).Replace("isolated off ", "", StringComparison.Ordinal));
        Assert.Equal(line is null ? 0 : 1, second.Log.Told.Count(IsAboutPort));
        Assert.True(line is null || second.Log.Told.Any(told => told.EndsWith(line, StringComparison.Ordinal)));
    });

    private static bool IsAboutPort(string line) =>
        line.Contains("vnet0", StringComparison.Ordinal) || line.Contains("tap9", StringComparison.Ordinal);

    private static Task RunAsync(Func<PrivateHost, RunningHost, Task> test) => PrivateHost.RunAsync(async host =>
    {
        await using RunningHost networks = await RunningHost.OpenAsync(backend: null);
        await networks.StartAsync(TestNetworks.Default.Running());
        await test(host, networks);
    });
}
