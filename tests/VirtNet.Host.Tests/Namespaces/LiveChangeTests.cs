using System.Net;
using Microsoft.Extensions.Logging.Abstractions;
using VirtNet.Host.Commands;
using VirtNet.Host.Networks;
using VirtNet.Model;

namespace VirtNet.Host.Tests.Namespaces;

/// <summary>A running network that becomes another one.</summary>
public class LiveChangeTests
{
    /// <summary>All of the bridge, without what the kernel adds by itself.</summary>
    private const string State = """
        ip -d -o link show virbr0 | grep -oE 'mtu [0-9]+|stp_state [01]|forward_delay [0-9]+|link/ether [0-9a-f:]+'
        ip -o addr show virbr0 scope global | sed 's/^[0-9]*: //'
        ip route; ip -6 route show dev virbr0 | grep -v fe80
        cat /proc/sys/net/ipv6/conf/virbr0/disable_ipv6
        """;

    private static readonly IpDefinition Second = new(IPAddress.Parse("10.60.1.1")) { Prefix = 24 };

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>Whatever it was before, a network is in the end what it would be had it been started so.</summary>
    public static TheoryData<string> Changes() => [.. Definitions.Keys];

    private static readonly Dictionary<string, NetworkDefinition> Definitions = new()
    {
        ["IPv6 comes and goes"] = TestNetworks.DualStack with { Ips = TestNetworks.Default.Ips, Routes = [] },
        ["the first address goes, its routes' gateway stays"] = TestNetworks.DualStack with
        {
            Ips = [Second, new IpDefinition(IPAddress.Parse("192.168.122.2")) { Prefix = 24 }],
            Routes = [TestNetworks.DualStack.Routes[0]],
        },
        ["another prefix"] = TestNetworks.DualStack with
        {
            Ips =
            [
                new IpDefinition(IPAddress.Parse("192.168.122.1")) { Prefix = 25 },
                new IpDefinition(IPAddress.Parse("fd00:122::1")) { Family = "ipv6", Prefix = 48 },
            ],
        },
        ["no address at all"] = TestNetworks.DualStack with { Ips = [], Routes = [] },
        ["no MTU, no STP"] = TestNetworks.DualStack with { Mtu = 0, Bridge = new Bridge { Name = "virbr0", Stp = false, Delay = 3 } },
    };

    [Theory]
    [MemberData(nameof(Changes))]
    public Task It_becomes_what_a_start_would_have_made_and_back(string change) => PrivateHost.RunAsync(async host =>
    {
        NetworkDefinition other = Definitions[change];
        await using NetworkHost networks = Open();
        await networks.StartAsync(other.Running(), Token);
        string wanted = await host.ShellAsync(State);
        await networks.StopAsync(other.Running(), Token);
        await networks.StartAsync(TestNetworks.DualStack.Running(), Token);
        string before = await host.ShellAsync(State);

        await networks.CheckChangeAsync(TestNetworks.DualStack, other.Running(), Token);
        await networks.ConvergeAsync(other.Running(), Token);

        Assert.Equal(wanted, await host.UntilAsync(State, state => state == wanted));
        Assert.Empty((await networks.ConvergeAsync(other.Running(), Token)).Changes);
        await networks.ConvergeAsync(TestNetworks.DualStack.Running(), Token);
        Assert.Equal(before, await host.UntilAsync(State, state => state == before));
    });

    [Fact]
    public Task A_subnet_or_route_that_the_host_has_elsewhere_refuses_the_change() => PrivateHost.RunAsync(async host =>
    {
        await using NetworkHost networks = Open();
        await networks.StartAsync(TestNetworks.DualStack.Running(), Token);
        await host.ShellAsync("ip link add other type bridge; ip addr add 10.60.1.7/24 dev other; ip link set other up");
        NetworkDefinition subnet = TestNetworks.DualStack with { Ips = [.. TestNetworks.DualStack.Ips, Second] };
        NetworkDefinition route = TestNetworks.DualStack with
        {
            Routes = [new RouteDefinition(IPAddress.Parse("10.60.1.0"), IPAddress.Parse("192.168.122.9")) { Prefix = 24 }],
        };

        Assert.Equal("internal error: Network is already in use by interface other", await RefusalAsync(subnet));
        Assert.Equal("internal error: Route address '10.60.1.0' conflicts with IP address for 'other'", await RefusalAsync(route));

        // What was there before the change is not held against it.
        await host.ShellAsync("ip addr add 192.168.122.77/24 dev other");
        await networks.CheckChangeAsync(
            TestNetworks.DualStack, (TestNetworks.DualStack with { Mtu = 1300 }).Running(), Token);

        async Task<string> RefusalAsync(NetworkDefinition after) => (await Assert.ThrowsAsync<VirtNetException>(
            () => networks.CheckChangeAsync(TestNetworks.DualStack, after.Running(), Token))).Message;
    });

    [Fact]
    public Task An_MTU_that_would_take_IPv6_off_the_bridge_refuses_the_change() => PrivateHost.RunAsync(async _ =>
    {
        await using NetworkHost networks = Open();
        await networks.StartAsync(TestNetworks.DualStack.Running(), Token);
        Assert.Equal(
            "Cannot set interface MTU on 'virbr0': MTU 1000 is too small for IPv6: at least 1280",
            (await Assert.ThrowsAsync<VirtNetException>(() => networks.CheckChangeAsync(
                TestNetworks.DualStack, (TestNetworks.DualStack with { Mtu = 1000 }).Running(), Token))).Message);
        Assert.Equal(
            "Cannot set interface MTU on 'virbr0': MTU 70000 is not within 68 and 65535",
            networks.WhyNeverStarted(TestNetworks.DualStack with { Mtu = 70000 })?.Message);
        Assert.Null(networks.WhyNeverStarted(TestNetworks.DualStack));
    });

    [Theory]
    [InlineData("ff02::1", "Failed to add IP address ff02::1/64 to virbr0")]
    [InlineData("::1", "Failed to add IP address ::1/64 to virbr0")]
    [InlineData("::", "Failed to add IP address ::/64 to virbr0")]
    [InlineData("::2", null)]
    [InlineData("fe80::1", null)]
    [InlineData("127.0.0.5", null)]
    [InlineData("224.0.0.5", null)]
    public Task An_address_that_the_kernel_gives_no_bridge_is_known_before_the_start(string address, string? refusal)
    {
        (string family, uint prefix) = address.Contains(':', StringComparison.Ordinal) ? ("ipv6", 64u) : ("ipv4", 24u);
        return AssertKnownBeforeAsync(
            TestNetworks.Default with { Ips = [new IpDefinition(IPAddress.Parse(address)) { Family = family, Prefix = prefix }] }, refusal);
    }

    [Fact]
    public Task A_bridge_without_a_MAC_is_known_before_the_start_to_be_impossible() => AssertKnownBeforeAsync(
        TestNetworks.Default with { Mac = MacAddress.Parse("00:00:00:00:00:00") },
        "error creating bridge interface virbr0: Cannot assign requested address");

    private static Task AssertKnownBeforeAsync(NetworkDefinition network, string? refusal) => PrivateHost.RunAsync(async _ =>
    {
        await using NetworkHost networks = Open();
        Assert.Equal(refusal, networks.WhyNeverStarted(network)?.Message);
        Assert.Equal(refusal, (await Record.ExceptionAsync(() => networks.CheckStartAsync(network.Running(), Token)))?.Message);
        Assert.Equal(refusal, (await Record.ExceptionAsync(() => networks.StartAsync(network.Running(), Token)))?.Message);
    });

    private static NetworkHost Open() => new(firewall: null, new CliWrapCommandRunner(), TimeProvider.System, NullLoggerFactory.Instance);
}
