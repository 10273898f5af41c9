using VirtNet.Host.Netlink;

namespace VirtNet.Host.Tests.Netlink;

public class BridgePortTests
{
    private const int Learning = 8;
    private const int Isolated = 33;
    private const int Locked = 39;

    [Fact]
    public void A_port_is_closed_that_lets_nobody_in_and_learns_nothing()
    {
        Assert.True(Port(locked: 1, learning: 0).IsClosed);
        Assert.False(Port(locked: 1, learning: 1).IsClosed); // by somebody else, who lets in whom he knows
        Assert.False(Port(locked: 0, learning: 0).IsClosed);
        Assert.False(new BridgePort(PortState.Forwarding, []).CanBeLocked); // an older kernel's
    }

    [Fact]
    public void What_was_closed_comes_back_open_and_nothing_else_changes()
    {
        Assert.Equal(Port(locked: 0, learning: 1).Switches, Port(locked: 1, learning: 0).Opened.Switches);
        Assert.Equal(Port(locked: 1, learning: 1).Switches, Port(locked: 1, learning: 1).Opened.Switches);
        Assert.Equal(Port(locked: 0, learning: 0).Switches, Port(locked: 0, learning: 0).Opened.Switches);
    }

    [Fact]
    public void A_lock_is_two_switches() =>
        Assert.Equal([new(Locked, 1), new(Learning, 0)], BridgePort.Lock(closed: true).Switches);

    private static BridgePort Port(byte locked, byte learning) =>
        new(PortState.Forwarding, [new(Learning, learning), new(Isolated, 1), new(Locked, locked)]);
}
