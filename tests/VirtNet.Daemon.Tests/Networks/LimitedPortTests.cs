using VirtNet.Daemon.Tests.Fakes;
using VirtNet.Model;
using VirtNet.Model.Ports;
using VirtNet.Rpc.Driver;

namespace VirtNet.Daemon.Tests.Networks;

/// <summary>A guest that comes with limits while its network runs keeps connections from passing them by.</summary>
public sealed class LimitedPortTests : IAsyncDisposable
{
    private readonly TestDaemon _daemon = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public ValueTask DisposeAsync() => _daemon.DisposeAsync();

    [Theory]
    [InlineData("<bandwidth><inbound average='100'/></bandwidth>", true, true)]
    [InlineData("<port isolated='yes'/>", true, true)]
    [InlineData("<port isolated='no'/>", true, false)]
    [InlineData("", true, false)]
    [InlineData("<bandwidth><inbound average='100'/></bandwidth>", false, false)]
    public async Task The_host_is_told_of_ports_with_limits_where_it_offloads_connections(string extra, bool offloads, bool told)
    {
        _daemon.Host.OffloadsFlows = offloads;
        NetworkRef network = await _daemon.StartAsync(
            "<network><name>lab</name><forward mode='nat'/><bridge name='virbr7'/><ip address='10.7.0.1' prefix='24'/></network>");
        NetworkPortRef port = await _daemon.Driver.CreatePortAsync(network, TestPorts.Xml(extra), 0, Token);
        Assert.Equal(told, Held(network).Any(held => held.IsLimited));
        await _daemon.Driver.DeletePortAsync(port, 0, Token);
        Assert.Empty(Held(network));
    }

    private ValueList<NetworkPort> Held(NetworkRef network) => _daemon.Host.Ports.GetValueOrDefault(network.Uuid, []);
}
