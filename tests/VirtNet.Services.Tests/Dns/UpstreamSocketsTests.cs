using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using VirtNet.Services.Dns.Forwarding;
using VirtNet.Services.Sockets;

namespace VirtNet.Services.Tests.Dns;

public sealed class UpstreamSocketsTests : IAsyncDisposable
{
    private readonly FakeTimeProvider _clock = new();
    private readonly DatagramLoop _loop = new("test", KeptByNobody.Sockets, TimeProvider.System, NullLogger.Instance);
    private readonly UpstreamSockets _sockets;

    public UpstreamSocketsTests() => _sockets = new UpstreamSockets(
        _loop, NetAddress.AnyV4, new RandomSource(), _clock, (DatagramSocket _, in Datagram _) => { }, (_, _, _, _) => { });

    public async ValueTask DisposeAsync()
    {
        await _sockets.DisposeAsync();
        await _loop.DisposeAsync();
    }

    [Fact]
    public async Task Questions_of_one_turn_leave_from_one_port_and_those_of_many_turns_from_many()
    {
        Assert.True(await _loop.InvokeAsync(() => _sockets.Current() == _sockets.Current()));
        HashSet<DatagramSocket> ports = await UseAsync(turns: 400);
        Assert.InRange(ports.Count, 32, 64);
        Assert.Equal(ports.Count, ports.Select(port => port.Local.Port).Distinct().Count());
    }

    [Fact]
    public async Task A_port_is_given_up_after_half_a_minute_and_closed_when_no_answer_can_come_any_more()
    {
        HashSet<DatagramSocket> first = await UseAsync(turns: 200);
        _clock.Advance(TimeSpan.FromSeconds(31));
        HashSet<DatagramSocket> second = await UseAsync(turns: 400);
        Assert.Empty(first.Intersect(second));
        Assert.DoesNotContain(first, port => port.Descriptor.IsClosed);
        _clock.Advance(TimeSpan.FromSeconds(11));
        await UseAsync(turns: 1);
        Assert.Contains(first, port => port.Descriptor.IsClosed);
        Assert.DoesNotContain(second, port => port.Descriptor.IsClosed);
    }

    [Fact]
    public async Task Nothing_stays_open_in_the_end()
    {
        HashSet<DatagramSocket> ports = await UseAsync(turns: 50);
        await _sockets.DisposeAsync();
        Assert.All(ports, port => Assert.True(port.Descriptor.IsClosed));
    }

    private async Task<HashSet<DatagramSocket>> UseAsync(int turns)
    {
        HashSet<DatagramSocket> used = [];
        for (int i = 0; i < turns; i++)
        {
            used.Add(await _loop.InvokeAsync(_sockets.Current));
        }

        return used;
    }
}
