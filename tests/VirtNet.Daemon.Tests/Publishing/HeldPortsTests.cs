using System.Net;
using Microsoft.Extensions.Logging.Abstractions;
using VirtNet.Daemon.Publishing;
using VirtNet.Host;
using VirtNet.Linux;
using VirtNet.Model.Publishing;

namespace VirtNet.Daemon.Tests.Publishing;

public sealed class HeldPortsTests : IDisposable
{
    private static readonly IPAddress s_one = IPAddress.Parse("203.0.113.5");
    private static readonly IPAddress s_other = IPAddress.Parse("203.0.113.6");

    private readonly List<HeldPort> _open = [];
    private readonly HashSet<HeldPort> _refused = [];
    private readonly HeldPorts _ports;

    public HeldPortsTests() => _ports = new HeldPorts(Open, NullLogger<HeldPorts>.Instance);

    public void Dispose() => _ports.Dispose();

    [Fact]
    public void Ports_of_several_addresses_are_held_each_and_given_back()
    {
        Guid network = Guid.NewGuid();
        _ports.Follow(network, [Tcp(s_one, 80), Tcp(s_other, 80)]);
        Assert.Equal([Port(s_one, 80), Port(s_other, 80)], _open);
        Assert.True(_ports.Has(PublishedProtocol.Tcp, new IPEndPoint(s_one, 80)));
        _ports.Follow(network, [Tcp(s_other, 80)]);
        Assert.Equal([Port(s_other, 80)], _open);
        _ports.Follow(network, []);
        Assert.Empty(_open);
    }

    [Fact]
    public void Every_address_holds_each_of_them_and_they_are_held_again_when_it_goes()
    {
        Guid every = Guid.NewGuid();
        _ports.Follow(Guid.NewGuid(), [Tcp(s_one, 80)]);
        _ports.Follow(every, [Tcp(null, 80)]);
        Assert.Equal([Port(IPAddress.Any, 80)], _open);
        _ports.Follow(every, []);
        Assert.Equal([Port(s_one, 80)], _open);
    }

    [Fact]
    public void A_port_that_the_host_answers_on_is_left_to_it()
    {
        _ports.Follow(Guid.NewGuid(), [Tcp(s_one, 8080)]);
        _ports.Follow(Guid.NewGuid(), [Tcp(null, 7979) with { Targets = [new HostTarget(null, 8080)] }]);
        Assert.Empty(_open);
    }

    [Fact]
    public void What_is_relayed_is_left_to_the_relay_and_only_other_addresses_of_it_are_held()
    {
        HostPublication relayed = Tcp(IPAddress.IPv6Loopback, 80) with { Ipv6 = true, Targets = [new HostTarget(IPAddress.Parse("2001:db8::9"), 80)] };
        Guid network = Guid.NewGuid();
        _ports.Follow(network, [Tcp(null, 80) with { Ipv6 = true }]);
        Assert.Equal([Port(IPAddress.IPv6Any, 80)], _open);
        _ports.Follow(network, [Tcp(null, 80) with { Ipv6 = true }, relayed]);
        Assert.Empty(_open);
    }

    [Fact]
    public void Ranges_are_held_up_to_a_length()
    {
        _ports.Follow(Guid.NewGuid(), [Tcp(s_one, 9000, last: 9063), Tcp(s_one, 9100, last: 9164)]);
        Assert.Equal(64, _open.Count);
        Assert.All(_open, port => Assert.InRange(port.Port, 9000, 9063));
    }

    [Fact]
    public void What_only_some_may_use_is_not_held_where_others_would_get_no_refusal()
    {
        HostPublication some = Tcp(s_one, 53) with { Protocol = PublishedProtocol.Udp, Sources = [IPNetwork.Parse("198.51.100.0/24")] };
        _ports.Follow(Guid.NewGuid(), [some, Tcp(s_one, 80) with { Interface = "eth0" }]);
        Assert.Empty(_open);
    }

    [Fact]
    public void One_that_is_taken_is_said_until_it_is_free()
    {
        Guid network = Guid.NewGuid();
        HostPublication place = Tcp(s_one, 80);
        _refused.Add(Port(s_one, 80));
        _ports.Follow(network, [place]);
        Assert.StartsWith("port 80/tcp is not held", _ports.FaultOf(place), StringComparison.Ordinal);
        _refused.Clear();
        _ports.Follow(network, [place]);
        Assert.Null(_ports.FaultOf(place));
        Assert.Single(_open);
    }

    private Held Open(HeldPort port)
    {
        if (_refused.Contains(port))
        {
            throw new SystemCallException("bind", SystemCallException.AddressInUse);
        }

        _open.Add(port);
        return new Held(() => _open.Remove(port));
    }

    private static HeldPort Port(IPAddress address, ushort port) => new(IsUdp: false, address, port);

    private static HostPublication Tcp(IPAddress? address, ushort port, ushort last = 0) => new(
        Ipv6: false, address, PublishedProtocol.Tcp, new PortRange(port, last == 0 ? port : last), Interface: null, Sources: [], Balance.RoundRobin,
        [new HostTarget(IPAddress.Parse("10.1.0.9"), null)]);

    private sealed class Held(Action release) : IDisposable
    {
        public void Dispose() => release();
    }
}
