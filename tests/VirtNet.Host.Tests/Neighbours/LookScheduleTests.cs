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
        _schedule.Looked(read, read: true, TimeSpan.FromSeconds(1));
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
        _schedule.Looked(Start + LookSchedule.Quiet, read: true, TimeSpan.Zero);
        _schedule.Hurry(Start + LookSchedule.Quiet);
        Assert.False(_schedule.Take(Start + LookSchedule.Quiet));
    }

    [Fact]
    public void Looks_without_reading_do_not_put_reading_off()
    {
        _schedule.Looked(Start, read: true, TimeSpan.Zero);
        _schedule.Changed(Start);
        Assert.Equal(Start + LookSchedule.LeastSpacing, _schedule.Due);
        _schedule.Looked(Start + LookSchedule.LeastSpacing / 2, read: false, TimeSpan.Zero);
        Assert.Equal(Start + LookSchedule.LeastSpacing, _schedule.Due);
    }

    [Fact]
    public void A_failure_that_lasts_is_tried_again_ever_more_seldom_whatever_others_do()
    {
        DateTimeOffset now = Start;
        int looks = 0;
        _schedule.Changed(now);
        for (; now < Start + TimeSpan.FromMinutes(10); now += LookSchedule.Quiet)
        {
            _schedule.Changed(now);
            _schedule.Hurry(now);
            if (_schedule.Take(now) is not null)
            {
                looks++;
                _schedule.Failed(now);
            }
        }

        Assert.InRange(looks, 10, 16);
        Assert.True(_schedule.Due <= now + FailurePace.LongestWait);
        Assert.True(_schedule.Take(now + FailurePace.LongestWait));
        _schedule.Looked(now, read: true, TimeSpan.Zero);
        _schedule.Changed(now);
        Assert.Equal(now + LookSchedule.LeastSpacing, _schedule.Due);
    }
}
