using Microsoft.Extensions.Time.Testing;
using VirtNet.Rpc.Driver;
using VirtNet.Rpc.Server;
using VirtNet.Rpc.Tests.Fakes;
using VirtNet.Rpc.Transport;

namespace VirtNet.Rpc.Tests.Server;

/// <summary>Clients that take nothing, or send half of something, cost only themselves.</summary>
public sealed class SlowClientTests
{
    private static readonly NetworkRef Network = new(new string('n', 1000), Guid.NewGuid());

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_client_that_does_not_take_its_events_is_dropped_and_the_others_get_theirs()
    {
        await using TestServer server = new();
        using RawPeer slow = await server.OpenRawAsync();
        using RawPeer good = await server.OpenRawAsync();
        await slow.CallAsync(313, new Payload().Int(0).UInt(0));
        await good.CallAsync(313, new Payload().Int(0).UInt(0));
        int raised = 0;
        while (server.Server.ClientCount == 2)
        {
            server.Driver.Raise(new NetworkEvent.Lifecycle(Network, NetworkLifecycle.Started));
            raised++;
            Assert.Equal(315, (await good.ReceiveAsync()).Procedure);
            Assert.InRange(raised, 0, 20_000);
        }

        Assert.InRange(raised, ServerLimits.QueuedMessages / 2048, 20_000);
        await good.CallAsync(60, new Payload().Int(14));
    }

    [Fact]
    public async Task A_client_that_does_not_take_its_reply_is_dropped_after_a_while()
    {
        FakeTimeProvider clock = new();
        await using TestServer server = new(timeProvider: clock);
        NetworkRef network = await server.Driver.DefineAsync(
            $"<network><name>big</name><!--{new string('x', 4_000_000)}--></network>", 0, Token);
        using RawPeer peer = await server.OpenRawAsync();
        await peer.SendCallAsync(43, new Payload().Network("big", network.Uuid).UInt(0));
        await TestServer.UntilAsync(() => server.Driver.Calls.Contains("xml") && peer.Socket.Available > 0);
        await TestServer.UntilAsync(() =>
        {
            clock.Advance(new RpcServerOptions().SendTimeout);
            return server.Server.ClientCount == 0;
        });
    }

    [Fact]
    public async Task A_client_that_only_pings_and_never_listens_is_dropped()
    {
        await using TestServer server = new();
        using RawPeer peer = await server.OpenRawAsync();
        byte[] ping = new RawPacket(RawPeer.KeepAlive, 1, 1, 2, 0, 0, []).ToArray();
        byte[] many = [.. Enumerable.Repeat(ping, 1000).SelectMany(p => p)];
        await Assert.ThrowsAsync<System.Net.Sockets.SocketException>(async () =>
        {
            for (int i = 0; i < 1000; i++)
            {
                await peer.SendBytesAsync(many);
            }
        });
        await TestServer.UntilAsync(() => server.Server.ClientCount == 0);
    }

    [Fact]
    public async Task Half_sent_large_packets_are_given_up_and_make_room_for_others()
    {
        FakeTimeProvider clock = new();
        await using TestServer server = new(timeProvider: clock);
        List<RawPeer> hoarders = [];
        for (int i = 0; i < 10; i++)
        {
            RawPeer hoarder = await server.OpenRawAsync();
            hoarders.Add(hoarder);
            byte[] half = new RawPacket(RawPeer.Remote, 1, 41, 0, 1, 0, new byte[12_000_000]).ToArray()[..100_000];
            await hoarder.SendBytesAsync(half);
        }

        using RawPeer small = await server.OpenRawAsync();
        await small.CallAsync(41, new Payload().String("<network><name>small</name></network>"));
        await TestServer.UntilAsync(() =>
        {
            clock.Advance(LargePacketBudget.Deadline);
            return server.Server.ClientCount == 1;
        });
        string xml = $"<network><name>large</name><!--{new string('x', 3_000_000)}--></network>";
        Assert.Equal(0, (await small.CallAsync(41, new Payload().String(xml))).Status);
        hoarders.ForEach(hoarder => hoarder.Dispose());
    }
}
