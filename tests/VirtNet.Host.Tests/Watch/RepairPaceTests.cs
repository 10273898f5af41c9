using VirtNet.Host.Reconcile;

namespace VirtNet.Host.Tests.Watch;

public class RepairPaceTests
{
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly RepairPace _pace = new();

    [Fact]
    public void The_first_repairs_are_made_at_once_then_each_waits_twice_as_long()
    {
        TimeSpan?[] waits = [.. Enumerable.Range(0, 13).Select(_ => _pace.Count(Start))];
        Assert.Equal([null, null, null, null, 1, 2, 4, 8, 16, 32, 60, 60, 60], waits.Select(wait => wait?.TotalSeconds));
        Assert.Equal(Start + RepairPace.LongestWait, _pace.NextAllowed);
    }

    [Fact]
    public void Peace_makes_it_forget()
    {
        for (int i = 0; i < 10; i++)
        {
            _pace.Count(Start);
        }

        Assert.Null(_pace.Count(Start + RepairPace.Peace + TimeSpan.FromSeconds(1)));
        Assert.True(_pace.NextAllowed < Start);
    }
}
