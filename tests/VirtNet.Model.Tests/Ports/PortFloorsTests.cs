using VirtNet.Model.Ports;
using static VirtNet.Model.Tests.Ports.TestPorts;

namespace VirtNet.Model.Tests.Ports;

public sealed class PortFloorsTests
{
    [Fact]
    public void Each_guaranteed_port_gets_the_lowest_free_class()
    {
        List<NetworkPort> ports = AllocateAll(Shaped(average: 100), Port(1).WithFloor(1), Port(2), Port(3).WithFloor(1));
        Assert.Equal([3u, null, 4u], ports.Select(port => port.Bandwidth?.ClassId));
        NetworkPort next = NetworkPortAllocator.Allocate(
            Shaped(average: 100), [ports[2]], Port(4).WithFloor(1), reclaim: false);
        Assert.Equal(3u, next.Bandwidth?.ClassId);
        Assert.Equal(2ul, PortFloors.Sum(ports));
    }

    [Theory]
    [InlineData(0, "average=100")]
    [InlineData(200, "peak=200")]
    public void Guarantees_together_stay_within_what_the_network_has(ulong peak, string exceeded)
    {
        ulong limit = Math.Max(100, peak);
        NetworkDefinition network = Shaped(average: 100, peak);
        List<NetworkPort> ports = AllocateAll(network, Port(1).WithFloor(limit - 10), Port(2).WithFloor(10));
        Refused(VirErrorCode.OperationInvalid,
            "Requested operation is not valid: Cannot plug '52:54:00:00:00:03' interface into 'virbr5' because new combined "
            + $"inbound floor={limit + 1} would overcommit {exceeded} on network 'n'",
            () => NetworkPortAllocator.Allocate(network, ports, Port(3).WithFloor(1), reclaim: false));
    }

    [Fact]
    public void A_network_without_a_limit_of_its_own_guarantees_nothing()
    {
        const string text = "Operation not supported: Invalid use of 'floor' on interface with MAC address 52:54:00:00:00:01 - ";
        Refused(VirErrorCode.OperationUnsupported, text + "network 'n' has no inbound QoS set",
            () => NetworkPortAllocator.Allocate(Isolated, [], Port().WithFloor(1), reclaim: false));
        Refused(VirErrorCode.OperationUnsupported,
            text + "'floor' is only supported for interface type 'network' with forward type 'nat', 'route', 'open' or none",
            () => NetworkPortAllocator.Allocate(
                Pool(ForwardMode.Vepa, "e0"), [], Port().WithFloor(1), reclaim: false));
    }
}
