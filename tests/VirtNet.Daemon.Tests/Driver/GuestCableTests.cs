using VirtNet.Daemon.Tests.Fakes;
using VirtNet.Host.Networks;
using VirtNet.Model;
using VirtNet.Rpc.Driver;

namespace VirtNet.Daemon.Tests.Driver;

/// <summary>A guest that shall ask for its address again.</summary>
public sealed class GuestCableTests : IAsyncDisposable
{
    private const string Mac = "52:54:00:00:00:01";
    private const string Lab = "<network><name>lab</name><bridge name='virbr7'/><ip address='10.7.0.1' prefix='24'/></network>";

    private readonly TestDaemon _daemon = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public ValueTask DisposeAsync() => _daemon.DisposeAsync();

    [Fact]
    public async Task Its_cable_is_pulled_and_is_in_again_when_the_call_ends()
    {
        NetworkRef network = await _daemon.StartAsync(Lab);
        Plug(network, isTap: false);
        Assert.Equal("veth7", await _daemon.Extensions.ReconnectAsync(network, Mac, Token));
        Assert.Equal(["veth7 off", "veth7 on"], _daemon.Host.Carriers);
    }

    [Fact]
    public async Task A_daemon_that_is_killed_meanwhile_leaves_it_to_the_next()
    {
        NetworkRef network = await _daemon.StartAsync(Lab);
        Plug(network, isTap: false);
        Task<string> pulling = _daemon.Extensions.ReconnectAsync(network, Mac, Token);
        Assert.Equal(["veth7 off"], _daemon.Host.Carriers);
        string file = Path.Combine(_daemon.Paths.NetworkStates, "lab.pulled");
        string left = await File.ReadAllTextAsync(file, Token);
        await _daemon.RestartAsync();
        Assert.Equal(["veth7 off", "veth7 on"], _daemon.Host.Carriers.Take(2));
        Assert.False(File.Exists(file));

        // A device that has its number now is another guest's.
        await File.WriteAllTextAsync(file, left.Replace("veth7", "veth8", StringComparison.Ordinal), Token);
        _daemon.Host.Carriers.Clear();
        await _daemon.RestartAsync();
        Assert.DoesNotContain("veth8 on", _daemon.Host.Carriers);
        Assert.False(File.Exists(file));
        await pulling;
    }

    [Fact]
    public async Task What_is_not_its_own_cable_on_this_host_is_left_alone()
    {
        NetworkRef network = await _daemon.StartAsync(Lab);
        Plug(network, isTap: true);
        Assert.Equal(VirErrorCode.OperationUnsupported, await CodeAsync(network, Mac));
        Assert.Equal(VirErrorCode.OperationInvalid, await CodeAsync(network, "52:54:00:00:00:02"));
        Assert.Equal(VirErrorCode.InvalidMac, await CodeAsync(network, "web"));
        await _daemon.Driver.DestroyAsync(network, Token);
        Assert.Equal(VirErrorCode.OperationInvalid, await CodeAsync(network, Mac));
        Assert.Empty(_daemon.Host.Carriers);
    }

    private void Plug(NetworkRef network, bool isTap) =>
        _daemon.Host.Guests[network.Uuid] = [new PluggedGuest("veth7", 7, MacAddress.Parse(Mac), isTap, [])];

    private async Task<VirErrorCode> CodeAsync(NetworkRef network, string mac) =>
        (await Assert.ThrowsAsync<VirtNetException>(() => _daemon.Extensions.ReconnectAsync(network, mac, Token))).Code;
}
