using System.Net;
using VirtNet.Daemon.Networks;
using VirtNet.Daemon.Tests.Fakes;
using VirtNet.Host;
using VirtNet.Model;
using VirtNet.Model.Conditions;
using VirtNet.Rpc.Driver;

namespace VirtNet.Daemon.Tests.Spanning;

/// <summary>A network that is started before its fabric has said all of it.</summary>
public sealed class FabricWaitTests : IAsyncDisposable
{
    private const string Bare = "<v:span/>";
    private const string Complete = "<v:span vni='5077'><v:host address='192.0.2.2'/></v:span>";

    private readonly TestDaemon _daemon = new();

    public FabricWaitTests() => _daemon.Host.Underlay = new HostUnderlay(IPAddress.Parse("192.0.2.2"), "eth0", 1500);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public ValueTask DisposeAsync() => _daemon.DisposeAsync();

    [Fact]
    public async Task Its_start_waits_until_it_is_complete_and_others_start_meanwhile()
    {
        (NetworkRef network, Task start) = await BeginAsync();
        await _daemon.StartAsync("<network><name>other</name><ip address='10.4.0.1' prefix='24'/></network>");
        Assert.False(start.IsCompleted);

        await _daemon.Driver.DefineAsync(Lab(Complete, network.Uuid), 0, Token);
        await start.WaitAsync(TimeSpan.FromSeconds(10), TimeProvider.System, Token);
        Assert.Equal(5077u, _daemon.Host.Spans[network.Uuid]!.Vni);
    }

    [Fact]
    public async Task What_its_fabric_says_against_it_is_told_at_once_and_until_it_is_defined_anew()
    {
        (NetworkRef network, Task start) = await BeginAsync();
        await _daemon.Extensions.TellSharedAsync(network, "all VNIs are taken", Token);
        Assert.Contains("has no VNI yet: the fabric gives it none, as all VNIs are taken", await RefusalAsync(start), StringComparison.Ordinal);
        Condition condition = Assert.Single(await _daemon.Extensions.GetConditionsAsync(network, Token));
        Assert.Equal("it is not shared as it is: all VNIs are taken", condition.Text);
        Assert.Contains("all VNIs are taken", await RefusalAsync(_daemon.Driver.StartAsync(network, Token)), StringComparison.Ordinal);

        await _daemon.Driver.DefineAsync(Lab(Bare, network.Uuid), 0, Token);
        Assert.Empty(await _daemon.Extensions.GetConditionsAsync(network, Token));
        Assert.False(_daemon.Driver.StartAsync(network, Token).IsCompleted);
    }

    [Fact]
    public async Task It_waits_for_some_seconds_and_no_longer_and_says_what_is_away()
    {
        (_, Task start) = await BeginAsync();
        await _daemon.Extensions.KeepLinkedAsync(60, "etcd does not answer", Token);
        await PassAsync(FabricWait.Patience - TimeSpan.FromSeconds(1));
        Assert.False(start.IsCompleted);
        await PassAsync(TimeSpan.FromSeconds(1));
        Assert.Contains("the fabric gives it none, as etcd does not answer", await RefusalAsync(start), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Where_nobody_speaks_of_a_fabric_any_more_nobody_waits_for_one()
    {
        (_, Task start) = await BeginAsync(seconds: 3);
        await PassAsync(TimeSpan.FromSeconds(4));
        Assert.Contains("a fabric gives it one (virtnet fabric status), or the definition does", await RefusalAsync(start), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Whoever_stops_or_undefines_it_ends_the_wait()
    {
        (NetworkRef network, Task start) = await BeginAsync();
        await Assert.ThrowsAsync<VirtNetException>(() => _daemon.Driver.DestroyAsync(network, Token)); // it does not run
        Assert.Contains("network 'lab' was stopped while its start waited for the fabric", await RefusalAsync(start), StringComparison.Ordinal);

        start = _daemon.Driver.StartAsync(network, Token);
        await _daemon.Driver.UndefineAsync(network, Token);
        Assert.Contains("no network", await RefusalAsync(start), StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task A_transient_network_has_nothing_to_wait_for()
    {
        await _daemon.Extensions.KeepLinkedAsync(60, outage: null, Token);
        string refusal = await RefusalAsync(_daemon.Driver.CreateAsync(Lab(Bare, Guid.NewGuid()), 0, Token));
        Assert.Contains("which it does for networks that are defined", refusal, StringComparison.Ordinal);
    }

    private static string Lab(string span, Guid uuid) =>
        $"<network><name>lab</name><uuid>{uuid}</uuid><ip address='10.3.0.1' prefix='24'/><metadata><v:network xmlns:v='urn:virtnet:network:1'>{span}</v:network></metadata></network>";

    private static async Task<string> RefusalAsync(Task call) =>
        (await Assert.ThrowsAsync<VirtNetException>(() => call.WaitAsync(TimeSpan.FromSeconds(10), TimeProvider.System, Token))).Message;

    /// <summary>In a fabric that was heard of.</summary>
    private async Task<(NetworkRef Network, Task Start)> BeginAsync(uint seconds = 60)
    {
        await _daemon.Extensions.KeepLinkedAsync(seconds, outage: null, Token);
        NetworkRef network = await _daemon.Driver.DefineAsync(Lab(Bare, Guid.NewGuid()), 0, Token);
        return (network, _daemon.Driver.StartAsync(network, Token));
    }

    /// <summary>In steps, as each wait of a moment begins when the last one has ended.</summary>
    private async Task PassAsync(TimeSpan time)
    {
        for (TimeSpan passed = TimeSpan.Zero; passed < time; passed += TimeSpan.FromMilliseconds(250))
        {
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, Token);
            _daemon.Clock.Advance(TimeSpan.FromMilliseconds(250));
        }

        await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, Token);
    }
}
