using Microsoft.Extensions.Time.Testing;
using VirtNet.Services.Ra;

namespace VirtNet.Services.Tests.Ra;

public class RaScheduleTests
{
    private readonly FakeTimeProvider _clock = new();

    [Fact]
    public void Guests_that_are_there_already_hear_of_IPv6_at_once_and_then_ever_less_often()
    {
        RaSchedule schedule = new(guestsWait: true, new Random(1), _clock);
        Assert.True(schedule.UntilNext() < TimeSpan.FromSeconds(1));
        schedule.Sent();
        Assert.Equal(TimeSpan.FromSeconds(16), schedule.UntilNext());
        schedule.Sent();
        schedule.Sent();
        Assert.InRange(schedule.UntilNext(), TimeSpan.FromSeconds(200), TimeSpan.FromSeconds(600));
    }

    [Fact]
    public void A_bridge_without_a_valid_address_is_looked_at_often_at_first_and_then_seldom()
    {
        RaSchedule schedule = new(guestsWait: true, new Random(1), _clock);
        TimeSpan waited = TimeSpan.Zero;
        while (schedule.UntilNext() is { TotalSeconds: < 1 } wait)
        {
            waited += wait;
            schedule.NotSent();
        }

        Assert.InRange(waited, TimeSpan.FromSeconds(3), TimeSpan.FromSeconds(10));
        Assert.Equal(TimeSpan.FromSeconds(16), schedule.UntilNext());
    }

    [Fact]
    public void Askers_without_an_address_cannot_make_it_advertise_more_often_than_every_three_seconds()
    {
        RaSchedule schedule = new(guestsWait: false, new Random(1), _clock);
        Assert.Equal(TimeSpan.FromSeconds(16), schedule.UntilNext()); // those who come ask
        Assert.Equal(TimeSpan.Zero, schedule.UntilAllowed());
        schedule.Sent();
        _clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(TimeSpan.FromSeconds(2), schedule.UntilAllowed());
        _clock.Advance(TimeSpan.FromSeconds(5));
        Assert.Equal(TimeSpan.Zero, schedule.UntilAllowed());
    }
}
