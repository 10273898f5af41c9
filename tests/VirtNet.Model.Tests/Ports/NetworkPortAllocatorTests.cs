using VirtNet.Model.Ports;
using static VirtNet.Model.Tests.Ports.TestPorts;

namespace VirtNet.Model.Tests.Ports;

public sealed class NetworkPortAllocatorTests
{
    private static readonly PciAddress FirstFunction = new(0, 3, 0x10, 0);
    private static readonly PciAddress SecondFunction = new(0, 3, 0x10, 1);

    [Fact]
    public void A_port_takes_the_least_used_device_and_the_first_of_equals()
    {
        NetworkDefinition network = Pool(ForwardMode.Private, "e0", "e1", "e2");
        NetworkPort[] existing = [Port(1).On("e0"), Port(2).On("e0"), Port(3).On("e2")];
        Assert.Equal("e1", DeviceOf(network, existing));
        Assert.Equal("e1", DeviceOf(network, [.. existing, Port(4).On("e1")]));
        Assert.Equal("e0", DeviceOf(network, []));
    }

    [Fact]
    public void A_passthrough_device_belongs_to_one_port()
    {
        NetworkDefinition network = Pool(ForwardMode.Passthrough, "e0", "e1");
        Assert.Equal("e1", DeviceOf(network, [Port(1).On("e0")]));
        Refused(VirErrorCode.InternalError,
            "internal error: network 'n' requires exclusive access to interfaces, but none are available",
            () => DeviceOf(network, [Port(1).On("e0"), Port(2).On("e1")]));
    }

    [Fact]
    public void A_private_device_is_shared_except_with_8021Qbh()
    {
        NetworkDefinition network = Pool(ForwardMode.Private, "e0");
        NetworkPort exclusive = Port(2) with { VirtualPort = new(VirtualPortType.VnLink8021Qbh) { ProfileId = "p" } };
        NetworkPort[] existing = [Port(1).On("e0")];
        Assert.Equal("e0", DeviceOf(network, existing));
        Refused(VirErrorCode.InternalError,
            "internal error: network 'n' requires exclusive access to interfaces, but none are available",
            () => NetworkPortAllocator.Allocate(network, existing, exclusive, reclaim: false));
    }

    [Fact]
    public void A_hostdev_port_takes_the_first_unused_function_with_the_networks_driver()
    {
        ForwardDriver driver = new("vfio", Model: null);
        NetworkDefinition network = Hostdev(managed: true) with { };
        network = network with { Forward = network.Forward with { Driver = driver } };
        List<NetworkPort> ports = AllocateAll(network, Port(1), Port(2));
        Assert.Equal(new PortPlug.HostdevPci(FirstFunction, Managed: true, driver), ports[0].Plug);
        Assert.Equal(new PortPlug.HostdevPci(SecondFunction, Managed: true, driver), ports[1].Plug);
        Refused(VirErrorCode.InternalError,
            "internal error: network 'n' requires exclusive access to interfaces, but none are available",
            () => NetworkPortAllocator.Allocate(network, ports, Port(3), reclaim: false));
        Assert.Equal(
            ports[0].Plug, NetworkPortAllocator.Allocate(network, [ports[1]], Port(3), reclaim: false).Plug);
    }

    [Theory]
    [InlineData(ForwardMode.Hostdev)]
    [InlineData(ForwardMode.Vepa)]
    public void A_physical_function_without_functions_has_nothing_to_give(ForwardMode mode)
    {
        NetworkDefinition network = new() { Name = "n", Forward = new Forward(mode) { PhysicalFunction = "e0" } };
        Refused(VirErrorCode.InternalError, "internal error: No usable Vf's present on SRIOV PF e0",
            () => NetworkPortAllocator.Allocate(network, [], Port(), reclaim: false));
    }

    [Fact]
    public void A_port_id_can_be_used_once()
    {
        Refused(VirErrorCode.NetworkPortExists,
            $"network port Network port with UUID {Id(1)} already exists exists already",
            () => NetworkPortAllocator.Allocate(Isolated, [Port(1)], Port(1), reclaim: false));
    }

    [Fact]
    public void The_default_portgroup_counts_where_none_is_named_and_an_unknown_one_is_no_portgroup()
    {
        Bandwidth slow = new(new BandwidthLimit(1), Outbound: null);
        NetworkDefinition network = Isolated with
        {
            PortGroups = [new PortGroup("d") { IsDefault = true, Bandwidth = slow }, new PortGroup("q")],
        };
        Assert.Equal(slow, Allocate(Port()).Bandwidth);
        Assert.Null(Allocate(Port() with { Group = "q" }).Bandwidth);
        Assert.Null(Allocate(Port() with { Group = "nosuch" }).Bandwidth);

        NetworkPort Allocate(NetworkPort request) => NetworkPortAllocator.Allocate(network, [], request, reclaim: false);
    }

    [Fact]
    public void Only_switches_that_know_a_virtualport_get_one()
    {
        VirtualPort ovs = new(VirtualPortType.OpenVSwitch);
        NetworkPort request = Port() with { VirtualPort = ovs };
        NetworkDefinition hostBridge = Isolated with { Forward = new Forward(ForwardMode.Bridge) };
        Assert.NotNull(NetworkPortAllocator.Allocate(hostBridge, [], request, reclaim: false).VirtualPort?.InterfaceId);
        RefusedOn(Isolated, "openvswitch", "uses IP forwarding");
        RefusedOn(Pool(ForwardMode.Bridge, "e0"), "openvswitch", "uses a macvtap device");
        RefusedOn(Hostdev(managed: false), "openvswitch", "uses an SR-IOV Virtual Function via PCI passthrough");

        request = Port() with { VirtualPort = new(Type: null) { ProfileId = "p" } };
        RefusedOn(Isolated, "none", "uses IP forwarding");

        void RefusedOn(NetworkDefinition network, string type, string because) => Refused(
            VirErrorCode.ConfigUnsupported,
            $"unsupported configuration: <virtualport type='{type}'> not supported for network 'n' which {because}",
            () => NetworkPortAllocator.Allocate(network, [], request, reclaim: false));
    }

    [Fact]
    public void A_made_up_id_comes_from_the_caller()
    {
        NetworkDefinition network = Pool(ForwardMode.Vepa, "e0");
        NetworkPort request = Port() with
        {
            VirtualPort = new(VirtualPortType.Vepa8021Qbg) { ManagerId = 1, TypeId = 2, TypeIdVersion = 3 },
        };
        NetworkPort port = NetworkPortAllocator.Allocate(network, [], request, reclaim: false, () => Id(77));
        Assert.Equal(request.VirtualPort with { InstanceId = Id(77) }, port.VirtualPort);
    }

    [Fact]
    public void A_reclaimed_port_is_taken_as_it_is()
    {
        NetworkPort port = Port().WithFloor(5) with { Plug = new PortPlug.Network("other", MacTableManager: null) };
        Assert.Equal(port, NetworkPortAllocator.Allocate(Isolated, [], port, reclaim: true));
    }

    [Fact]
    public void A_reclaimed_device_must_be_in_the_pool_and_free_where_it_is_exclusive()
    {
        NetworkPort port = Port(1).On("e0", ForwardMode.Passthrough);
        Reclaim(Pool(ForwardMode.Vepa, "e0"), [Port(2).On("e0")]);
        RefusedReclaim(
            "network 'n' claims dev='e0' is already in use by a different port",
            Pool(ForwardMode.Passthrough, "e0"),
            Port(2).On("e0"));
        RefusedReclaim(
            $"network 'n' doesn't have dev='e0' in use by network port '{Id(1)}'", Pool(ForwardMode.Vepa, "e1"));

        port = Port(1) with { Plug = new PortPlug.HostdevPci(FirstFunction, Managed: null, Driver: null) };
        Reclaim(Hostdev(managed: false), []);
        RefusedReclaim(
            "network 'n' claims the PCI device at domain=0 bus=3 slot=16 function=0 is already in use by a different network port",
            Hostdev(managed: false),
            port with { Uuid = Id(2) });
        RefusedReclaim(
            "network 'n' doesn't have PCI device 0000:03:10.0 in use by network port", Pool(ForwardMode.Hostdev));

        NetworkPort Reclaim(NetworkDefinition network, NetworkPort[] existing) =>
            NetworkPortAllocator.Allocate(network, existing, port, reclaim: true);

        void RefusedReclaim(string text, NetworkDefinition network, params NetworkPort[] existing) =>
            Refused(VirErrorCode.InternalError, $"internal error: {text}", () => Reclaim(network, existing));
    }

    private static string DeviceOf(NetworkDefinition network, NetworkPort[] existing) => Assert.IsType<PortPlug.Direct>(
        NetworkPortAllocator.Allocate(network, existing, Port(99), reclaim: false).Plug).Device;

    private static NetworkDefinition Hostdev(bool managed) => new()
    {
        Name = "n",
        Forward = new Forward(ForwardMode.Hostdev) { Managed = managed, Addresses = [FirstFunction, SecondFunction] },
    };
}
