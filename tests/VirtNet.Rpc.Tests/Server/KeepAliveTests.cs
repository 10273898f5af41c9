using Microsoft.Extensions.Time.Testing;
using VirtNet.Rpc.Tests.Fakes;

namespace VirtNet.Rpc.Tests.Server;

public sealed class KeepAliveTests
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);
    private static readonly RawPacket Pong = new(RawPeer.KeepAlive, 1, Procedure: 2, Type: 2, Serial: 0, Status: 0, []);

    [Fact]
    public async Task A_silent_client_is_asked_and_then_given_up()
    {
        FakeTimeProvider clock = new();
        await using TestServer server = new(timeProvider: clock);
        using RawPeer peer = await server.OpenRawAsync();
        await peer.CallAsync(60, new Payload().Int(10));
        clock.Advance(Interval - TimeSpan.FromTicks(1));
        for (int ping = 1; ping <= 5; ping++)
        {
            clock.Advance(ping == 1 ? TimeSpan.FromTicks(1) : Interval);
            RawPacket packet = await peer.ReceiveAsync();
            Assert.Equal((RawPeer.KeepAlive, 1, 2, 0u), (packet.Program, packet.Procedure, packet.Type, packet.Serial));
        }

        clock.Advance(Interval);
        await peer.AssertClosedAsync();
    }

    [Fact]
    public async Task Any_packet_counts_as_a_sign_of_life()
    {
        FakeTimeProvider clock = new();
        await using TestServer server = new(timeProvider: clock);
        using RawPeer peer = await server.OpenRawAsync();
        await peer.CallAsync(60, new Payload().Int(10));
        for (int i = 0; i < 10; i++)
        {
            clock.Advance(Interval);
            Assert.Equal(RawPeer.KeepAlive, (await peer.ReceiveAsync()).Program);
            await peer.SendAsync(Pong);
            await peer.CallAsync(60, new Payload().Int(14)); // the PONG was read before this was
        }

        clock.Advance(Interval - TimeSpan.FromTicks(1));
        await peer.CallAsync(60, new Payload().Int(14)); // no PING in between
    }

    [Fact]
    public async Task A_client_that_does_not_know_keepalive_is_never_asked()
    {
        FakeTimeProvider clock = new();
        await using TestServer server = new(timeProvider: clock);
        using RawPeer peer = await server.OpenRawAsync();
        clock.Advance(TimeSpan.FromHours(1));
        await peer.CallAsync(60, new Payload().Int(14));
    }
}
