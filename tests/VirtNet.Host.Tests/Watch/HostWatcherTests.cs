using System.Threading.Channels;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using VirtNet.Host.Link;
using VirtNet.Host.Reconcile;
using VirtNet.Host.Watch;

namespace VirtNet.Host.Tests.Watch;

public sealed class HostWatcherTests : IAsyncDisposable
{
    private static readonly WatchedNetwork Network = new(TestNetworks.Uuid, "default", [], [new BridgeUp("virbr0")]);

    private static readonly WatchedNetwork Failing = Network with { Failed = [Network.Held[0].Key] };

    private readonly FakeTimeProvider _clock = new();
    private readonly Channel<Guid> _drift = Channel.CreateUnbounded<Guid>();
    private readonly Channel<Suspicion> _looks = Channel.CreateUnbounded<Suspicion>();
    private readonly HostWatcher _watcher;
    private bool _differs;
    private IReadOnlyCollection<HostResource> _wrong = Network.Held;

    public HostWatcherTests()
    {
        _watcher = new HostWatcher(LookAsync, _drift.Writer, _clock, NullLogger<HostWatcher>.Instance);
        _watcher.Watch(Network);
    }

    [Fact]
    public async Task Many_hints_lead_to_one_look_and_one_alarm()
    {
        await FirstLookAsync();
        _differs = true;
        for (int i = 0; i < 10; i++)
        {
            _watcher.Suspect(Network.Uuid, Suspicion.Links);
            _clock.Advance(TimeSpan.FromMilliseconds(1));
        }

        _clock.Advance(SuspectQueue.Prompt);
        Assert.Equal(Suspicion.Links, await _looks.Reader.ReadAsync(TestContext.Current.CancellationToken));
        Assert.Equal(Network.Uuid, await _drift.Reader.ReadAsync(TestContext.Current.CancellationToken));
        Assert.False(_looks.Reader.TryRead(out _));
    }

    [Fact]
    public async Task What_is_as_it_shall_be_raises_no_alarm()
    {
        await FirstLookAsync();
        _watcher.SuspectAll(Suspicion.Rules);
        _clock.Advance(SuspectQueue.Prompt);
        Assert.Equal(Suspicion.Rules, await _looks.Reader.ReadAsync(TestContext.Current.CancellationToken));
        await _watcher.DisposeAsync();
        Assert.False(_drift.Reader.TryRead(out _));
    }

    [Fact]
    public async Task A_network_that_is_being_changed_is_not_looked_at_until_that_is_done()
    {
        await FirstLookAsync();
        _watcher.Suspend(Network.Uuid);
        _watcher.Suspect(Network.Uuid, Suspicion.Links);
        _clock.Advance(TimeSpan.FromSeconds(10));
        Assert.False(_looks.Reader.TryRead(out _));

        _watcher.Watch(Network);
        _clock.Advance(SuspectQueue.CalmLimit);
        Assert.Equal(Suspicion.Links, await _looks.Reader.ReadAsync(TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task A_network_that_is_forgotten_is_left_alone()
    {
        await FirstLookAsync();
        _watcher.Suspect(Network.Uuid, Suspicion.All);
        _watcher.Forget(Network.Uuid);
        _clock.Advance(TimeSpan.FromSeconds(10));
        await _watcher.DisposeAsync();
        Assert.False(_looks.Reader.TryRead(out _));
    }

    [Fact]
    public async Task Rules_are_known_to_be_whole_until_there_is_a_hint_and_again_after_a_look()
    {
        Assert.True(_watcher.KnownRules(Network.Uuid));
        await FirstLookAsync();
        _watcher.SuspectAll(Suspicion.Rules);
        Assert.Null(_watcher.KnownRules(Network.Uuid));
        _clock.Advance(SuspectQueue.Prompt);
        await _looks.Reader.ReadAsync(TestContext.Current.CancellationToken);
        await _watcher.DisposeAsync();
        Assert.True(_watcher.KnownRules(Network.Uuid));
    }

    [Fact]
    public async Task Everything_is_looked_at_now_and_then()
    {
        await FirstLookAsync();
        _clock.Advance(HostWatcher.Patrol);
        await _watcher.DisposeAsync();
        Assert.Null(_watcher.KnownRules(Network.Uuid));
    }

    [Fact]
    public async Task What_is_announced_is_not_looked_at_now_and_then()
    {
        _watcher.Patrolled = Suspicion.Links;
        await FirstLookAsync();
        _clock.Advance(HostWatcher.Patrol);
        Suspicion looked;
        while (!_looks.Reader.TryRead(out looked))
        {
            await Task.Delay(TimeSpan.FromMilliseconds(1), TimeProvider.System, TestContext.Current.CancellationToken); // until the patrol's hint is in the queue
            _clock.Advance(SuspectQueue.Prompt);
        }

        Assert.Equal(Suspicion.Links, looked);
        Assert.True(_watcher.KnownRules(Network.Uuid));
    }

    [Fact]
    public async Task One_network_that_is_suspected_leaves_the_others_in_peace()
    {
        await FirstLookAsync();
        WatchedNetwork other = Network with { Uuid = Guid.NewGuid(), Name = "other" };
        _watcher.Watch(other);
        _watcher.Suspect(Network.Uuid, Suspicion.Rules);
        Assert.Null(_watcher.KnownRules(Network.Uuid));
        Assert.True(_watcher.KnownRules(other.Uuid));
    }

    [Fact]
    public async Task A_look_is_told_when_it_is_over()
    {
        TaskCompletionSource told = new();
        _watcher.Looked += told.SetResult;
        await FirstLookAsync();
        await told.Task.WaitAsync(TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task What_could_not_be_repaired_is_tried_ever_more_slowly()
    {
        await FailAsync(RepairPace.AtOnce);
        _clock.Advance(SuspectQueue.Calm);
        await _looks.Reader.ReadAsync(TestContext.Current.CancellationToken);
        await _watcher.DisposeAsync();
        Assert.False(_drift.Reader.TryRead(out _));
    }

    [Fact]
    public async Task What_could_not_be_repaired_is_tried_again_also_when_nothing_seems_wrong()
    {
        await FailAsync(RepairPace.AtOnce);
        _differs = false; // somebody else mended it, or it is something that was to go and is still there
        for (int i = 0; i < 3; i++)
        {
            _clock.Advance(RepairPace.LongestWait);
            Assert.Equal(Network.Uuid, await _drift.Reader.ReadAsync(TestContext.Current.CancellationToken));
            _watcher.Watch(Failing); // in vain again
        }

        _watcher.Watch(Network);
        _clock.Advance(RepairPace.LongestWait);
        await _watcher.DisposeAsync();
        Assert.False(_drift.Reader.TryRead(out _));
    }

    [Fact]
    public async Task What_could_not_be_repaired_holds_nothing_else_up()
    {
        await FailAsync(RepairPace.AtOnce);
        _wrong = [.. Network.Held, new BridgeUp("virbr1")];
        _clock.Advance(SuspectQueue.Calm);
        await _looks.Reader.ReadAsync(TestContext.Current.CancellationToken);
        Assert.Equal(Network.Uuid, await _drift.Reader.ReadAsync(TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task What_could_not_be_repaired_is_tried_at_once_when_the_obstacle_is_gone()
    {
        await FailAsync(RepairPace.AtOnce);
        _watcher.TryAgain(Network.Uuid);
        _clock.Advance(SuspectQueue.Calm);
        Assert.Equal(Network.Uuid, await _drift.Reader.ReadAsync(TestContext.Current.CancellationToken));
    }

    public ValueTask DisposeAsync() => _watcher.DisposeAsync();

    /// <summary>The one that follows the start.</summary>
    private async Task FirstLookAsync()
    {
        _clock.Advance(SuspectQueue.Calm);
        await _looks.Reader.ReadAsync(TestContext.Current.CancellationToken);
    }

    /// <summary>Repairs that change nothing, one after the other.</summary>
    private async Task FailAsync(int times)
    {
        _differs = true;
        for (int i = 0; i < times; i++)
        {
            _watcher.Watch(Failing);
            _clock.Advance(SuspectQueue.Calm);
            Assert.Equal(Suspicion.All, await _looks.Reader.ReadAsync(TestContext.Current.CancellationToken));
            Assert.Equal(Network.Uuid, await _drift.Reader.ReadAsync(TestContext.Current.CancellationToken));
        }

        _watcher.Watch(Failing);
    }

    private Task<IReadOnlyDictionary<Guid, IReadOnlyCollection<HostResource>>> LookAsync(
        IReadOnlyDictionary<WatchedNetwork, Suspicion> suspects)
    {
        Dictionary<Guid, IReadOnlyCollection<HostResource>> wrong = [];
        if (_differs)
        {
            wrong.Add(Network.Uuid, _wrong);
        }

        Assert.True(_looks.Writer.TryWrite(Assert.Single(suspects).Value));
        return Task.FromResult<IReadOnlyDictionary<Guid, IReadOnlyCollection<HostResource>>>(wrong);
    }
}
