using CsCheck;
using VirtNet.Model.Ports;

namespace VirtNet.Model.Tests.Ports;

public sealed class NetworkPortPropertyTests
{
    private static readonly Gen<string> Text = Gen.OneOf(
        Gen.String[Gen.Char['a', 'z'], 1, 8], Gen.OneOf("a & b", "<", "\"'", "é", "100%"));

    private static readonly Gen<Guid> Id = Gen.Int[1, 1000].Select(TestPorts.Id);

    private static readonly Gen<bool?> YesNo = Gen.OneOf<bool?>(null, true, false);

    private static readonly Gen<BandwidthLimit> Limit =
        Gen.Select(Gen.UInt[1, 1000], Gen.UInt[0, 1000], Gen.UInt[0, 1000], (average, peak, burst) =>
            new BandwidthLimit(average, Peak: peak, Burst: burst));

    private static readonly Gen<Bandwidth> Bandwidth =
        Gen.Select(Limit, Limit, Gen.UInt[0, 900], Gen.UInt[2, 9], (inbound, outbound, floor, id) => new Bandwidth(
            inbound with { Floor = floor }, id % 2 == 0 ? outbound : null) { ClassId = id == 2 ? null : id });

    private static readonly Gen<Vlan> Vlan =
        Gen.UShort[0, 4095].Array[1, 4].Select(ids => new Vlan(ids.Length > 1, [.. ids.Select(id => new VlanTag(id))]));

    private static readonly Gen<VirtualPort> VirtualPort = Gen.OneOf(
        Gen.Select(Id, Text, (id, profile) => new VirtualPort(VirtualPortType.OpenVSwitch)
        {
            InterfaceId = id,
            ProfileId = profile,
        }),
        Gen.Select(Gen.Byte, Gen.UInt[0, 0xffffff], (manager, type) => new VirtualPort(VirtualPortType.Vepa8021Qbg)
        {
            ManagerId = manager,
            TypeId = type,
        }),
        Text.Select(profile => new VirtualPort(Type: null) { ProfileId = profile }));

    private static readonly Gen<MacTableManager?> Table =
        Gen.OneOf<MacTableManager?>(null, MacTableManager.Kernel, MacTableManager.Libvirt);

    private static readonly Gen<PciAddress> Address =
        Gen.Select(Gen.UInt[0, 0xffff], Gen.UInt[0, 255], Gen.UInt[0, 31], Gen.UInt[0, 7], (domain, bus, slot, function) =>
            new PciAddress(domain, bus, slot, function));

    private static readonly Gen<PortPlug> Plug = Gen.OneOf(
        Gen.Const((PortPlug)new PortPlug.None()),
        Gen.Select(Text, Table, (bridge, table) => (PortPlug)new PortPlug.Network(bridge, table)),
        Gen.Select(Text, Table, (bridge, table) => (PortPlug)new PortPlug.HostBridge(bridge, table)),
        Gen.Select(Text, Gen.OneOf(ForwardMode.Bridge, ForwardMode.Private, ForwardMode.Vepa, ForwardMode.Passthrough),
            (device, mode) => (PortPlug)new PortPlug.Direct(device, mode)),
        Gen.Select(Address, YesNo, Gen.OneOf<ForwardDriver?>(null, new ForwardDriver("vfio", "m"), new ForwardDriver(null, "m")),
            (address, managed, driver) => (PortPlug)new PortPlug.HostdevPci(address, managed, driver)));

    private static readonly Gen<NetworkPort> Port =
        from id in Gen.Int[1, 60000]
        from owner in Text
        from @group in Text.Null()
        from virtualPort in VirtualPort.Null()
        from bandwidth in Bandwidth.Null()
        from vlan in Vlan.Null()
        from flags in Gen.Select(YesNo, YesNo)
        from plug in Plug
        select TestPorts.Port(id) with
        {
            OwnerName = owner,
            Group = @group,
            VirtualPort = virtualPort,
            Bandwidth = bandwidth,
            Vlan = vlan,
            Isolated = flags.Item1,
            TrustGuestRxFilters = flags.Item2,
            Plug = plug,
        };

    [Fact]
    public void Any_port_reads_back_as_it_was_printed() => Port.Sample(
        port =>
        {
            string xml = NetworkPortXml.Format(port);
            Assert.Equal(port, NetworkPortXml.Parse(xml));
            Model.Xml.NetworkSchema.ValidatePort(NetworkPortXml.Format(WithPossibleNames(port)));
        },
        iter: 1000);

    /// <summary>The parser takes any text for a name, as libvirt's does, and libvirt's schema does not.</summary>
    private static NetworkPort WithPossibleNames(NetworkPort port) => port with
    {
        Group = port.Group is null ? null : "web-1",
        Plug = port.Plug switch
        {
            PortPlug.Network network => network with { Bridge = "virbr0" },
            PortPlug.HostBridge bridge => bridge with { Bridge = "br0" },
            PortPlug.Direct direct => direct with { Device = "eth0.1" },
            PortPlug.HostdevPci { Driver: not null } device => device with { Driver = new ForwardDriver("vfio", Model: null) },
            _ => port.Plug,
        },
    };

    [Fact]
    public void Broken_text_is_refused_and_nothing_worse() =>
        Gen.Select(Port, Gen.Double[0, 1], Gen.Char[' ', '~'], Gen.Int[0, 3]).Sample(
            (port, place, replacement, kind) =>
            {
                string xml = NetworkPortXml.Format(port);
                int index = (int)(place * (xml.Length - 1));
                string broken = kind switch
                {
                    0 => xml[..index],
                    1 => xml.Remove(index, 1),
                    2 => xml.Insert(index, replacement.ToString()),
                    _ => xml[..index] + replacement + xml[(index + 1)..],
                };
                try
                {
                    NetworkPortXml.Parse(broken);
                }
                catch (VirtNetException e)
                {
                    Assert.NotEmpty(e.Message);
                }
            },
            iter: 1000);

    /// <summary>Ports come and go; whatever the order, no class is given twice and no guarantee is overcommitted.</summary>
    [Fact]
    public void Guarantees_never_add_up_to_more_than_the_network_has() =>
        Gen.Select(Gen.Int[1, 6], Gen.UInt[0, 60], Gen.Bool).Array[1, 40].Sample(
            steps =>
            {
                NetworkDefinition network = TestPorts.Shaped(average: 100);
                Dictionary<Guid, NetworkPort> ports = [];
                foreach ((int n, uint floor, bool plug) in steps)
                {
                    NetworkPort request = TestPorts.Port(n).WithFloor(floor);
                    try
                    {
                        NetworkPort port = ports.TryGetValue(request.Uuid, out NetworkPort? have)
                            ? NetworkPortParameters.Set(network, ports.Values, have, [new("inbound.floor", floor)])
                            : NetworkPortAllocator.Allocate(network, ports.Values, request, reclaim: false);
                        ports[port.Uuid] = port;
                    }
                    catch (VirtNetException e) when (e.Code is VirErrorCode.OperationInvalid)
                    {
                        Assert.True(PortFloors.Sum(ports.Values.Where(port => port.Uuid != request.Uuid)) + floor > 100);
                    }

                    if (!plug)
                    {
                        ports.Remove(request.Uuid);
                    }

                    uint[] classes = [.. ports.Values.Select(port => port.Bandwidth?.ClassId).OfType<uint>()];
                    Assert.Equal(classes.Distinct(), classes);
                    Assert.Equal(ports.Values.Count(port => PortFloors.Of(port) > 0), classes.Length);
                    Assert.InRange(PortFloors.Sum(ports.Values), 0ul, 100ul);
                }
            },
            iter: 500);
}
