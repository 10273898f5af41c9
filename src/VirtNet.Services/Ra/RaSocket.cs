using VirtNet.Linux;
using VirtNet.Services.Sockets;

namespace VirtNet.Services.Ra;

/// <summary>
/// Hears on one bridge who asks for routers, and sends there. A packet socket hears beneath the host's stack, so rules of the
/// host for what comes in do not see solicitations; those for what goes out do see advertisements.
/// </summary>
internal sealed class RaSocket : IAsyncDisposable
{
    private const int ReceiveBuffer = 256 << 10;

    private static readonly NetAddress AllNodes = NetAddress.From([0xff, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1]);
    private static readonly NetAddress AllRouters = NetAddress.From([0xff, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2]);

    private readonly RaSockets _shared;
    private readonly string _bridge;
    private readonly int _index;
    private DatagramSocket? _solicitations;
    private IDisposable? _membership;

    public RaSocket(string bridge, RaSockets shared)
    {
        _bridge = bridge;
        _shared = shared;
        _index = (int)Libc.InterfaceIndex(bridge);
    }

    /// <summary>All guests of this bridge.</summary>
    public NetEndpoint Everybody => new(AllNodes, 0, (uint)_index);

    /// <summary>Solicitations go to the handler from now on, on the loop's thread. Throws <see cref="SystemCallException"/>.</summary>
    public void Open(SolicitationHandler handler)
    {
        if (_index == 0)
        {
            throw new SystemCallException("if_nametoindex", SystemCallException.NoSuchDevice);
        }

        _membership = _shared.Groups.Join(AllRouters, _index);
        PacketSocketOptions options = new(_index, PacketTopic.RouterSolicitations, SolicitationFilter.Program)
        {
            ReceiveBuffer = ReceiveBuffer,
        };
        _solicitations = _shared.Loop.Open(
            options, (DatagramSocket _, in Datagram datagram) => handler(datagram.Peer, datagram.Payload));
        FormerRaSocket.Empty(_index, _shared.Kept, handler);
    }

    /// <summary>Whether it is on the bridge that has this name now: one made anew is another interface.</summary>
    public bool Serves(string bridge) => bridge == _bridge && Libc.InterfaceIndex(bridge) == _index;

    /// <summary>The bridge's link-local address; none while it has none (IPv6 just came up).</summary>
    public NetAddress FindLinkLocal() =>
        Ipv6Sender.SourceTowards(_bridge, AllNodes) is { IsLinkLocalV6: true } address ? address : default;

    /// <summary>Safe on any thread. Throws <see cref="SystemCallException"/>.</summary>
    public void Send(ReadOnlySpan<byte> message, NetAddress linkLocal, NetEndpoint to) =>
        _shared.Sender.SendIcmp(_index, linkLocal, to, message);

    public async ValueTask DisposeAsync()
    {
        if (_solicitations is not null)
        {
            await _solicitations.DisposeAsync();
        }

        _membership?.Dispose();
    }
}

/// <summary>Takes what may be a router solicitation, which is borrowed.</summary>
/// <param name="from">Who asks; an address of zeros is a guest that has none yet.</param>
internal delegate void SolicitationHandler(NetEndpoint from, ReadOnlySpan<byte> message);
