using System.Net;
using Microsoft.Extensions.Time.Testing;
using VirtNet.Services.Dns;
using VirtNet.Services.Dns.Forwarding;
using VirtNet.Services.Sockets;

namespace VirtNet.Services.Tests.Dns;

public sealed class UpstreamPathsTests
{
    private const int Uplink = 2;
    private const int Bridge = 7;

    private readonly FakeTimeProvider _clock = new();
    private readonly UpstreamServer _server;
    private readonly UpstreamPaths _paths;
    private int _towards = Uplink;
    private int _asked;

    public UpstreamPathsTests()
    {
        _server = new UpstreamServer(new NetEndpoint(NetAddress.From(IPAddress.Parse("192.0.2.1")), 53), _clock);
        _paths = new UpstreamPaths(index => index == Bridge ? "virbr0" : null, _ => Towards(), _clock);
    }

    [Fact]
    public void An_answer_may_come_through_any_interface_without_guests_whatever_the_route()
    {
        Assert.True(CanLead(Uplink));
        Assert.True(CanLead(3));
        Assert.True(CanLead(0));
        Assert.Equal(0, _asked);
    }

    [Fact]
    public void Through_a_bridge_of_guests_it_may_come_only_from_a_server_that_is_there()
    {
        Assert.False(CanLead(Bridge));
        _towards = Bridge;
        _clock.Advance(TimeSpan.FromSeconds(1));
        Assert.True(CanLead(Bridge));
        Assert.True(CanLead(Bridge));
        Assert.Equal(2, _asked);
    }

    [Fact]
    public void Bridges_are_known_by_their_numbers_whatever_their_names_become()
    {
        GuestBridges bridges = new();
        Guid network = Guid.NewGuid();
        Assert.Null(bridges.Find(Bridge));
        bridges.Set(network, "virbr0", Bridge);
        Assert.Equal("virbr0", bridges.Find(Bridge));
        Assert.Null(bridges.Find(1));

        bridges.Set(network, "virbr0", 99); // made anew
        Assert.Equal("virbr0", bridges.Find(99));
        Assert.Null(bridges.Find(Bridge));

        bridges.Set(Guid.NewGuid(), "virbr0", 99);
        bridges.Set(network, null, 0);
        bridges.Set(network, null, 0);
        Assert.Equal("virbr0", bridges.Find(99)); // of the network that has it now
    }

    private bool CanLead(int arrival) => _paths.CanLead(_server, arrival, out _);

    private int Towards()
    {
        _asked++;
        return _towards;
    }
}
