using Microsoft.Extensions.Time.Testing;
using VirtNet.Services.Sockets;

namespace VirtNet.Services.Tests.Sockets;

public class CoalescingTests
{
    private readonly FakeTimeProvider _clock = new();

    [Theory]
    [InlineData(1, false)] // 1,000 a second
    [InlineData(3, true)]
    [InlineData(64, false)] // a whole batch each time: nothing to gain
    public void A_loop_rests_while_many_come_but_few_each_turn(int eachMillisecond, bool rests)
    {
        Coalescing coalescing = new(_clock);
        Assert.Equal(rests, Run(coalescing, eachMillisecond));
        Assert.False(Run(coalescing, 0));
    }

    [Fact]
    public void A_burst_after_silence_is_served_without_rest()
    {
        Coalescing coalescing = new(_clock);
        _clock.Advance(TimeSpan.FromSeconds(10));
        Assert.False(coalescing.EndTurn(received: 100));
        Assert.False(coalescing.EndTurn(received: 100));
    }

    /// <summary>Whether the loop rests after 50 ms of this.</summary>
    private bool Run(Coalescing coalescing, int eachMillisecond)
    {
        bool rests = false;
        for (int i = 0; i < 50; i++)
        {
            _clock.Advance(TimeSpan.FromMilliseconds(1));
            rests = coalescing.EndTurn(eachMillisecond);
        }

        return rests;
    }
}
