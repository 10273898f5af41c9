using Microsoft.Extensions.Logging.Abstractions;
using VirtNet.Rpc.Protocol;
using VirtNet.Rpc.Server;
using VirtNet.Rpc.Server.Connections;
using VirtNet.Rpc.Tests.Fakes;
using VirtNet.Rpc.Transport;

namespace VirtNet.Rpc.Tests.Server;

/// <summary>Calls of a user who is neither root nor the daemon's own.</summary>
public sealed class AuthenticationTests : IDisposable
{
    private const int Open = 1;
    private const int Close = 2;
    private const int SupportsFeature = 60;
    private const int AuthList = 66;
    private const int AuthPolkit = 70;
    private const uint SomeUser = 4242;

    private readonly FakeNetworkDriver _driver = new();
    private readonly Dispatcher _dispatcher = new(ServedProcedures.Table(), NullLogger.Instance);
    private ServerServices? _services;
    private ClientSession? _session;

    [Fact]
    public async Task Before_authentication_nothing_else_is_served()
    {
        Connect(AuthorityAnswer.Authorized);
        foreach (int procedure in (int[])[Open, Close, SupportsFeature, 46, 283, 51])
        {
            Assert.Equal((39, 7, "authentication required"), (await CallAsync(procedure, new byte[100])).Error());
        }
    }

    [Theory]
    [InlineData(false, "org.libvirt.unix.manage")]
    [InlineData(true, "org.libvirt.unix.monitor")]
    public async Task Who_is_authorized_may_go_on(bool readOnly, string action)
    {
        FakeAuthority authority = Connect(AuthorityAnswer.Authorized, readOnly: readOnly);
        Assert.Equal(new Payload().Int(1).Int(2).ToArray(), (await CallAsync(AuthList)).Payload);
        Assert.Equal(1, (await CallAsync(AuthPolkit)).Int());
        Assert.Equal([(new ClientProcess(77, SomeUser), action)], authority.Asked);
        Assert.Equal(0, (await CallAsync(Open, new Payload().Optional("network:///system").UInt(0).ToArray())).Status);
        Assert.Equal(45, (await CallAsync(AuthPolkit)).Error().Code); // once is enough
    }

    [Theory]
    [InlineData(AuthorityAnswer.Denied, 45, "authentication failed: access denied by policy")]
    [InlineData(AuthorityAnswer.Dismissed, 79, "authentication cancelled: user cancelled authentication process")]
    [InlineData(
        AuthorityAnswer.NeedsAgent,
        94,
        "authentication unavailable: no polkit agent available to authenticate action 'org.libvirt.unix.manage'")]
    public async Task Who_is_not_authorized_learns_why(AuthorityAnswer answer, int code, string message)
    {
        Connect(answer);
        Assert.Equal((code, 60, message), (await CallAsync(AuthPolkit)).Error());
        Assert.Equal(39, (await CallAsync(Open, new byte[100])).Error().Code);
    }

    [Fact]
    public async Task Root_only_has_to_ask()
    {
        FakeAuthority authority = Connect(AuthorityAnswer.Denied, user: 0);
        Assert.Equal(39, (await CallAsync(Open, new byte[100])).Error().Code);
        Assert.Equal(new Payload().Int(1).Int(0).ToArray(), (await CallAsync(AuthList)).Payload);
        Assert.Equal(0, (await CallAsync(Open, new Payload().Optional("network:///system").UInt(0).ToArray())).Status);
        Assert.Empty(authority.Asked);
    }

    [Fact]
    public async Task An_identity_is_not_accepted_from_anybody()
    {
        Connect(AuthorityAnswer.Authorized);
        await CallAsync(AuthPolkit);
        await CallAsync(Open, new Payload().Optional("network:///system").UInt(0).ToArray());
        Assert.Equal((88, 55), (await CallAsync(419, new byte[8])).Error() is var (code, domain, _) ? (code, domain) : default);
    }

    public void Dispose() => _services?.Dispose();

    private FakeAuthority Connect(AuthorityAnswer answer, uint user = SomeUser, bool readOnly = false)
    {
        FakeAuthority authority = new(answer);
        _services = new ServerServices(
            new RpcServerOptions(),
            _driver,
            _driver,
            _driver,
            new FakeInterfaceDriver(),
            _driver,
            TimeProvider.System,
            NullLogger.Instance,
            authority);
        _session = new ClientSession(new UnixPeer(77, user, user), readOnly, isAuthenticated: false);
        return authority;
    }

    private async Task<RawPacket> CallAsync(int procedure, byte[]? arguments = null)
    {
        PacketHeader header = new(RawPeer.Remote, 1, procedure, PacketType.Call, Serial: 1, PacketStatus.Ok);
        PreparedCall call = _dispatcher.Prepare(_session!, header, arguments ?? [], payloadDropped: false);
        CallContext context = new(_session!, new UserShare(0, UserLimits.None), _services!, new NoEvents(), StartKeepAlive: () => { });
        OutgoingPacket reply = await _dispatcher.RunAsync(call, context, TestContext.Current.CancellationToken);
        RawPacket packet = RawPacket.Parse(reply.Bytes.Span[4..]);
        reply.Release();
        return packet;
    }

    private sealed class NoEvents : IEventSink
    {
        public void Send(OutgoingPacket packet) => packet.Release();

        public void Drop(string reason)
        {
            // there is no connection
        }
    }
}
