using VirtNet.Rpc.Driver;
using VirtNet.Rpc.Server;
using VirtNet.Rpc.Tests.Fakes;

namespace VirtNet.Rpc.Tests.Server;

public sealed class ConcurrencyTests
{
    private const int Start = 39;
    private const int Destroy = 42;
    private const int GetXml = 43;
    private const int LookupByName = 46;
    private const string Xml = "<network><name>tnet</name></network>";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_slow_query_holds_up_neither_others_nor_keepalive()
    {
        await using TestServer server = new();
        NetworkRef network = await server.Driver.DefineAsync(Xml, 0, Token);
        TaskCompletionSource release = server.Delay("xml");
        using RawPeer peer = await server.OpenRawAsync();
        uint slow = await peer.SendCallAsync(GetXml, Handle(network).UInt(0));
        uint quick = await peer.SendCallAsync(LookupByName, new Payload().String("tnet"));
        Assert.Equal(quick, (await peer.ReceiveAsync()).Serial);
        await peer.SendAsync(new RawPacket(RawPeer.KeepAlive, 1, Procedure: 1, Type: 2, Serial: 0, Status: 0, []));
        RawPacket pong = await peer.ReceiveAsync();
        Assert.Equal((RawPeer.KeepAlive, 1u, 2, 2, 0u, 0, 0), (
            pong.Program, pong.Version, pong.Procedure, pong.Type, pong.Serial, pong.Status, pong.Payload.Length));
        release.SetResult();
        Assert.Equal(slow, (await peer.ReceiveAsync()).Serial);
    }

    [Fact]
    public async Task Changes_of_one_connection_follow_each_other()
    {
        await using TestServer server = new();
        NetworkRef network = await server.Driver.DefineAsync(Xml, 0, Token);
        TaskCompletionSource release = server.Delay("start");
        using RawPeer peer = await server.OpenRawAsync();
        uint start = await peer.SendCallAsync(Start, Handle(network));
        uint destroy = await peer.SendCallAsync(Destroy, Handle(network));
        await peer.CallAsync(LookupByName, new Payload().String("tnet"));
        Assert.DoesNotContain("destroy", server.Driver.Calls);
        release.SetResult();
        RawPacket[] replies = [await peer.ReceiveAsync(), await peer.ReceiveAsync()];
        Assert.Equal([start, destroy], replies.Select(reply => reply.Serial));
        Assert.All(replies, reply => Assert.Equal(0, reply.Status));
    }

    [Fact]
    public async Task Changes_of_two_connections_do_not_wait_for_each_other()
    {
        await using TestServer server = new();
        NetworkRef network = await server.Driver.DefineAsync(Xml, 0, Token);
        TaskCompletionSource release = server.Delay("start");
        using RawPeer first = await server.OpenRawAsync();
        using RawPeer second = await server.OpenRawAsync();
        await first.SendCallAsync(Start, Handle(network));
        Assert.Equal(55, (await second.CallAsync(Destroy, Handle(network))).Error().Code);
        release.SetResult();
        Assert.Equal(0, (await first.ReceiveAsync()).Status);
    }

    [Fact]
    public async Task No_more_calls_run_than_one_connection_may_have_unanswered()
    {
        await using TestServer server = new(new RpcServerOptions { MaxClientRequests = 3 });
        NetworkRef network = await server.Driver.DefineAsync(Xml, 0, Token);
        TaskCompletionSource release = server.Delay("xml");
        using RawPeer peer = await server.OpenRawAsync();
        for (int i = 0; i < 10; i++)
        {
            await peer.SendCallAsync(GetXml, Handle(network).UInt(0));
        }

        using RawPeer other = await server.OpenRawAsync();
        await other.CallAsync(LookupByName, new Payload().String("tnet"));
        Assert.InRange(server.Driver.Calls.Count(call => call == "xml"), 0, 3);
        release.SetResult();
        for (int i = 0; i < 10; i++)
        {
            Assert.Equal(0, (await peer.ReceiveAsync()).Status);
        }
    }

    [Fact]
    public async Task A_change_is_made_although_its_client_is_gone()
    {
        await using TestServer server = new();
        NetworkRef network = await server.Driver.DefineAsync(Xml, 0, Token);
        TaskCompletionSource release = server.Delay("start");
        using (RawPeer peer = await server.OpenRawAsync())
        {
            await peer.SendCallAsync(Start, Handle(network));
            await TestServer.UntilAsync(() => server.Driver.Calls.Contains("start"));
        }

        release.SetResult();
        await TestServer.UntilAsync(() => server.Server.ClientCount == 0);
        Assert.True(await server.Driver.IsActiveAsync(network, Token));
    }

    [Fact]
    public async Task A_server_that_stops_answers_what_runs_and_reads_no_more()
    {
        await using TestServer server = new();
        NetworkRef network = await server.Driver.DefineAsync(Xml, 0, Token);
        TaskCompletionSource release = server.Delay("start");
        using RawPeer peer = await server.OpenRawAsync();
        await peer.SendCallAsync(Start, Handle(network));
        await TestServer.UntilAsync(() => server.Driver.Calls.Contains("start"));
        Task stopping = server.StopAsync();
        Assert.False(stopping.IsCompleted);
        release.SetResult();
        Assert.Equal(0, (await peer.ReceiveAsync()).Status);
        await peer.AssertClosedAsync();
        await stopping;
    }

    [Fact(Timeout = 60_000)]
    public async Task A_call_that_never_ends_does_not_keep_the_server_from_stopping()
    {
        await using TestServer server = new(new Rpc.Server.RpcServerOptions
        {
            DrainTimeout = TimeSpan.FromMilliseconds(50), AbortTimeout = TimeSpan.FromMilliseconds(50),
        });
        NetworkRef network = await server.Driver.DefineAsync(Xml, 0, Token);
        TaskCompletionSource release = server.Delay("start");
        using RawPeer peer = await server.OpenRawAsync();
        await peer.SendCallAsync(Start, Handle(network));
        await TestServer.UntilAsync(() => server.Driver.Calls.Contains("start"));
        await server.StopAsync().WaitAsync(TimeSpan.FromSeconds(30), Token);
        release.SetResult();
    }

    [Fact]
    public async Task A_client_that_closes_its_sending_side_still_gets_its_replies()
    {
        await using TestServer server = new();
        NetworkRef network = await server.Driver.DefineAsync(Xml, 0, Token);
        TaskCompletionSource release = server.Delay("xml");
        using RawPeer peer = await server.OpenRawAsync();
        await peer.SendCallAsync(GetXml, Handle(network).UInt(0));
        peer.Socket.Shutdown(System.Net.Sockets.SocketShutdown.Send);
        release.SetResult();
        Assert.Equal(0, (await peer.ReceiveAsync()).Status);
        await peer.AssertClosedAsync();
    }

    [Fact]
    public async Task Clients_beyond_the_limit_wait_for_a_place()
    {
        await using TestServer server = new(new RpcServerOptions { MaxClients = 1 });
        RawPeer first = await server.OpenRawAsync();
        using RawPeer second = await server.ConnectRawAsync();
        uint serial = await second.SendCallAsync(66);
        await first.CallAsync(LookupByName, new Payload().String("tnet"));
        Assert.Equal(1, server.Server.ClientCount);
        first.Dispose();
        Assert.Equal(serial, (await second.ReceiveAsync()).Serial);
    }

    [Fact]
    public async Task An_unforeseen_failure_is_an_internal_error_without_details()
    {
        await using TestServer server = new();
        server.Driver.Delays["lookup"] = Task.FromException(new InvalidOperationException("secret"));
        using RawPeer peer = await server.OpenRawAsync();
        (int code, int domain, string message) = (await peer.CallAsync(LookupByName, new Payload().String("x"))).Error();
        Assert.Equal((1, 7), (code, domain));
        Assert.StartsWith("internal error: virNetworkLookupByName failed unexpectedly", message, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", message, StringComparison.Ordinal);
    }

    private static Payload Handle(NetworkRef network) => new Payload().Network(network.Name, network.Uuid);
}
