using VirtNet.Daemon.Tests.Fakes;
using VirtNet.Model;

namespace VirtNet.Daemon.Tests.Networks;

/// <summary>Which networks may share a bridge, as measured on libvirt 11.3.</summary>
public sealed class BridgeNameTests : IAsyncDisposable
{
    private readonly TestDaemon _daemon = new();

    public ValueTask DisposeAsync() => _daemon.DisposeAsync();

    [Fact]
    public async Task Any_number_of_networks_may_use_a_bridge_of_the_host()
    {
        await _daemon.StartAsync(Network("one", "bridge"));
        await _daemon.StartAsync(Network("two", "bridge"));
        await _daemon.StartAsync(Network("own", "nat", "virbr1"));
        await _daemon.StartAsync(Network("guest-of-own", "bridge", "virbr1"));
        Assert.Equal(4, _daemon.Host.Held.Count);
    }

    [Theory]
    [InlineData("nat")]
    [InlineData("open")]
    public async Task A_network_that_makes_its_bridge_does_not_take_one_that_another_names(string mode)
    {
        await _daemon.StartAsync(Network("one", "bridge"));
        VirtNetException refused =
            await Assert.ThrowsAsync<VirtNetException>(() => _daemon.StartAsync(Network("two", mode)));
        Assert.Equal("internal error: bridge name 'br0' already in use.", refused.Message);
    }

    private static string Network(string name, string mode, string bridge = "br0") =>
        $"""
        <network><name>{name}</name><forward mode='{mode}'/><bridge name='{bridge}'/>
          {(mode == "bridge" ? "" : "<ip address='10.7.0.1' prefix='24'/>")}
        </network>
        """;
}
