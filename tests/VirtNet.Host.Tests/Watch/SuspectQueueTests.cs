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
        Assert.Empty(_queue.TakeDue(Start + TimeSpan.FromMilliseconds(49)));
        Assert.Equal(Suspicion.All, _queue.TakeDue(Start + SuspectQueue.Prompt)[Network]);
        Assert.Null(_queue.NextDue);
    }

    [Fact]
    public void Hints_from_our_own_changes_wait_until_these_have_ended_but_not_for_ever()
    {
        DateTimeOffset now = Start;
        for (; now < Start + SuspectQueue.CalmLimit; now += TimeSpan.FromMilliseconds(100))
        {
            _queue.AddCalmly(Network, Suspicion.Links, now);
            Assert.Empty(_queue.TakeDue(now));
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
}
