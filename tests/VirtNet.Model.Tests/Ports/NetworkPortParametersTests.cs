using VirtNet.Model.Ports;
using static VirtNet.Model.Tests.Ports.TestPorts;

namespace VirtNet.Model.Tests.Ports;

public sealed class NetworkPortParametersTests
{
    [Fact]
    public void A_port_tells_all_values_of_the_directions_it_limits()
    {
        NetworkPort port = Port() with
        {
            Bandwidth = new(new BandwidthLimit(1, Peak: 2, Floor: 3, Burst: 4), new BandwidthLimit(ulong.MaxValue)),
        };
        PortParameter[] expected =
        [
            new("inbound.average", 1), new("inbound.peak", 2), new("inbound.floor", 3), new("inbound.burst", 4),
            new("outbound.average", uint.MaxValue), new("outbound.peak", 0), new("outbound.burst", 0),
        ];
        Assert.Equal(expected, NetworkPortParameters.Get(port));
        Assert.Empty(NetworkPortParameters.Get(Port()));
        Assert.Equal(
            expected[4..], NetworkPortParameters.Get(port with { Bandwidth = port.Bandwidth with { Inbound = null } }));
    }

    [Fact]
    public void Setting_replaces_the_bandwidth_as_a_whole()
    {
        NetworkPort port = Set(Port(), new("inbound.average", 5), new("outbound.average", 6), new("outbound.peak", 7));
        Assert.Equal(new Bandwidth(new BandwidthLimit(5), new BandwidthLimit(6, Peak: 7)), port.Bandwidth);
        port = Set(port, new("outbound.average", 8), new("outbound.burst", 9));
        Assert.Equal(new Bandwidth(null, new BandwidthLimit(8, Burst: 9)), port.Bandwidth);
        Assert.Null(Set(port).Bandwidth);
    }

    [Fact]
    public void A_direction_without_average_is_unset_and_unknown_names_are_passed_over()
    {
        NetworkPort port = Set(
            Port(), new("inbound.peak", 5), new("outbound.average", 6), new("outbound.peak", 7), new("nosuch", 1));
        Assert.Equal(new Bandwidth(null, new BandwidthLimit(6, Peak: 7)), port.Bandwidth);
    }

    [Fact]
    public void A_guarantee_brings_a_class_keeps_it_when_it_changes_and_gives_it_back()
    {
        NetworkDefinition network = Shaped(average: 100);
        List<NetworkPort> ports = AllocateAll(network, Port(1).WithFloor(10), Port(2));
        NetworkPort port = NetworkPortParameters.Set(network, ports, ports[1], [new("inbound.floor", 90)]);
        Assert.Equal(new Bandwidth(new BandwidthLimit(0, Floor: 90), null) { ClassId = 4 }, port.Bandwidth);

        ports[1] = port;
        port = NetworkPortParameters.Set(network, ports, port, [new("inbound.floor", 80), new("inbound.average", 1)]);
        Assert.Equal(new Bandwidth(new BandwidthLimit(1, Floor: 80), null) { ClassId = 4 }, port.Bandwidth);

        port = NetworkPortParameters.Set(network, ports, port, [new("inbound.average", 1)]);
        Assert.Equal(new Bandwidth(new BandwidthLimit(1), null), port.Bandwidth);
    }

    [Fact]
    public void A_guarantee_that_the_network_cannot_give_changes_nothing()
    {
        NetworkDefinition network = Shaped(average: 100);
        List<NetworkPort> ports = AllocateAll(network, Port(1).WithFloor(10), Port(2).WithFloor(20));
        Refused(VirErrorCode.OperationInvalid,
            "Requested operation is not valid: Cannot plug '52:54:00:00:00:02' interface into 'virbr5' because new combined "
            + "inbound floor=101 would overcommit average=100 on network 'n'",
            () => NetworkPortParameters.Set(network, ports, ports[1], [new("inbound.floor", 91)]));
        Refused(VirErrorCode.OperationUnsupported,
            "Operation not supported: Invalid use of 'floor' on interface with MAC address 52:54:00:00:00:01 - "
            + "network 'n' has no inbound QoS set",
            () => Set(Port(), new("inbound.floor", 1), new("inbound.average", 1)));
    }

    private static NetworkPort Set(NetworkPort port, params PortParameter[] parameters) =>
        NetworkPortParameters.Set(Isolated, [port], port, parameters);
}
