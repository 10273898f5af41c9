using System.Net;
using VirtNet.Services.Dns;
using VirtNet.Services.Dns.Forwarding;
using VirtNet.Services.Sockets;
using VirtNet.Services.Tests.Fakes;

namespace VirtNet.Services.Tests.Dns;

public sealed class UpstreamPathsTests
{
    private const int Uplink = 2;
    private const int Bridge = 7;

    private readonly FakeClock _clock = new();
    private readonly UpstreamServer _server;
    private readonly UpstreamPaths _paths;
    private int _towards = Uplink;
    private int _asked;

    public UpstreamPathsTests()
    {
        _server = new UpstreamServer(new NetEndpoint(NetAddress.From(IPAddress.Parse("192.0.2.1")), 53), _clock);
        _paths = new UpstreamPaths(index => index == Bridge, _ => Towards(), _clock);
    }

    [Fact]
    public void An_answer_may_come_through_any_interface_without_guests_whatever_the_route()
    {
        Assert.True(_paths.CanLead(_server, Uplink));
        Assert.True(_paths.CanLead(_server, 3));
        Assert.True(_paths.CanLead(_server, 0));
        Assert.Equal(0, _asked);
    }

    [Fact]
    public void Through_a_bridge_of_guests_it_may_come_only_from_a_server_that_is_there()
    {
        Assert.False(_paths.CanLead(_server, Bridge));
        _towards = Bridge;
        _clock.Advance(TimeSpan.FromSeconds(1));
        Assert.True(_paths.CanLead(_server, Bridge));
        Assert.True(_paths.CanLead(_server, Bridge));
        Assert.Equal(2, _asked);
    }

    [Fact]
    public void Bridges_are_known_by_their_names_as_they_are_now()
    {
        Dictionary<int, string> names = new() { [1] = "lo", [Bridge] = "virbr0" };
        GuestBridges bridges = new(names.GetValueOrDefault);
        Guid network = Guid.NewGuid();
        Assert.False(bridges.Contains(Bridge));
        bridges.Set(network, "virbr0");
        Assert.True(bridges.Contains(Bridge));
        Assert.False(bridges.Contains(1));
        Assert.False(bridges.Contains(99));

        names.Remove(Bridge);
        names[99] = "virbr0";
        bridges.Forget();
        Assert.True(bridges.Contains(99));
        Assert.False(bridges.Contains(Bridge));

        bridges.Set(network, "other");
        Assert.False(bridges.Contains(99));
        bridges.Set(network, null);
        bridges.Set(network, null);
        Assert.False(bridges.Contains(99));
    }

    private int Towards()
    {
        _asked++;
        return _towards;
    }
}
