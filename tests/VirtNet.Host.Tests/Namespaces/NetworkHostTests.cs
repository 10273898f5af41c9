using Microsoft.Extensions.Logging.Abstractions;
using VirtNet.Host.Commands;
using VirtNet.Host.Networks;
using VirtNet.Model;

namespace VirtNet.Host.Tests.Namespaces;

public class NetworkHostTests
{
    /// <summary>
    /// All that a network may leave traces in; without numbers that only count up, and without the routes that the kernel
    /// makes for itself, sooner or later.
    /// </summary>
    private const string State = """
        ip -d -o link | sed 's/^[0-9]*: //; s/[a-z_]*_timer *[0-9.]* //g'
        ip -o addr | sed 's/^[0-9]*: //; s/ tentative//'
        { ip route show table all; ip -6 route show table all; } | grep -vE '^(multicast|anycast)|table local' | sort
        nft list ruleset
        cat /proc/sys/net/ipv4/ip_forward /proc/sys/net/ipv6/conf/all/forwarding
        """;

    [Fact]
    public Task A_network_starts_as_libvirt_starts_it() => PrivateHost.RunAsync(async host =>
    {
        await using NetworkHost networks = Open();
        await networks.StartAsync(TestNetworks.DualStack.Running(), TestContext.Current.CancellationToken);

        string link = await host.ShellAsync("ip -d -o link show virbr0");
        Assert.Contains("NO-CARRIER,BROADCAST,MULTICAST,UP", link, StringComparison.Ordinal);
        Assert.Contains(" mtu 1400 ", link, StringComparison.Ordinal);
        Assert.Contains("link/ether 52:54:00:11:22:33", link, StringComparison.Ordinal);
        Assert.Contains("bridge forward_delay 200 ", link, StringComparison.Ordinal);
        Assert.Contains(" stp_state 1 ", link, StringComparison.Ordinal);
        string addresses = await host.ShellAsync("ip -o addr show virbr0");
        Assert.Contains("inet 192.168.122.1/24 brd 192.168.122.255 scope global virbr0", addresses, StringComparison.Ordinal);
        Assert.Contains("inet6 fd00:122::1/64 scope global", addresses, StringComparison.Ordinal);
        Assert.Contains(
            "10.9.0.0/16 via 192.168.122.9 dev virbr0 metric 1", await host.ShellAsync("ip route"), StringComparison.Ordinal);
        Assert.Contains(
            "fd00:9::/48 via fd00:122::9 dev virbr0 metric 7", await host.ShellAsync("ip -6 route"), StringComparison.Ordinal);
        Assert.Equal(
            "0\n0\n0\n1\n1\n",
            await host.ShellAsync("cd /proc/sys/net; cat ipv6/conf/virbr0/disable_ipv6 ipv6/conf/virbr0/accept_ra "
                + "ipv6/conf/virbr0/autoconf ipv4/ip_forward ipv6/conf/all/forwarding"));
    });

    [Fact]
    public Task A_running_network_is_adopted_without_a_change() => PrivateHost.RunAsync(async host =>
    {
        await using (NetworkHost first = Open())
        {
            await first.StartAsync(TestNetworks.DualStack.Running(), TestContext.Current.CancellationToken);
        }

        await using NetworkHost second = Open();
        Assert.Empty(await second.PlanAsync(TestNetworks.DualStack.Running(), TestContext.Current.CancellationToken));
        Assert.Empty((await second.ConvergeAsync(TestNetworks.DualStack.Running(), TestContext.Current.CancellationToken)).Changes);
    });

    [Fact]
    public Task Stopping_leaves_nothing_but_forwarding() => PrivateHost.RunAsync(async host =>
    {
        string before = await host.ShellAsync(State);
        await using NetworkHost networks = Open();
        await networks.StartAsync(TestNetworks.DualStack.Running(), TestContext.Current.CancellationToken);
        await networks.StopAsync(TestNetworks.DualStack.Running(), TestContext.Current.CancellationToken);

        string after = before.Replace("0\n0\n", "1\n1\n", StringComparison.Ordinal);
        Assert.Equal(after, await host.UntilAsync(State, state => state == after));
        Assert.False(networks.LinkExists("virbr0"));
    });

    [Theory]
    [InlineData("ip link del virbr0")]
    [InlineData("ip addr flush dev virbr0")]
    [InlineData("ip link set virbr0 down")]
    [InlineData("ip link set virbr0 mtu 1300")]
    [InlineData("ip link set virbr0 address 52:54:00:00:00:01")]
    [InlineData("ip link set virbr0 type bridge stp_state 0")]
    [InlineData("ip route del 10.9.0.0/16")]
    [InlineData("ip route del 192.168.122.0/24")]
    [InlineData("ip -6 route del fd00:122::/64")]
    [InlineData("ip link set virbr0 alias nobody")]
    [InlineData("echo 0 >/proc/sys/net/ipv4/ip_forward")]
    public Task What_somebody_breaks_is_put_back(string harm) => PrivateHost.RunAsync(async host =>
    {
        await using NetworkHost networks = Open();
        await networks.StartAsync(TestNetworks.DualStack.Running(), TestContext.Current.CancellationToken);
        string before = await host.ShellAsync(State);
        await host.ShellAsync(harm);

        Assert.NotEmpty((await networks.ConvergeAsync(TestNetworks.DualStack.Running(), TestContext.Current.CancellationToken)).Changes);

        Assert.Equal(before, await host.UntilAsync(State, state => state == before));
        Assert.Empty((await networks.ConvergeAsync(TestNetworks.DualStack.Running(), TestContext.Current.CancellationToken)).Changes);
    });

    [Theory]
    [InlineData("ip link add virbr0 type bridge", 38, "error creating bridge interface virbr0: File exists")]
    [InlineData(
        "ip link add other type bridge; ip addr add 192.168.122.7/24 dev other; ip link set other up",
        1, "internal error: Network is already in use by interface other")]
    [InlineData(
        "ip link add other type bridge; ip addr add 10.9.0.1/16 dev other; ip link set other up",
        1, "internal error: Route address '10.9.0.0' conflicts with IP address for 'other'")]
    public Task A_host_that_has_it_already_refuses(string obstacle, int code, string error) => PrivateHost.RunAsync(async host =>
    {
        await host.ShellAsync(obstacle);
        string before = await host.ShellAsync(State);
        await using NetworkHost networks = Open();

        VirtNetException e = await Assert.ThrowsAsync<VirtNetException>(
            () => networks.StartAsync(TestNetworks.DualStack.Running(), TestContext.Current.CancellationToken));

        Assert.Equal((code, error), ((int)e.Code, e.Message));
        Assert.Equal(before, await host.UntilAsync(State, state => state == before));
    });

    [Theory]
    [InlineData("abcdefghijklmnopqrst", 0, "error creating bridge interface abcdefghijklmnopqrst: Numerical result out of range")]
    [InlineData("a b", 0, "error creating bridge interface a b: Invalid argument")]
    [InlineData("virbr0", 4, "Cannot set interface MTU on 'virbr0': MTU 4 is not within 68 and 65535")]
    [InlineData("virbr0", 1200, "Cannot set interface MTU on 'virbr0': MTU 1200 is too small for IPv6: at least 1280")]
    public Task What_the_kernel_would_refuse_is_refused_before_anything_is_done(string bridge, uint mtu, string text) => PrivateHost.RunAsync(async host =>
    {
        await using NetworkHost networks = Open();
        string before = await host.ShellAsync(State);
        NetworkHostState desired = (TestNetworks.DualStack with { Bridge = new Bridge { Name = bridge }, Mtu = mtu }).Running();
        VirtNetException e = await Assert.ThrowsAsync<VirtNetException>(
            () => networks.StartAsync(desired, TestContext.Current.CancellationToken));
        Assert.Equal((VirErrorCode.SystemError, text), (e.Code, e.Message));
        Assert.Equal(before, await host.ShellAsync(State));
        VirtNetException check = await Assert.ThrowsAsync<VirtNetException>(
            () => networks.CheckStartAsync(desired, TestContext.Current.CancellationToken));
        Assert.Equal((e.Code, e.Message), (check.Code, check.Message));
    });

    [Fact]
    public Task A_bridge_that_a_lost_state_left_behind_is_taken_over() => PrivateHost.RunAsync(async host =>
    {
        await using (NetworkHost first = Open())
        {
            await first.StartAsync(TestNetworks.Default.Running(), TestContext.Current.CancellationToken);
        }

        await using NetworkHost second = Open();
        await second.StartAsync(TestNetworks.Default.Running(), TestContext.Current.CancellationToken);
        NetworkDefinition stranger = TestNetworks.Default with { Uuid = Guid.Empty, Ips = [] };
        await Assert.ThrowsAsync<VirtNetException>(
            () => second.StartAsync(stranger.Running(), TestContext.Current.CancellationToken));
        Assert.True(second.LinkExists("virbr0"));
    });

    private static NetworkHost Open() => new(firewall: null, new CliWrapCommandRunner(), TimeProvider.System, NullLoggerFactory.Instance);
}
