using System.Net;
using VirtNet.Daemon.Networks;
using VirtNet.Daemon.Tests.Fakes;
using VirtNet.Host;
using VirtNet.Model;
using VirtNet.Rpc.Driver;
using VirtNet.Services.Leases;

namespace VirtNet.Daemon.Tests.Spanning;

/// <summary>What becomes of a network that spans hosts when it is defined and started.</summary>
public sealed class NetworkSpanningTests : IAsyncDisposable
{
    private readonly TestDaemon _daemon = new();

    public NetworkSpanningTests() => _daemon.Host.Underlay = new HostUnderlay(IPAddress.Parse("192.0.2.2"), "eth0", 1500);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public ValueTask DisposeAsync() => _daemon.DisposeAsync();

    [Fact]
    public async Task The_host_finds_itself_among_the_hosts_and_learns_where_guests_are()
    {
        NetworkRef network = await _daemon.StartAsync(Lab(5077));
        Assert.Equal(
            new HostSpan(5077, IPAddress.Parse("192.0.2.2"), [IPAddress.Parse("192.0.2.1"), IPAddress.Parse("192.0.2.3")]) { Learns = true, Locks = true },
            _daemon.Host.Spans[network.Uuid]);
    }

    [Fact]
    public async Task One_that_is_to_start_before_the_host_has_its_address_starts_when_it_has()
    {
        NetworkRef network = await _daemon.Driver.DefineAsync(Lab(5077), 0, Token);
        await _daemon.Driver.SetAutostartAsync(network, autostart: true, Token);
        HostUnderlay underlay = _daemon.Host.Underlay!;
        _daemon.Host.Underlay = null;
        await _daemon.Loader.AutostartOnceAsync(Token);
        _daemon.Autostarts.Begin(Token);
        _daemon.Clock.Advance(TimeSpan.FromSeconds(1));
        Assert.False(await _daemon.Driver.IsActiveAsync(network, Token));

        _daemon.Host.Underlay = underlay;
        for (int i = 0; i < 200 && !await _daemon.Driver.IsActiveAsync(network, Token); i++)
        {
            _daemon.Autostarts.Begin(Token);
            await Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System, Token);
            _daemon.Clock.Advance(TimeSpan.FromSeconds(1));
        }

        Assert.True(await _daemon.Driver.IsActiveAsync(network, Token));
    }

    [Fact]
    public async Task A_kernel_that_does_not_answer_costs_no_network_its_service_nor_what_is_asked_for_later()
    {
        NetworkRef network = await _daemon.StartAsync(Lab(5077));
        Exception? failure = new IOException("the kernel's netlink interface failed: No buffer space available");
        _daemon.Host.FailLook = () => failure;
        Assert.False(await _daemon.Network(network).FollowGuestsAsync(Token));

        await _daemon.RestartAsync();
        Assert.Contains(network.Uuid, _daemon.Services.Served);

        GuestFollowing following = new(_daemon.Registry, _daemon.Clock);
        following.Begin(network.Uuid, Token);
        failure = null;
        for (int i = 0; i < 200 && !following.EndedAsync().IsCompleted; i++)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System, Token);
            _daemon.Clock.Advance(TimeSpan.FromSeconds(1));
        }

        Assert.True(await _daemon.Network(network).FollowGuestsAsync(Token));
    }

    [Fact]
    public async Task A_start_for_which_the_kernel_does_not_answer_fails_as_libvirt_says_it_and_an_autostart_keeps_nobody_away()
    {
        NetworkRef network = await _daemon.Driver.DefineAsync(Lab(5077), 0, Token);
        _daemon.Host.FailLook = () => new IOException("the kernel does not answer");
        VirtNetException refused = await Assert.ThrowsAsync<VirtNetException>(() => _daemon.Driver.StartAsync(network, Token));
        Assert.Equal((VirErrorCode.SystemError, "network 'lab': the kernel does not answer"), (refused.Code, refused.Message));

        _daemon.Host.FailLook = () => new InvalidOperationException("a fault of our own");
        await _daemon.Driver.SetAutostartAsync(network, autostart: true, Token);
        await _daemon.Loader.AutostartOnceAsync(Token);
        Assert.False(await _daemon.Driver.IsActiveAsync(network, Token));
    }

    [Fact]
    public async Task Where_it_is_told_where_guests_are_it_does_not_learn()
    {
        NetworkRef network = await _daemon.StartAsync(Lab(5077).Replace("vni='5077'", "vni='5077' learning='no'", StringComparison.Ordinal));
        Assert.False(_daemon.Host.Spans[network.Uuid]!.Learns);
    }

    [Fact]
    public async Task Guests_are_held_to_what_is_theirs_unless_the_definition_says_otherwise()
    {
        NetworkRef network = await _daemon.StartAsync(Lab(5077));
        await _daemon.Driver.CreatePortAsync(network, TestPorts.Xml(), 0, Token);
        Assert.True(_daemon.Host.Spans[network.Uuid]!.Locks);
        Assert.Equal(MacAddress.Parse("52:54:00:00:00:01"), Assert.Single(_daemon.Host.Spans[network.Uuid]!.Guests).Mac);

        NetworkRef open = await _daemon.StartAsync(Lab(5078, name: "open").Replace("vni='5078'", "vni='5078' locked='no'", StringComparison.Ordinal));
        await _daemon.Driver.CreatePortAsync(open, TestPorts.Xml(), 0, Token);
        Assert.Equal((false, 0, 0), (_daemon.Host.Spans[open.Uuid]!.Locks, _daemon.Host.Spans[open.Uuid]!.Guests.Count, _daemon.Host.Spans[open.Uuid]!.Bindings.Count));
    }

    [Fact]
    public async Task Whose_an_address_is_leases_of_other_hosts_and_reservations_say()
    {
        NetworkRef network = await _daemon.StartAsync(Lab(5077).Replace(
            "prefix='24'/>", "prefix='24'><dhcp><host mac='52:54:00:00:00:09' ip='10.3.0.9'/><host name='unknown' ip='10.3.0.8'/></dhcp></ip>", StringComparison.Ordinal));
        Assert.Equal([new SpanBinding(IPAddress.Parse("10.3.0.9"), MacAddress.Parse("52:54:00:00:00:09"))], _daemon.Host.Spans[network.Uuid]!.Bindings);

        Lease elsewhere = new(
            network.Uuid, IPAddress.Parse("10.3.0.5"), MacAddress.Parse("52:54:00:00:00:05"), ClientId: null, Iaid: null, HostName: null, Expires: null);
        _daemon.Services.Shared[network.Uuid] = new HeldLeasesUpdate(
            "h1", IsAll: true, [new HeldLease(elsewhere, "h2"), new HeldLease(elsewhere with { Address = IPAddress.Parse("10.3.0.6") }, Host: null)], []);
        await _daemon.Driver.CreatePortAsync(network, TestPorts.Xml(), 0, Token); // by which it is looked at again
        Assert.Equal(["10.3.0.5", "10.3.0.9"], _daemon.Host.Spans[network.Uuid]!.Bindings.Select(binding => binding.Address.ToString()));
    }

    [Fact]
    public async Task Whoever_has_a_port_is_told_of_until_it_is_gone()
    {
        NetworkRef network = await _daemon.StartAsync(Lab(5077).Replace("vni='5077'", "vni='5077' learning='no'", StringComparison.Ordinal));
        Assert.Empty(_daemon.Host.Spans[network.Uuid]!.Guests);
        NetworkPortRef port = await _daemon.Driver.CreatePortAsync(network, TestPorts.Xml(), 0, Token);
        Assert.Equal([new SpanGuest(MacAddress.Parse("52:54:00:00:00:01"), [])], _daemon.Host.Spans[network.Uuid]!.Guests);

        await _daemon.Driver.DeletePortAsync(port, 0, Token);
        Assert.Empty(_daemon.Host.Spans[network.Uuid]!.Guests);
    }

    [Fact]
    public async Task The_gateways_MAC_address_is_the_same_on_all_hosts_and_the_MTU_what_the_underlay_has_room_for()
    {
        NetworkRef network = await _daemon.StartAsync(Lab(5077));
        NetworkDefinition live = _daemon.Host.Held[network.Uuid];
        Assert.Equal((MacAddress.Parse("02:76:6e:00:13:d5"), 1450u), (live.Mac, live.Mtu));
        Assert.DoesNotContain("<mtu", await _daemon.Driver.GetXmlAsync(network, 1, Token), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_definition_that_says_them_keeps_them()
    {
        NetworkRef network = await _daemon.StartAsync(Lab(5077, "<mtu size='1400'/><mac address='52:54:00:00:00:01'/>"));
        NetworkDefinition live = _daemon.Host.Held[network.Uuid];
        Assert.Equal((MacAddress.Parse("52:54:00:00:00:01"), 1400u), (live.Mac, live.Mtu));
    }

    [Theory]
    [InlineData("<mtu size='1451'/>", "there is room for an MTU of 1450, not 1451")]
    [InlineData("", "none of these is an address of this host", "192.0.2.9")]
    public async Task What_cannot_be_is_refused_at_the_start(string extra, string reason, string own = "192.0.2.2")
    {
        _daemon.Host.Underlay = _daemon.Host.Underlay! with { Address = IPAddress.Parse(own) };
        VirtNetException refused = await Assert.ThrowsAsync<VirtNetException>(() => _daemon.StartAsync(Lab(5077, extra)));
        Assert.Contains(reason, refused.Message, StringComparison.Ordinal);
        Assert.Empty(_daemon.Host.Held);
    }

    [Fact]
    public async Task Whose_hosts_are_many_is_refused_in_few_words()
    {
        _daemon.Host.Underlay = _daemon.Host.Underlay! with { Address = IPAddress.Parse("192.0.2.9") };
        string hosts = string.Concat(Enumerable.Range(1, 300).Select(i => $"<v:host address='198.51.{100 + (i / 250)}.{i % 250}'/>"));
        VirtNetException refused = await Assert.ThrowsAsync<VirtNetException>(
            () => _daemon.StartAsync(Lab(5077).Replace("</v:span>", hosts + "</v:span>", StringComparison.Ordinal)));
        Assert.EndsWith(
            "network 'lab' spans 192.0.2.1, 192.0.2.2, 192.0.2.3, 198.51.100.1, 198.51.100.2 and 298 more, and none of these is an address of this host",
            refused.Message, StringComparison.Ordinal);
    }

    /// <summary>In a fabric it is enough to say that a network spans hosts: it is defined, and runs once the fabric has said the rest.</summary>
    [Theory]
    [InlineData("<v:span/>", "has no VNI yet")]
    [InlineData("<v:span vni='5077'><v:hosts match='rack1-*'/></v:span>", "has no list of hosts yet")]
    public async Task What_its_fabric_has_not_completed_is_defined_and_does_not_start(string span, string reason)
    {
        NetworkRef network = await _daemon.Driver.DefineAsync(
            $"<network><name>lab</name><ip address='10.3.0.1' prefix='24'/><metadata><v:network xmlns:v='urn:virtnet:network:1'>{span}</v:network></metadata></network>",
            0, Token);
        VirtNetException refused = await Assert.ThrowsAsync<VirtNetException>(() => _daemon.Driver.StartAsync(network, Token));
        Assert.Equal(VirErrorCode.OperationInvalid, refused.Code);
        Assert.Contains(reason, refused.Message, StringComparison.Ordinal);
        Assert.Empty(_daemon.Host.Held);
        await _daemon.Driver.UndefineAsync(network, Token);
    }

    [Fact]
    public async Task Two_networks_do_not_have_one_number()
    {
        NetworkRef first = await _daemon.StartAsync(Lab(5077));
        VirtNetException refused = await Assert.ThrowsAsync<VirtNetException>(() => _daemon.StartAsync(Lab(5077, name: "other")));
        Assert.EndsWith("network 'other': VNI 5077 is that of network 'lab'", refused.Message, StringComparison.Ordinal);
        await _daemon.Driver.DestroyAsync(first, Token);
        await _daemon.StartAsync(Lab(5077, name: "third"));
    }

    [Fact]
    public async Task A_network_goes_on_while_its_address_is_away_and_says_so()
    {
        NetworkRef network = await _daemon.StartAsync(Lab(5077));
        _daemon.Host.Underlay = null;
        await _daemon.RestartAsync();
        Assert.Equal(IPAddress.Parse("192.0.2.2"), _daemon.Host.Spans[network.Uuid]!.Local);
        Assert.Contains(_daemon.Conditions.Of(network.Uuid), condition => condition.Text.Contains("is an address of this host", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_refused_start_does_not_keep_its_number()
    {
        _daemon.Host.Refuse = network => network.Name == "lab" ? "no" : null;
        await Assert.ThrowsAsync<VirtNetException>(() => _daemon.StartAsync(Lab(5077)));
        await _daemon.StartAsync(Lab(5077, name: "other"));
    }

    private static string Lab(uint vni, string extra = "", string name = "lab") =>
        $"<network><name>{name}</name><forward mode='nat'/><bridge name='virbr-{name}'/>{extra}"
        + $"<ip address='10.{name.Length}.0.1' prefix='24'/><metadata><v:network xmlns:v='urn:virtnet:network:1'><v:span vni='{vni}'>"
        + "<v:host address='192.0.2.1'/><v:host address='192.0.2.2'/><v:host address='192.0.2.3'/></v:span></v:network></metadata></network>";
}
