using VirtNet.Rpc.Driver;
using VirtNet.Rpc.Server;
using VirtNet.Rpc.Tests.Fakes;
using VirtNet.Rpc.Transport;

namespace VirtNet.Rpc.Tests.Server;

/// <summary>What the connections of one user may hold together. Here everybody is one user, and one that is trusted.</summary>
public sealed class UserLimitTests
{
    private static readonly UserLimits Few = new(Connections: 3, Registrations: 2, QueuedBytes: 1 << 20);

    [Fact(Timeout = 60_000)]
    public async Task A_connection_too_many_is_told_why_and_another_takes_its_place_when_one_ends()
    {
        await using TestServer server = new(new RpcServerOptions { TrustedUserLimits = Few });
        RawPeer first = await server.OpenRawAsync();
        using RawPeer second = await server.OpenRawAsync();
        using RawPeer third = await server.OpenRawAsync();
        using (RawPeer fourth = await server.ConnectRawAsync())
        {
            RawPacket reply = await fourth.CallAsync(66, new Payload());
            (int code, int domain, string message) = reply.Error();
            Assert.Equal((39, 7), (code, domain));
            Assert.StartsWith("Too many active clients (3) of user ", message, StringComparison.Ordinal);
        }

        Assert.Equal(3, server.Server.ClientCount);
        first.Dispose();
        await TestServer.UntilAsync(() => server.Server.ClientCount == 2);
        using RawPeer next = await server.OpenRawAsync();
        await second.CallAsync(60, new Payload().Int(14));
    }

    [Fact(Timeout = 60_000)]
    public async Task A_flood_of_connections_too_many_costs_no_more_than_their_end()
    {
        await using TestServer server = new(new RpcServerOptions { TrustedUserLimits = Few });
        using RawPeer good = await server.OpenRawAsync();
        using RawPeer second = await server.OpenRawAsync();
        using RawPeer third = await server.OpenRawAsync();
        List<RawPeer> flood = [];
        for (int i = 0; i < 500; i++)
        {
            flood.Add(await server.ConnectRawAsync()); // and says nothing
        }

        await good.CallAsync(60, new Payload().Int(14));
        Assert.Equal(3, server.Server.ClientCount);
        flood.ForEach(peer => peer.Dispose());
    }

    [Fact(Timeout = 60_000)]
    public async Task Replies_that_a_user_leaves_waiting_are_bounded_over_all_its_connections()
    {
        await using TestServer server = new(new RpcServerOptions { TrustedUserLimits = Few with { Connections = 100 } });
        NetworkRef network = await server.Driver.DefineAsync(
            $"<network><name>big</name><!--{new string('x', 700_000)}--></network>", 0, TestServer.Token);
        List<RawPeer> hoarders = [];
        for (int i = 0; i < 20; i++)
        {
            RawPeer hoarder = await server.OpenRawAsync();
            hoarders.Add(hoarder);
            await hoarder.SendCallAsync(43, new Payload().Network("big", network.Uuid).UInt(0));
        }

        await TestServer.UntilAsync(() => server.Server.ClientCount <= 2);
        hoarders.ForEach(hoarder => hoarder.Dispose());
        await TestServer.UntilAsync(() => server.Server.ClientCount == 0);

        using RawPeer good = await server.OpenRawAsync();
        Assert.Equal(0, (await good.CallAsync(43, new Payload().Network("big", network.Uuid).UInt(0))).Status);
    }

    [Fact]
    public void Users_have_shares_of_their_own_and_who_is_trusted_has_no_bounds()
    {
        UserShares shares = new(Few, UserLimits.None);
        UnixPeer guest = new(1, UserId: 4_000_000_001, 1);
        UnixPeer other = new(2, UserId: 4_000_000_002, 2);
        UserShare[] held = [.. Enumerable.Range(0, 3).Select(_ => shares.TryEnter(guest)!)];
        Assert.Null(shares.TryEnter(guest));
        Assert.NotNull(shares.TryEnter(other));
        shares.Leave(held[0]);
        Assert.NotNull(shares.TryEnter(guest));
        Assert.All(Enumerable.Range(0, 1000), _ => Assert.NotNull(shares.TryEnter(new UnixPeer(3, UserId: 0, 0))));
    }
}
