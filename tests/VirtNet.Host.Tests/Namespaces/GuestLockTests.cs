using System.Net;
using VirtNet.Host.Networks;
using VirtNet.Model;

namespace VirtNet.Host.Tests.Namespaces;

/// <summary>What keeps guests of a network that spans hosts to what is theirs, in the kernel.</summary>
public class GuestLockTests
{
    private const string Mac = "52:54:00:00:00:02";

    private const string Underlay = "ip link add up0 type veth peer name up1; ip link set up0 up; ip link set up1 up; ip addr add 192.0.2.2/24 dev up0";

    /// <summary>A frame of the guest's, by which the bridge knows of it.</summary>
    private const string Send = """
        python3 -c "import socket; s = socket.socket(socket.AF_PACKET, socket.SOCK_RAW); s.bind(('e1', 0)); s.send(bytes.fromhex('ffffffffffff52540000000288b5') + bytes(50))"
        """;

    private const string Plug = $"ip link add v1 type veth peer name e1; ip link set e1 address {Mac} up; ip link set v1 master virbr0 up; sleep 0.2; {Send}";

    private const string Port = "bridge -d link show dev v1 | grep -o 'learning [a-z]*\\|locked [a-z]*' | sort";

    private const string Closed = "learning off\nlocked on\n";

    private const string Open = "learning on\nlocked off\n";

    private const string State = $"""
        {Port}
        bridge fdb show br virbr0 | grep {Mac}
        for s in guests locked owners known taken4 bound4 taken6 bound6; do nft list set bridge virtnet_span $s 2>/dev/null || true; done
        """;

    private static readonly MacAddress s_mac = MacAddress.Parse(Mac);

    private static readonly NetworkHostState s_network = TestNetworks.DualStack.Running() with
    {
        Span = new HostSpan(5077, IPAddress.Parse("192.0.2.2"), [IPAddress.Parse("192.0.2.1")])
        {
            Locks = true,
            Guests = [new SpanGuest(s_mac, [IPAddress.Parse("192.168.122.2")])],
            Bindings = [new SpanBinding(IPAddress.Parse("192.168.122.2"), s_mac), new SpanBinding(IPAddress.Parse("192.168.122.9"), MacAddress.Parse("52:54:00:00:00:09"))],
        },
    };

    [Theory]
    [InlineData("bridge link set dev v1 locked off learning on")]
    [InlineData("bridge link set dev v1 locked off")]
    [InlineData($"bridge fdb del {Mac} dev v1 master static; sleep 0.3; {Send}")]
    [InlineData("nft flush ruleset")]
    [InlineData("nft flush set bridge virtnet_span guests")]
    [InlineData("nft flush set bridge virtnet_span owners; nft flush set bridge virtnet_span locked")]
    [InlineData("nft flush set bridge virtnet_span known")]
    [InlineData("nft flush set bridge virtnet_span bound6")]
    [InlineData("nft delete element bridge virtnet_span taken4 { 192.168.122.2 }")]
    [InlineData("nft flush set bridge virtnet_span bound4")]
    [InlineData("nft add element bridge virtnet_span taken4 { 192.168.122.3 }; nft delete element bridge virtnet_span taken4 { 192.168.122.2 }")]
    public Task What_somebody_breaks_comes_back(string harm) => PrivateHost.RunAsync(async host =>
    {
        await host.ShellAsync(Underlay);
        await using RunningHost networks = await RunningHost.OpenAsync();
        await networks.StartAsync(s_network);
        await host.ShellAsync(Plug);
        await host.UntilAsync(Port, port => port == Closed);
        string before = await host.UntilAsync(State, state => state.Contains($". {Mac}", StringComparison.Ordinal) && state.Contains("static", StringComparison.Ordinal));
        await host.ShellAsync(harm);

        Assert.Equal(before, await host.UntilAsync(State, state => state == before));
    });

    [Fact]
    public Task A_port_is_not_locked_before_its_guest_is_known_and_open_again_when_nothing_is_locked_any_more() => PrivateHost.RunAsync(async host =>
    {
        await host.ShellAsync(Underlay);
        await using RunningHost networks = await RunningHost.OpenAsync();
        await networks.StartAsync(s_network with { Span = s_network.Span! with { Guests = [] } });
        await host.ShellAsync(Plug);
        await host.UntilAsync("nft list set bridge virtnet_span guests", guests => guests.Contains("elements", StringComparison.Ordinal));
        Assert.Contains("elements", await host.ShellAsync("nft list map bridge virtnet_span open"), StringComparison.Ordinal);
        Assert.Equal(Open, await host.ShellAsync(Port));

        await networks.AdoptAsync(s_network);
        Assert.Equal(Closed, await host.UntilAsync(Port, port => port == Closed));

        // Its lease has ended: it is still who it was.
        await networks.AdoptAsync(s_network with { Span = s_network.Span! with { Guests = [], Bindings = [] } });
        Assert.Equal(Closed, await host.ShellAsync(Port));
        Assert.Contains("static", await host.ShellAsync($"bridge fdb show br virbr0 | grep {Mac}"), StringComparison.Ordinal);
        Assert.DoesNotContain("192.168.122.2", await host.ShellAsync("nft list set bridge virtnet_span taken4"), StringComparison.Ordinal);

        await networks.AdoptAsync(s_network with { Span = s_network.Span! with { Locks = false, Guests = [], Bindings = [] } });
        Assert.Equal(Open, await host.ShellAsync(Port));
        Assert.Equal("", await host.ShellAsync($"bridge fdb show br virbr0 | grep '{Mac}.*static' || true"));
        Assert.Equal("", await host.ShellAsync("nft list table bridge virtnet_span | grep -A9 'set guests\\|set locked\\|set owners\\|set known\\|map open\\|set taken\\|set bound' | grep elements || true"));
    });

    [Fact]
    public Task A_restart_finds_it_as_it_was_and_what_ended_meanwhile_is_gone() => PrivateHost.RunAsync(async host =>
    {
        await host.ShellAsync(Underlay);
        await using (RunningHost first = await RunningHost.OpenAsync())
        {
            await first.StartAsync(s_network);
            await host.ShellAsync(Plug);
            await host.UntilAsync(State, state => state.Contains($". {Mac}", StringComparison.Ordinal) && state.StartsWith(Closed, StringComparison.Ordinal));
        }

        string before = await host.ShellAsync(State);
        await using (RunningHost second = await RunningHost.OpenAsync())
        {
            Assert.Empty((await second.AdoptAsync(s_network)).Changes);
            Assert.Equal(before, await host.ShellAsync(State));
        }

        await using RunningHost third = await RunningHost.OpenAsync();
        await third.AdoptAsync(s_network with { Span = s_network.Span! with { Bindings = [s_network.Span!.Bindings[1]] } });
        Assert.DoesNotContain("192.168.122.2", await host.ShellAsync("nft list table bridge virtnet_span"), StringComparison.Ordinal);
        IReadOnlyList<PluggedGuest> guests = await third.StopAsync(s_network);
        Assert.Equal("", await host.ShellAsync("nft list tables"));

        // It comes back as the bridge of a network that locks nothing can have it.
        await third.StartAsync(s_network with { Span = null });
        third.Host.Plug(s_network.Network, [.. guests.Select(guest => guest with { ComesBack = true })]);
        Assert.Equal(Open, await host.ShellAsync(Port));
    });

    [Fact]
    public Task What_somebody_else_has_locked_and_what_no_guest_is_behind_is_left_alone() => PrivateHost.RunAsync(async host =>
    {
        await host.ShellAsync(Underlay);
        await using RunningHost networks = await RunningHost.OpenAsync();
        await networks.StartAsync(s_network with { Span = s_network.Span! with { Guests = [] } });
        await host.ShellAsync(Plug);
        await host.ShellAsync($"""
            bridge link set dev v1 locked on
            ip link add br9 type bridge; ip link set br9 up; ip link add a1 type veth peer name b1; ip link set a1 master br9 up; ip link set b1 master virbr0 up
            """);
        await networks.AdoptAsync(s_network);
        Assert.Contains("static", await host.UntilAsync($"bridge fdb show br virbr0 | grep {Mac}", entry => entry.Contains("static", StringComparison.Ordinal)), StringComparison.Ordinal);
        Assert.Equal("learning on\nlocked on\n", await host.ShellAsync(Port));
        await networks.AdoptAsync(s_network with { Span = s_network.Span! with { Locks = false, Guests = [] } });
        Assert.Equal("learning on\nlocked on\n", await host.ShellAsync(Port));

        await networks.AdoptAsync(s_network with { Span = s_network.Span! with { Guests = [new SpanGuest(MacAddress.Parse("52:54:00:00:00:77"), [])] } });
        await host.ShellAsync("ip link set b1 address fe:54:00:00:00:77");
        await host.UntilAsync("nft list set bridge virtnet_span guests", guests => guests.Contains("v1", StringComparison.Ordinal));
        Assert.Equal("locked off\n", await host.ShellAsync("bridge -d link show dev b1 | grep -o 'locked [a-z]*'"));
        Assert.DoesNotContain("b1", await host.ShellAsync("nft list set bridge virtnet_span guests"), StringComparison.Ordinal);
    });

    [Fact]
    public Task A_guest_of_a_hypervisor_is_known_by_its_device_and_one_that_went_to_another_host_leaves_its_port_open() => PrivateHost.RunAsync(async host =>
    {
        await host.ShellAsync(Underlay);
        await using RunningHost networks = await RunningHost.OpenAsync();
        await networks.StartAsync(s_network);
        await host.ShellAsync("ip tuntap add v1 mode tap; ip link set v1 address fe:54:00:00:00:02; ip link set v1 master virbr0 up");
        Assert.Equal(Closed, await host.UntilAsync(Port, port => port == Closed));

        await host.ShellAsync($"bridge fdb replace {Mac} dev vn5077 master static");
        Assert.Equal(Open, await host.UntilAsync(Port, port => port == Open));
    });
}
