using VirtNet.Host.Netlink;
using VirtNet.Host.Watch;
using VirtNet.Linux.Netlink;
using VirtNet.Model;

namespace VirtNet.Host.Tests.Watch;

public class PortMemoryTests
{
    private readonly PortMemory _memory = new();
    private readonly DateTimeOffset _start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    [Fact]
    public void One_that_was_released_is_so_when_it_leaves_and_is_forgotten_then()
    {
        Plug(7);
        Plug(8);
        _memory.Release(MacOf(7));
        Leave(7, at: 0);
        Assert.True(_memory.IsReleased(7));
        Leave(8, at: 200);
        Assert.False(_memory.IsReleased(7));
    }

    [Fact]
    public void One_that_has_come_back_and_was_released_again_is_released()
    {
        Plug(7);
        Plug(8);
        Leave(7, at: 0);
        Plug(7);
        Assert.False(_memory.IsReleased(7));
        _memory.Release(MacOf(7));
        Leave(8, at: 200);
        Assert.True(_memory.IsReleased(7));
    }

    [Fact]
    public void What_left_in_the_same_moment_as_the_bridge_was_lost_with_it()
    {
        Plug(7);
        Plug(8);
        Leave(7, at: 0);
        Leave(8, at: 150);
        Assert.Equal([8], _memory.BridgeDeleted(_start.AddMilliseconds(200)).Select(port => port.Index));
    }

    private static MacAddress MacOf(int port) => MacAddress.Parse($"52:54:00:00:00:{port:x2}");

    private void Plug(int port) =>
        _memory.Joined(new LinkMessage(KernelFamily.Bridge, port, $"vnet{port}", Up: true) { Master = 3, Mac = MacOf(port) });

    private void Leave(int port, int at) => _memory.Left(port, _start.AddMilliseconds(at));
}
