using Microsoft.Extensions.Time.Testing;
using VirtNet.Rpc.Transport;

namespace VirtNet.Rpc.Tests.Transport;

public sealed class KeepAliveMonitorTests
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);

    private readonly FakeTimeProvider _clock = new();
    private int _pings;
    private int _ends;

    [Fact]
    public async Task Silence_leads_to_pings_and_then_to_the_end()
    {
        await using KeepAliveMonitor monitor = Start(count: 3);
        Pass(3);
        Assert.Equal((3, 0), (_pings, _ends));
        Pass(10);
        Assert.Equal((3, 1), (_pings, _ends));
    }

    [Fact]
    public async Task The_interval_counts_from_the_last_packet()
    {
        await using KeepAliveMonitor monitor = Start(count: 3);
        _clock.Advance(TimeSpan.FromSeconds(4));
        monitor.PacketReceived();
        _clock.Advance(TimeSpan.FromSeconds(4.9));
        Assert.Equal(0, _pings);
        _clock.Advance(TimeSpan.FromSeconds(0.1));
        Assert.Equal(1, _pings);
    }

    [Fact]
    public async Task A_packet_starts_the_count_again()
    {
        await using KeepAliveMonitor monitor = Start(count: 2);
        for (int i = 0; i < 10; i++)
        {
            Pass(2);
            monitor.PacketReceived();
        }

        Assert.Equal(0, _ends);
    }

    [Fact]
    public async Task While_nobody_reads_silence_means_nothing()
    {
        await using KeepAliveMonitor monitor = Start(count: 1);
        monitor.Pause(true);
        Pass(20);
        Assert.Equal((0, 0), (_pings, _ends));
        monitor.Pause(false);
        Pass(2);
        Assert.Equal(1, _pings);
    }

    private void Pass(int intervals)
    {
        for (int i = 0; i < intervals; i++)
        {
            _clock.Advance(Interval);
        }
    }

    private KeepAliveMonitor Start(int count) => new(_clock, Interval, count, () => _pings++, () => _ends++);
}
