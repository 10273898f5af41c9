using Microsoft.Extensions.Time.Testing;
using VirtNet.Model;
using VirtNet.Rpc.Client;
using VirtNet.Rpc.Driver;
using VirtNet.Rpc.Tests.Fakes;

namespace VirtNet.Rpc.Tests.Client;

/// <summary>The client's bytes and manners, against a server that the tests play.</summary>
public sealed class ClientProtocolTests
{
    private static readonly NetworkRef Network = new("tnet", Guid.Parse("11111111-2222-3333-4444-555555555555"));

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task It_asks_for_authentication_first_and_opens_with_the_servers_name()
    {
        using ScriptedServer server = new();
        Task<LibvirtConnection> opening = server.StartOpen(new LibvirtConnectionOptions { ReadOnly = true });
        await server.AcceptAsync();
        RawPacket first = await server.AnswerAsync(66, new Payload().Int(1).Int(0));
        Assert.Equal((0u, 0), (first.Serial, first.Payload.Length));
        RawPacket open = await server.AnswerAsync(1);
        Assert.Equal(1u, open.Serial);
        Assert.Equal(new Payload().Optional("network:///system").UInt(1).ToArray(), open.Payload);
        LibvirtConnection connection = await opening;
        Task closing = connection.DisposeAsync().AsTask();
        await server.AnswerAsync(2);
        await closing;
        Assert.Equal(ConnectionCloseReason.Client, await connection.Closed);
    }

    [Fact]
    public async Task It_calls_polkit_when_that_is_what_the_server_offers()
    {
        using ScriptedServer server = new();
        Task<LibvirtConnection> opening = server.StartOpen();
        await server.AcceptAsync();
        await server.AnswerAsync(66, new Payload().Int(1).Int(2));
        RawPacket polkit = await server.ExpectAsync(70);
        await server.FailAsync(polkit, 94, 60, "authentication unavailable: no polkit agent available");
        VirtNetException error = await Assert.ThrowsAsync<VirtNetException>(() => opening);
        Assert.Equal((VirErrorCode.AuthUnavailable, VirErrorDomain.Polkit), (error.Code, error.Domain));
    }

    [Theory]
    [InlineData(1, "", "authentication failed: unsupported authentication type 1")]
    [InlineData(0, "&auth=polkit", "authentication failed: unsupported authentication type polkit")]
    public async Task It_says_so_when_it_cannot_authenticate(int offered, string parameters, string message)
    {
        using ScriptedServer server = new();
        Task<LibvirtConnection> opening = server.StartOpen(parameters: parameters);
        await server.AcceptAsync();
        await server.AnswerAsync(66, new Payload().Int(1).Int(offered));
        Assert.Equal(message, (await Assert.ThrowsAsync<VirtNetException>(() => opening)).Message);
    }

    [Fact]
    public async Task Packets_have_the_sizes_that_were_seen_on_the_wire()
    {
        using ScriptedServer server = new();
        LibvirtConnection connection = await server.OpenAsync();
        Task<IReadOnlyList<NetworkRef>> list = connection.ListNetworksAsync(3, Token);
        RawPacket call = await server.ExpectAsync(283);
        Assert.Equal(
            "00000024" + "20008086" + "00000001" + "0000011B" + "00000000" + "00000002" + "00000000" + "00000001" + "00000003",
            Convert.ToHexString(call.ToArray()));
        await server.ReplyAsync(call, new Payload().Int(0).Int(0));
        Assert.Empty(await list);

        Task<NetworkRef> lookup = connection.LookupByNameAsync("tnet", Token);
        call = await server.ExpectAsync(46);
        Assert.Equal(36, call.ToArray().Length);
        Payload handle = new Payload().Network("tnet", Network.Uuid);
        Assert.Equal(52, (call with { Payload = handle.ToArray() }).ToArray().Length);
        await server.ReplyAsync(call, handle);
        Assert.Equal(Network, await lookup);
    }

    [Theory]
    [InlineData(1, 3, 4)]
    [InlineData(0, 4, 3)]
    public async Task Command_and_section_of_an_update_are_swapped_for_old_servers(int feature16, int first, int second)
    {
        using ScriptedServer server = new();
        LibvirtConnection connection = await server.OpenAsync();
        Task update = connection.UpdateAsync(Network, new NetworkUpdateRequest(3, 4, -1, "<host/>", 1), Token);
        await server.AnswerAsync(60, new Payload().Int(feature16));
        RawPacket call = await server.AnswerAsync(291);
        Assert.Equal(
            new Payload().Network("tnet", Network.Uuid).Int(first).Int(second).Int(-1).String("<host/>").UInt(1).ToArray(),
            call.Payload);
        await update;
    }

    [Fact]
    public async Task Replies_may_come_in_any_order()
    {
        using ScriptedServer server = new();
        LibvirtConnection connection = await server.OpenAsync();
        Task<bool> active = connection.IsActiveAsync(Network, Token);
        Task<string> xml = connection.GetXmlAsync(Network, 0, Token);
        RawPacket first = await server.ExpectAsync(152);
        RawPacket second = await server.ExpectAsync(43);
        await server.ReplyAsync(second, new Payload().String("<network/>"));
        Assert.Equal("<network/>", await xml);
        Assert.False(active.IsCompleted);
        await server.ReplyAsync(first, new Payload().Int(1));
        Assert.True(await active);
    }

    [Fact]
    public async Task An_event_may_come_before_the_reply_to_its_registration()
    {
        using ScriptedServer server = new();
        LibvirtConnection connection = await server.OpenAsync();
        Task<NetworkEventSubscription> subscribing = connection.SubscribeAsync(NetworkEventKind.Lifecycle, null, Token);
        await server.AnswerAsync(60, new Payload().Int(1));
        RawPacket register = await server.ExpectAsync(313);
        await server.Peer.SendAsync(LifecycleEvent(callbackId: 7, change: 0));
        await server.Peer.SendAsync(LifecycleEvent(callbackId: 8, change: 1));
        await server.ReplyAsync(register, new Payload().Int(7));
        NetworkEventSubscription subscription = await subscribing;
        await server.Peer.SendAsync(LifecycleEvent(callbackId: 7, change: 2));
        server.Peer.Dispose();
        List<NetworkEvent> events = [];
        await foreach (NetworkEvent e in subscription.WithCancellation(Token))
        {
            events.Add(e);
        }

        Assert.Equal(
            [
                new NetworkEvent.Lifecycle(Network, NetworkLifecycle.Defined),
                new NetworkEvent.Lifecycle(Network, NetworkLifecycle.Started),
            ],
            events);
        Assert.Equal(ConnectionCloseReason.EndOfFile, await connection.Closed);
        await subscription.DisposeAsync();
        await connection.DisposeAsync();
    }

    [Fact]
    public async Task Events_of_others_are_passed_over_and_pings_answered()
    {
        using ScriptedServer server = new();
        LibvirtConnection connection = await server.OpenAsync();
        await server.Peer.SendAsync(LifecycleEvent(1, 0) with { Program = 0x20008087 });
        await server.Peer.SendAsync(LifecycleEvent(1, 0) with { Procedure = 318 });
        await server.Peer.SendAsync(new RawPacket(RawPeer.KeepAlive, 1, Procedure: 1, Type: 2, Serial: 0, Status: 0, []));
        RawPacket pong = await server.Peer.ReceiveAsync();
        Assert.Equal((RawPeer.KeepAlive, 2, 2, 0u), (pong.Program, pong.Procedure, pong.Type, pong.Serial));
        Assert.False(connection.Closed.IsCompleted);
    }

    [Fact]
    public async Task The_end_of_the_connection_fails_what_waits_and_what_comes_later()
    {
        using ScriptedServer server = new();
        LibvirtConnection connection = await server.OpenAsync();
        Task<string> waiting = connection.GetXmlAsync(Network, 0, Token);
        await server.ExpectAsync(43);
        server.Peer.Dispose();
        VirtNetException error = await Assert.ThrowsAsync<VirtNetException>(() => waiting);
        Assert.Equal("End of file while reading data: Input/output error", error.Message);
        Assert.Equal(ConnectionCloseReason.EndOfFile, await connection.Closed);
        error = await Assert.ThrowsAsync<VirtNetException>(() => connection.GetXmlAsync(Network, 0, Token));
        Assert.Equal("internal error: client socket is closed", error.Message);
        await connection.DisposeAsync();
    }

    [Fact]
    public async Task A_reply_that_nobody_asked_for_ends_the_connection()
    {
        using ScriptedServer server = new();
        LibvirtConnection connection = await server.OpenAsync();
        await server.Peer.SendAsync(new RawPacket(RawPeer.Remote, 1, 43, Type: 1, Serial: 99, Status: 0, []));
        Assert.Equal(ConnectionCloseReason.Error, await connection.Closed);
    }

    [Theory]
    [InlineData(39, 7, "unknown procedure: 43", VirErrorCode.NoSupport)]
    [InlineData(39, 13, "unknown procedure: 43", VirErrorCode.NoSupport)]
    [InlineData(39, 7, "Cannot find program 1 version 1", VirErrorCode.Rpc)]
    [InlineData(43, 19, "Network not found: x", VirErrorCode.NoNetwork)]
    public async Task Errors_keep_their_code_and_text(int code, int domain, string message, VirErrorCode expected)
    {
        using ScriptedServer server = new();
        LibvirtConnection connection = await server.OpenAsync();
        Task<string> xml = connection.GetXmlAsync(Network, 0, Token);
        await server.FailAsync(await server.ExpectAsync(43), code, domain, message);
        VirtNetException error = await Assert.ThrowsAsync<VirtNetException>(() => xml);
        Assert.Equal((expected, (VirErrorDomain)domain, message), (error.Code, error.Domain, error.Message));
    }

    [Fact]
    public async Task A_stock_server_does_not_support_plans()
    {
        using ScriptedServer server = new();
        LibvirtConnection connection = await server.OpenAsync();
        Task plan = connection.PlanAsync("default", null, Token);
        RawPacket call = await server.ExpectAsync(1, program: 0x76697274);
        await server.FailAsync(call, 39, 7, "Cannot find program 1986622068 version 1");
        VirtNetException error = await Assert.ThrowsAsync<VirtNetException>(() => plan);
        Assert.Equal(VirErrorCode.NoSupport, error.Code);
    }

    [Fact]
    public async Task A_stock_server_does_not_redefine_active_networks()
    {
        using ScriptedServer server = new();
        LibvirtConnection connection = await server.OpenAsync();
        Task redefine = connection.RedefineAsync("<network/>", RedefineFlags.None, Token);
        RawPacket call = await server.ExpectAsync(6, program: 0x76697274);
        await server.FailAsync(call, 39, 7, "Cannot find program 1986622068 version 1");
        VirtNetException error = await Assert.ThrowsAsync<VirtNetException>(() => redefine);
        Assert.Equal("this function is not supported by the connection driver: virtnetRedefine", error.Message);
    }

    [Fact]
    public async Task Who_stops_waiting_leaves_the_connection_usable()
    {
        using ScriptedServer server = new();
        LibvirtConnection connection = await server.OpenAsync();
        using CancellationTokenSource impatience = new();
        Task<string> xml = connection.GetXmlAsync(Network, 0, impatience.Token);
        RawPacket call = await server.ExpectAsync(43);
        await impatience.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => xml);
        await server.ReplyAsync(call, new Payload().String("late"));
        Task<bool> active = connection.IsActiveAsync(Network, Token);
        await server.AnswerAsync(152, new Payload().Int(0));
        Assert.False(await active);
    }

    [Fact]
    public async Task A_server_that_stops_answering_is_given_up()
    {
        FakeTimeProvider clock = new();
        using ScriptedServer server = new();
        LibvirtConnection connection = await server.OpenAsync(new LibvirtConnectionOptions
        {
            KeepAliveInterval = TimeSpan.FromSeconds(5), KeepAliveCount = 2, TimeProvider = clock,
        });
        Task<string> xml = connection.GetXmlAsync(Network, 0, Token);
        await server.ExpectAsync(43);
        for (int i = 0; i < 3; i++)
        {
            clock.Advance(TimeSpan.FromSeconds(5));
        }

        Assert.Equal(1, (await server.Peer.ReceiveAsync()).Procedure);
        Assert.Equal(ConnectionCloseReason.KeepAlive, await connection.Closed);
        Assert.Equal(
            "internal error: connection closed due to keepalive timeout",
            (await Assert.ThrowsAsync<VirtNetException>(() => xml)).Message);
    }

    [Theory]
    [InlineData("")]
    [InlineData("ffffffff")]
    public async Task An_answer_that_cannot_be_read_is_an_error_of_its_call(string payload)
    {
        using ScriptedServer server = new();
        LibvirtConnection connection = await server.OpenAsync();
        Task<string> xml = connection.GetXmlAsync(Network, 0, Token);
        await server.AnswerAsync(43, new Payload().Raw(Convert.FromHexString(payload)));
        Assert.Equal(
            "Unable to decode message payload", (await Assert.ThrowsAsync<VirtNetException>(() => xml)).Message);
        Assert.False(connection.Closed.IsCompleted);
    }

    private static RawPacket LifecycleEvent(int callbackId, int change) => new(
        RawPeer.Remote,
        1,
        Procedure: 315,
        Type: 2,
        Serial: 1,
        Status: 0,
        new Payload().Int(callbackId).Network("tnet", Network.Uuid).Int(change).Int(0).ToArray());
}
