using VirtNet.Host.Watch;

namespace VirtNet.Host.Tests.Watch;

public class SuspectQueueTests
{
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly Guid Network = TestNetworks.Uuid;

    private readonly SuspectQueue _queue = new();

    [Fact]
    public void A_hint_is_due_a_moment_after_the_first_however_many_follow()
    {
        _queue.Add(Network, Suspicion.Links, Start);
        _queue.Add(Network, Suspicion.Rules, Start + TimeSpan.FromMilliseconds(40));

        Assert.Equal(Start + SuspectQueue.Prompt, _queue.NextDue);
        Assert.Empty(TakeDue(Start + TimeSpan.FromMilliseconds(49)));
        Assert.Equal(Suspicion.Links | Suspicion.Rules, TakeDue(Start + SuspectQueue.Prompt)[Network]);
        Assert.Null(_queue.NextDue);
    }

    [Fact]
    public void Hints_from_our_own_changes_wait_until_these_have_ended_but_not_for_ever()
    {
        DateTimeOffset now = Start;
        for (; now < Start + SuspectQueue.CalmLimit; now += TimeSpan.FromMilliseconds(100))
        {
            _queue.AddCalmly(Network, Suspicion.Links, now);
            Assert.Empty(TakeDue(now));
        }

        Assert.Equal(Start + SuspectQueue.CalmLimit, _queue.NextDue);
    }

    [Fact]
    public void Somebody_elses_change_hurries_a_calm_look()
    {
        _queue.AddCalmly(Network, Suspicion.Links, Start);
        _queue.Add(Network, Suspicion.Rules, Start);
        _queue.AddCalmly(Network, Suspicion.Links, Start + TimeSpan.FromMilliseconds(10));
        Assert.Equal(Start + SuspectQueue.Prompt, _queue.NextDue);
    }

    [Fact]
    public void A_network_that_has_stopped_is_not_looked_at()
    {
        _queue.Add(Network, Suspicion.All, Start);
        _queue.Remove(Network);
        Assert.Null(_queue.NextDue);
    }

    [Fact]
    public void What_may_concern_every_network_is_one_entry_with_the_same_delays()
    {
        _queue.AddEveryoneCalmly(Suspicion.Rules, Start);
        Assert.Equal(Start + SuspectQueue.Calm, _queue.NextDue);
        _queue.AddEveryone(Suspicion.Links, Start);
        Assert.True(_queue.Holds(Network, Suspicion.Rules));

        Assert.Empty(_queue.TakeDue(Start + SuspectQueue.Prompt, out Suspicion everyone));
        Assert.Equal(Suspicion.Links | Suspicion.Rules, everyone);
        Assert.False(_queue.Holds(Network, Suspicion.Rules));
        Assert.Null(_queue.NextDue);
    }

    [Fact]
    public void Nothing_is_due_before_the_queue_says()
    {
        Guid other = Guid.NewGuid();
        _queue.Add(Network, Suspicion.Links, Start);
        _queue.Postpone(other, Suspicion.Links, Start, Start + TimeSpan.FromMinutes(1));
        _queue.Postpone(Network, Suspicion.Links, Start, Start + TimeSpan.FromSeconds(5));
        Assert.Empty(TakeDue(_queue.NextDue!.Value));
        Assert.Equal(Start + TimeSpan.FromSeconds(5), _queue.NextDue);
        Assert.Equal(Network, Assert.Single(TakeDue(_queue.NextDue!.Value)).Key);
        Assert.Equal(Start + TimeSpan.FromMinutes(1), _queue.NextDue);
    }

    private Dictionary<Guid, Suspicion> TakeDue(DateTimeOffset now) => _queue.TakeDue(now, out _);
}
