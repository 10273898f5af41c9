using Microsoft.Extensions.Logging.Abstractions;
using VirtNet.Fabric.Serving;
using VirtNet.Fabric.Sharing;
using VirtNet.Fabric.Tests.Fakes;
using VirtNet.Rpc.Driver;

namespace VirtNet.Fabric.Tests.Serving;

public sealed class DefinitionEventsTests : IAsyncLifetime
{
    private static readonly string Key = FabricKeys.Network(TestFabric.Uuid);
    private static readonly NetworkRef Lab = new("lab", TestFabric.Uuid);

    private readonly TestFabric _fabric = new();
    private TestHost _host = null!;
    private DefinitionEvents _events = null!;

    public async ValueTask InitializeAsync()
    {
        _host = await _fabric.JoinAsync();
        await _host.DefineAsync(TestFabric.Xml());
        await _fabric.ReconcileAsync(hosts: _host);
        Assert.Contains(Key, _fabric.Store.Values.Keys);
        _events = new DefinitionEvents(_host.Sync, _host.Synced, NullLogger.Instance);
    }

    public ValueTask DisposeAsync() => _fabric.DisposeAsync();

    [Fact]
    public async Task What_was_undefined_goes_from_the_fabric_where_the_disk_did_not_take_it_too()
    {
        await UndefineOnAFullDiskAsync();
        _host.FillDisk(full: false);
        await _fabric.ReconcileAsync(hosts: _host);
        Assert.DoesNotContain(Key, _fabric.Store.Values.Keys);
    }

    [Fact]
    public async Task It_is_written_when_there_is_room_again()
    {
        await _fabric.TakeAwayAsync();
        await UndefineOnAFullDiskAsync();
        _events.Note();
        _host.FillDisk(full: false);
        _events.Note();
        _host.Restart();
        _fabric.Store.IsAway = false;
        await _fabric.ReconcileAsync(hosts: _host);
        Assert.DoesNotContain(Key, _fabric.Store.Values.Keys);
        Assert.Null(_host.Local.Get(TestFabric.Uuid));
    }

    private async Task UndefineOnAFullDiskAsync()
    {
        await _host.Local.UndefineAsync(Lab, TestContext.Current.CancellationToken);
        _events.Add(new NetworkEvent.Lifecycle(Lab, NetworkLifecycle.Undefined));
        _host.FillDisk();
        _events.Note();
    }
}
