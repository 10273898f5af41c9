using Microsoft.Extensions.Logging.Abstractions;
using VirtNet.Fabric.Sharing;
using VirtNet.Fabric.Store;
using VirtNet.Fabric.Tests.Fakes;

namespace VirtNet.Fabric.Tests.Store;

public sealed class FabricWatchTests : IAsyncDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("fabric-").FullName;
    private readonly FabricIdentity _identity;
    private readonly MemoryStore _store = new();
    private readonly CancellationTokenSource _ending = new();
    private readonly FabricWatch _watch;
    private readonly Task _running;

    public FabricWatchTests()
    {
        _identity = new FabricIdentity(Path.Combine(_folder, "fabric-id"));
        _watch = new FabricWatch(_store, _identity, TimeProvider.System, NullLogger<FabricWatch>.Instance);
        _running = _watch.RunAsync(_ending.Token);
    }

    public async ValueTask DisposeAsync()
    {
        await _ending.CancelAsync();
        await _running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _ending.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task Changes_are_followed()
    {
        await PutAsync(FabricKeys.AliveHost("h1"));
        Assert.Contains("h1", _watch.View!.Alive);

        StoreOutcome outcome = await _store.CommitAsync(new StoreTransaction([], [new StoreWrite.Remove(FabricKeys.AliveHost("h1"))]), Token);

        Assert.True(await _watch.ReachesAsync(outcome.Revision, TimeSpan.FromSeconds(5), Token));
        Assert.Empty(_watch.View!.Alive);
    }

    [Fact]
    public async Task What_happened_while_it_was_away_is_known_when_it_is_back_though_its_past_is_forgotten()
    {
        await PutAsync(FabricKeys.AliveHost("h1"));
        _store.IsAway = true;
        await UntilAsync(() => _watch.Outage is not null);
        Assert.Contains("h1", _watch.View!.Alive); // what was known last

        _store.IsAway = false;
        await PutAsync(FabricKeys.AliveHost("h2"));
        _store.Compact();

        await UntilAsync(() => _watch.Outage is null);
        Assert.Equal(["h1", "h2"], _watch.View!.Alive.Order());
    }

    /// <summary>Else every network would count as undefined by somebody.</summary>
    [Fact]
    public async Task An_etcd_that_was_set_up_anew_is_not_believed()
    {
        await PutAsync(FabricKeys.Id);
        _identity.Remember("{}");
        await PutAsync(FabricKeys.AliveHost("h1"));

        await _store.CommitAsync(new StoreTransaction([], [new StoreWrite.RemoveAll(FabricKeys.All)]), Token);

        await UntilAsync(() => _watch.Outage is not null);
        Assert.StartsWith("etcd holds no fabric", _watch.Outage, StringComparison.Ordinal);
        Assert.Contains("h1", _watch.View!.Alive);
        Assert.NotNull(new FabricIdentity(Path.Combine(_folder, "fabric-id")).ObjectionTo("another"));
    }

    [Fact]
    public async Task What_others_put_there_that_makes_no_sense_is_passed_over()
    {
        foreach (string key in (string[])["hosts/x", "nets/x", $"nets/{Guid.NewGuid()}", "blocks/x/y", "blocks/x", "", "later/thing"])
        {
            await PutAsync(FabricKeys.All + key);
        }

        Assert.Empty(_watch.View!.Members);
        Assert.Empty(_watch.View.Networks);
        Assert.Empty(_watch.View.Blocks);
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private async Task PutAsync(string key)
    {
        StoreOutcome outcome = await _store.CommitAsync(new StoreTransaction([], [new StoreWrite.Put(key, "{}")]), Token);
        Assert.True(await _watch.ReachesAsync(outcome.Revision, TimeSpan.FromSeconds(5), Token));
    }

    private static async Task UntilAsync(Func<bool> holds)
    {
        for (int i = 0; i < 500 && !holds(); i++)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System, Token);
        }

        Assert.True(holds());
    }
}
