using VirtNet.Model.Ports;

namespace VirtNet.Model.Tests.Ports;

/// <summary>Ports and networks that tests start from.</summary>
internal static class TestPorts
{
    /// <summary>The n-th port of one guest; ids and MAC follow from n.</summary>
    public static NetworkPort Port(int n = 1) => new()
    {
        Uuid = Id(n),
        OwnerName = "guest",
        OwnerUuid = Id(0xffff),
        Mac = new MacAddress([0x52, 0x54, 0, 0, (byte)(n >> 8), (byte)n]),
    };

    public static Guid Id(int n) => new(n, 0, 0, [0, 0, 0, 0, 0, 0, 0, 0]);

    public static NetworkDefinition Isolated { get; } = new() { Name = "n", Bridge = new Bridge { Name = "virbr5" } };

    public static NetworkDefinition Shaped(ulong average, ulong peak = 0) => Isolated with
    {
        Bandwidth = new Bandwidth(new BandwidthLimit(average, peak), Outbound: null),
    };

    public static NetworkDefinition Pool(ForwardMode mode, params string[] devices) => new()
    {
        Name = "n",
        Forward = new Forward(mode) { Interfaces = [.. devices] },
    };

    public static NetworkPort WithFloor(this NetworkPort port, ulong floor, ulong average = 10) => port with
    {
        Bandwidth = new Bandwidth(new BandwidthLimit(average, Floor: floor), Outbound: null),
    };

    public static NetworkPort On(this NetworkPort port, string device, ForwardMode mode = ForwardMode.Vepa) =>
        port with { Plug = new PortPlug.Direct(device, mode) };

    /// <summary>Allocates one port after the other, as a network does.</summary>
    public static List<NetworkPort> AllocateAll(NetworkDefinition network, params NetworkPort[] requests)
    {
        List<NetworkPort> ports = [];
        foreach (NetworkPort request in requests)
        {
            ports.Add(NetworkPortAllocator.Allocate(network, ports, request, reclaim: false));
        }

        return ports;
    }

    public static void Refused(VirErrorCode code, string message, Action action)
    {
        VirtNetException refused = Assert.Throws<VirtNetException>(action);
        Assert.Equal((code, message), (refused.Code, refused.Message));
    }
}
