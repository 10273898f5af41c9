using VirtNet.Host.Neighbours;

namespace VirtNet.Host.Tests.Neighbours;

public class LookScheduleTests
{
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly LookSchedule _schedule = new();

    [Fact]
    public void A_change_is_looked_at_once_it_is_quiet()
    {
        _schedule.Changed(Start);
        Assert.Equal(Start + LookSchedule.Quiet, _schedule.Due);
        _schedule.Changed(Start + LookSchedule.Quiet / 2);
        Assert.Null(_schedule.Take(Start + LookSchedule.Quiet));
        Assert.True(_schedule.Take(Start + LookSchedule.Quiet * 1.5));
        Assert.Null(_schedule.Due);
    }

    [Fact]
    public void Changes_that_never_end_are_looked_at_all_the_same()
    {
        for (int i = 0; i < 100; i++)
        {
            _schedule.Changed(Start + i * LookSchedule.Quiet / 2);
        }

        Assert.Equal(Start + LookSchedule.Patience, _schedule.Due);
    }

    [Fact]
    public void Reading_takes_a_small_part_of_the_time()
    {
        _schedule.Changed(Start);
        Assert.True(_schedule.Take(Start + LookSchedule.Quiet));
        DateTimeOffset read = Start + TimeSpan.FromSeconds(1);
        _schedule.HaveRead(read, TimeSpan.FromSeconds(1));
        _schedule.Changed(read);
        Assert.True(_schedule.Due >= read + TimeSpan.FromSeconds(5));
        _schedule.Hurry(read);
        Assert.True(_schedule.Due >= read + TimeSpan.FromSeconds(5));
    }

    [Fact]
    public void A_new_network_is_looked_at_at_once_and_without_reading_when_nothing_changed()
    {
        _schedule.Changed(Start);
        _schedule.Take(Start + LookSchedule.Quiet);
        _schedule.HaveRead(Start + LookSchedule.Quiet, TimeSpan.FromMilliseconds(5));
        _schedule.Hurry(Start + LookSchedule.Quiet);
        Assert.False(_schedule.Take(Start + LookSchedule.Quiet));
    }
}
