namespace VirtNet.Host.Tests.Namespaces;

public class GuestPortTests
{
    private const string Stp = "ip -d link show virbr0 | grep -o 'stp_state .'";

    /// <summary>A device whose other end is held by nobody has no carrier: the guest's end is here, but on no bridge.</summary>
    private const string Plug = "ip link add v0 type veth peer name v1; ip link set v1 up; ip link set v0 master virbr0 up";

    [Fact]
    public Task A_guest_that_is_plugged_in_forwards_at_once_and_STP_stays_on() => PrivateHost.RunAsync(async host =>
    {
        await using RunningHost networks = await RunningHost.OpenAsync(backend: null);
        await networks.StartAsync(TestNetworks.Default.Running());
        await host.ShellAsync(Plug);

        await UntilPortAsync(host, "v0", "forwarding");
        Assert.Equal("stp_state 1\n", await host.ShellAsync(Stp));
        Assert.Contains("Debug: Network default: port v0 of virbr0 forwards at once", networks.Log.Lines);
    });

    [Fact]
    public Task A_port_that_waited_while_no_daemon_ran_forwards_when_the_network_is_adopted() => PrivateHost.RunAsync(async host =>
    {
        await using (RunningHost first = await RunningHost.OpenAsync(backend: null))
        {
            await first.StartAsync(TestNetworks.Default.Running());
        }

        await host.ShellAsync(Plug);
        await UntilPortAsync(host, "v0", "listening");
        await using RunningHost second = await RunningHost.OpenAsync(backend: null);
        Assert.Empty((await second.Host.ConvergeAsync(TestNetworks.Default.Running(), TestContext.Current.CancellationToken)).Changes);
        await UntilPortAsync(host, "v0", "forwarding");
    });

    [Fact]
    public Task A_cable_between_two_bridges_is_left_to_STP() => PrivateHost.RunAsync(async host =>
    {
        await using RunningHost networks = await RunningHost.OpenAsync(backend: null);
        await networks.StartAsync(TestNetworks.Default.Running());
        await host.ShellAsync("""
            ip link add br9 type bridge; ip link set br9 up
            ip link add v0 type veth peer name v1; ip link set v1 master br9 up; ip link set v0 master virbr0 up
            """);

        await host.ShellAsync("sleep 0.5");
        Assert.Equal("state listening\n", await host.ShellAsync(PortState("v0")));
    });

    [Fact]
    public Task While_a_port_blocks_a_loop_no_port_is_hurried() => PrivateHost.RunAsync(async host =>
    {
        await using RunningHost networks = await RunningHost.OpenAsync(backend: null);
        await networks.StartAsync(TestNetworks.Default.Running());

        // Two cables to another bridge: a loop, of which STP blocks one end as soon as it hears the other bridge.
        await host.ShellAsync("""
            ip link add br9 address 52:54:00:00:00:01 type bridge stp_state 1 priority 1; ip link set br9 up
            for i in 1 2; do ip link add a$i type veth peer name b$i; ip link set a$i master br9 up; ip link set b$i master virbr0 up; done
            """);
        await UntilPortAsync(host, "b2", "blocking", seconds: 10);
        await host.ShellAsync(Plug);

        await host.ShellAsync("sleep 0.5");
        Assert.Equal("state listening\n", await host.ShellAsync(PortState("v0")));
    });

    private static string PortState(string port) => $"bridge link show dev {port} | grep -o 'state [a-z]*'";

    /// <summary>Left to STP, a port forwards after 4 s: two times the bridge's shortest delay.</summary>
    private static Task<string> UntilPortAsync(PrivateHost host, string port, string expected, double seconds = 2) =>
        host.UntilAsync(PortState(port), text => text == $"state {expected}\n", seconds);
}
