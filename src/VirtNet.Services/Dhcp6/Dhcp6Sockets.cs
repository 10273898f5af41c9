using VirtNet.Linux;
using VirtNet.Services.Sockets;

namespace VirtNet.Services.Dhcp6;

/// <summary>
/// The socket through which one network's DHCPv6 is asked. Whichever it is, each network has its own, so that what floods one of
/// them takes nothing from the others.
/// </summary>
/// <remarks>
/// As in DHCPv4 UDP sockets on the servers' port share a place that each datagram is passed through (<see cref="SharedPlaces"/>).
/// Where many share it already, a network has a packet socket instead, and sends with all others of this kind. That costs each
/// packet of the network's guests 50 ns, and the host's rules for what comes in do not see what is heard so. It does not have
/// the port: what a guest sends to the host's own address is refused by the kernel instead of being ignored here.
/// </remarks>
internal sealed class Dhcp6Sockets(
    string bridge, int device, bool isSharing, GroupMemberships groups, Ipv6Sender sender) : IAsyncDisposable
{
    public const ushort ServerPort = 547;

    /// <summary>All_DHCP_Relay_Agents_and_Servers (RFC 8415, 7.1).</summary>
    public static readonly NetAddress Servers = NetAddress.From([0xff, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 2]);

    private const int ReceiveBuffer = 1 << 20;

    private DatagramSocket? _requests;
    private IDisposable? _membership;

    /// <summary>Whether its socket is in the place that such sockets share.</summary>
    public bool IsSharing => isSharing;

    /// <summary>What the kernel dropped because nobody took it in time. Safe on any thread.</summary>
    public long QueueOverflows => _requests?.QueueOverflows ?? 0;

    /// <summary>Which kind of socket a process before this one left for a bridge: true if it is the sharing one; null = none.</summary>
    public static bool? KindLeft(int device, KeptSockets kept) =>
        kept.HasLeft(SocketBinding.Udp(new NetEndpoint(NetAddress.AnyV6, ServerPort), device)) ? true
        : kept.HasLeft(SocketBinding.Packet(device, PacketTopic.Dhcp6)) ? false
        : null;

    /// <summary>Opens it; what comes goes to the handler from now on. Throws <see cref="SystemCallException"/>.</summary>
    public void Open(DatagramLoop loop, DatagramHandler handler)
    {
        if (isSharing)
        {
            DatagramSocketOptions options = new(new NetEndpoint(NetAddress.AnyV6, ServerPort))
            {
                IsKept = true,
                Device = bridge,
                ReuseAddress = true, // other bridges' sockets, and servers that hold the port for other interfaces
                Groups = [Servers],
                ReceiveBuffer = ReceiveBuffer,
                Filter = ForeignSourceFilter.Program,
            };
            _requests = loop.Open(options, OnRequest);
            return;
        }

        _membership = groups.Join(Servers, device);
        PacketSocketOptions hearing = new(device, PacketTopic.Dhcp6, ServersGroupFilter.Program)
        {
            ReceiveBuffer = ReceiveBuffer,
        };
        _requests = loop.Open(hearing, OnRequest);

        void OnRequest(DatagramSocket socket, in Datagram datagram)
        {
            _requests ??= socket; // it may come before the call that opens has returned
            handler(socket, datagram);
        }
    }

    /// <summary>The loop's thread only. Throws <see cref="SystemCallException"/>.</summary>
    public void Send(ReadOnlySpan<byte> message, NetEndpoint client)
    {
        if (!isSharing)
        {
            NetAddress source = Ipv6Sender.SourceTowards(bridge, client.Address);
            if (!source.IsNone)
            {
                sender.SendUdp(device, new NetEndpoint(source, ServerPort), client, message);
            }
        }
        else if (_requests is { } socket)
        {
            message.CopyTo(socket.Rent());
            socket.Send(message.Length, client);
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_requests is not null)
        {
            await _requests.DisposeAsync();
        }

        _membership?.Dispose();
    }
}
