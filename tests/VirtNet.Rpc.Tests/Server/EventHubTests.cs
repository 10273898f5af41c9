using System.Diagnostics;
using VirtNet.Rpc.Driver;
using VirtNet.Rpc.Server;
using VirtNet.Rpc.Tests.Fakes;
using VirtNet.Rpc.Transport;

namespace VirtNet.Rpc.Tests.Server;

public sealed class EventHubTests : IDisposable
{
    private static readonly NetworkRef One = new("one", Guid.Parse("11111111-2222-3333-4444-555555555555"));
    private static readonly DhcpLease Lease = new("virbr7", 1, 0, "52:54:00:00:00:01", null, "10.0.0.7", 24, null, null);
    private readonly FakeNetworkDriver _source = new();
    private readonly EventHub _hub;

    public EventHubTests() => _hub = new EventHub(_source, _source);

    public void Dispose() => _hub.Dispose();

    /// <summary>Walking them at each of them took minutes.</summary>
    [Fact(Timeout = 60_000)]
    public async Task A_hundred_thousand_registrations_come_and_go_without_being_walked()
    {
        Sink[] sinks = [.. Enumerable.Range(0, 100).Select(_ => new Sink())];
        long start = Stopwatch.GetTimestamp();
        foreach (Sink sink in sinks)
        {
            List<int> ids = [];
            for (int i = 0; i < 1000; i++)
            {
                ids.Add(_hub.Register(sink, sink.Share, 0, One with { Uuid = Guid.NewGuid() }));
            }

            foreach (int id in ids.Take(500))
            {
                _hub.Deregister(sink, id);
            }
        }

        _hub.RegisterLeases(sinks[0], sinks[0].Share, null);
        foreach (Sink sink in sinks)
        {
            _hub.Remove(sink);
        }

        Assert.InRange(Stopwatch.GetElapsedTime(start), TimeSpan.Zero, TimeSpan.FromSeconds(10));
        Assert.Equal(0, _source.LeaseSubscriptions);
        await Task.CompletedTask;
    }

    [Fact(Timeout = 60_000)]
    public async Task Who_publishes_waits_for_no_client()
    {
        Sink stuck = new() { Gate = new ManualResetEventSlim() };
        _hub.RegisterLeases(stuck, stuck.Share, null);
        _source.Raise(new NetworkEvent.LeaseChanged(One, LeaseChangeKind.Added, Lease));
        _source.Raise(new NetworkEvent.LeaseChanged(One, LeaseChangeKind.Released, Lease));
        Assert.Empty(stuck.Sent);
        stuck.Gate.Set();
        await stuck.UntilSentAsync(2);
    }

    [Fact(Timeout = 60_000)]
    public async Task Nobody_is_told_of_what_was_published_before_it_registered()
    {
        Sink first = new() { Gate = new ManualResetEventSlim() };
        Sink second = new();
        _hub.Register(first, first.Share, 0, null);
        _source.Raise(new NetworkEvent.Lifecycle(One, NetworkLifecycle.Defined));
        _source.Raise(new NetworkEvent.Lifecycle(One, NetworkLifecycle.Started));
        await first.UntilBlockedAsync(); // one is being told, the other waits
        Task<int> registering = Task.Run(() => _hub.Register(second, second.Share, 0, null), TestContext.Current.CancellationToken);
        first.Gate.Set();
        await registering;
        _source.Raise(new NetworkEvent.Lifecycle(One, NetworkLifecycle.Stopped));
        await first.UntilSentAsync(3);
        await second.UntilSentAsync(1);
        Assert.Single(second.Sent);
        Assert.Equal(3, second.Sent.Single()[^5]); // stopped
    }

    [Fact(Timeout = 60_000)]
    public async Task Who_follows_leases_that_change_faster_than_can_be_told_is_dropped_and_the_rest_hear_everything()
    {
        Sink leases = new() { Gate = new ManualResetEventSlim() };
        Sink lifecycle = new();
        _hub.RegisterLeases(leases, leases.Share, null);
        _hub.Register(lifecycle, lifecycle.Share, 0, null);
        for (int i = 0; i < ServerLimits.QueuedLeaseEvents + 10; i++)
        {
            _source.Raise(new NetworkEvent.LeaseChanged(One, LeaseChangeKind.Renewed, Lease));
        }

        _source.Raise(new NetworkEvent.Lifecycle(One, NetworkLifecycle.Stopped));
        leases.Gate.Set();
        await lifecycle.UntilSentAsync(1);
        Assert.NotNull(leases.Dropped);
        Assert.Null(lifecycle.Dropped);
    }

    [Fact]
    public void A_user_has_so_many_registrations_however_many_connections_it_has()
    {
        UserShare share = new(1000, UserLimits.ReadOnly with { Registrations = 3 });
        Sink[] sinks = [new Sink(), new Sink()];
        int id = _hub.Register(sinks[0], share, 0, null);
        _hub.Register(sinks[0], share, 1, null);
        _hub.Register(sinks[1], share, 0, null);
        Model.VirtNetException refused =
            Assert.Throws<Model.VirtNetException>(() => _hub.Register(sinks[1], share, 1, null));
        Assert.Equal("invalid argument: too many event callbacks (3) of user 1000", refused.Message);

        _hub.Deregister(sinks[0], id);
        _hub.Register(sinks[1], share, 1, null);
        _hub.Remove(sinks[1]);
        _hub.Register(sinks[0], share, 0, null);
        _hub.RegisterLeases(sinks[0], share, null);
        Assert.Throws<Model.VirtNetException>(() => _hub.RegisterLeases(sinks[0], share, One));
    }

    private sealed class Sink : IEventSink
    {
        private readonly TaskCompletionSource _blocked = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public UserShare Share { get; } = new(0, UserLimits.None);

        public ManualResetEventSlim? Gate { get; init; }

        public System.Collections.Concurrent.ConcurrentQueue<byte[]> Sent { get; } = new();

        public string? Dropped { get; private set; }

        public void Send(OutgoingPacket packet)
        {
            _blocked.TrySetResult();
            Gate?.Wait(TimeSpan.FromSeconds(30));
            Sent.Enqueue(packet.Bytes.ToArray());
            packet.Release();
        }

        public void Drop(string reason) => Dropped = reason;

        public Task UntilBlockedAsync() => _blocked.Task.WaitAsync(TimeSpan.FromSeconds(20));

        public Task UntilSentAsync(int count) => TestServer.UntilAsync(() => Sent.Count >= count);
    }
}
