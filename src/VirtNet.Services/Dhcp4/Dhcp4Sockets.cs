using System.Buffers.Binary;
using VirtNet.Linux;
using VirtNet.Model;
using VirtNet.Services.Sockets;

namespace VirtNet.Services.Dhcp4;

/// <summary>
/// The sockets through which one network's DHCP is asked. Whichever they are, each network has its own, so that what floods one
/// of them takes nothing from the others.
/// </summary>
/// <remarks>
/// A socket on any address of the bridge hears everything, and only that can hear what is sent to all. But the kernel has one
/// place for all of them, which each datagram walks (5 ns a socket at 1,000, 14 at 10,000). So where many share it already, a
/// network has a socket on its own address, which the kernel finds at once and which keeps the port too, and a packet socket for
/// what is sent to all. That costs a descriptor, and each packet of the network's guests 50 ns, as it is looked at in passing;
/// and the host's rules for what comes in do not see what is heard so. Hence not for everybody.
/// </remarks>
internal sealed class Dhcp4Sockets(Dhcp4Link link, Dhcp4Settings settings, bool isSharing) : IAsyncDisposable
{
    private const int ReceiveBuffer = 4 << 20;

    private readonly uint _gateway = settings.Gateway;
    private readonly uint _broadcast = settings.Broadcast;
    private readonly bool _servesPxe = settings.Rules.ServesPxe;
    private DatagramSocket? _requests;
    private DatagramSocket? _broadcasts;
    private DatagramSocket? _bootRequests;

    /// <summary>Whether its socket is in the place that such sockets share.</summary>
    public bool IsSharing => isSharing;

    /// <summary>What the kernel dropped because nobody took it in time. Safe on any thread.</summary>
    public long QueueOverflows =>
        (_requests?.QueueOverflows ?? 0) + (_broadcasts?.QueueOverflows ?? 0) + (_bootRequests?.QueueOverflows ?? 0);

    /// <summary>Which kind of sockets a process before this one left for a bridge: true if it is the sharing one; null = none.</summary>
    public static bool? KindLeft(Dhcp4Link link, KeptSockets kept) =>
        kept.HasLeft(SocketBinding.Udp(new NetEndpoint(NetAddress.AnyV4, Dhcp4Destination.ServerPort), link.Index)) ? true
        : kept.HasLeft(SocketBinding.Packet(link.Index, PacketTopic.Dhcp4)) ? false
        : null;

    /// <summary>Whether these are the sockets for other settings too.</summary>
    public bool AreFor(Dhcp4Settings other) =>
        other.Rules.ServesPxe == _servesPxe && (isSharing || (other.Gateway == _gateway && other.Broadcast == _broadcast));

    /// <summary>Opens them; what comes goes to the handlers from now on. Throws <see cref="SystemCallException"/>.</summary>
    public void Open(DatagramLoop loop, DatagramHandler request, DatagramHandler bootRequest)
    {
        NetAddress own = NetAddress.From(Subnet.FromUInt32(_gateway));
        DatagramSocketOptions options = OptionsFor(isSharing ? NetAddress.AnyV4 : own, Dhcp4Destination.ServerPort);
        _requests = loop.Open(options with { ReceiveBuffer = ReceiveBuffer }, OnRequest);
        if (!isSharing)
        {
            PacketSocketOptions hearing = new(link.Index, PacketTopic.Dhcp4, BroadcastFilter.For(_broadcast, Dhcp4Destination.ServerPort))
            {
                ReceiveBuffer = ReceiveBuffer,
            };
            _broadcasts = loop.Open(hearing, request);
        }

        if (_servesPxe)
        {
            _bootRequests = loop.Open(OptionsFor(NetAddress.AnyV4, PxeBootItem.Port), bootRequest);
        }

        void OnRequest(DatagramSocket socket, in Datagram datagram)
        {
            _requests ??= socket; // it may come before the call that opens has returned
            request(socket, datagram);
        }
    }

    /// <summary>Sends through the host's stack, from the network's own address. The loop's thread only.</summary>
    public void Send(ReadOnlySpan<byte> payload, uint address, ushort port)
    {
        if (_requests is { } socket)
        {
            payload.CopyTo(socket.Rent());
            Span<byte> octets = stackalloc byte[4];
            BinaryPrimitives.WriteUInt32BigEndian(octets, address);
            socket.Send(
                payload.Length, new NetEndpoint(NetAddress.From(octets), port), NetAddress.From(Subnet.FromUInt32(_gateway)));
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (DatagramSocket? socket in (DatagramSocket?[])[_requests, _broadcasts, _bootRequests])
        {
            if (socket is not null)
            {
                await socket.DisposeAsync();
            }
        }
    }

    private DatagramSocketOptions OptionsFor(NetAddress address, ushort port) => new(new NetEndpoint(address, port))
    {
        IsKept = true,
        Device = link.Bridge,
        ReuseAddress = true, // other bridges' sockets, and servers that hold the port for other interfaces
        FreeBind = address != NetAddress.AnyV4, // the host may lose the address and get it back
        Broadcast = true,
        Filter = ForeignFrameFilter.Program,
    };
}
