using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Text;
using VirtNet.Linux;
using VirtNet.Services.Sockets;
using VirtNet.Wire.Ndisc;

namespace VirtNet.Services.Ra;

/// <summary>A raw ICMPv6 socket on one bridge that receives router solicitations and nothing else.</summary>
internal sealed class RaSocket : IDisposable
{
    private const int SolSocket = 1;
    private const int SoBindToDevice = 25;
    private const int IpProtoIcmpV6 = 58;
    private const int Icmp6Filter = 1;

    // Receivers drop neighbour discovery that a router could have passed on (RFC 4861 section 6.1).
    private const int OnLinkHopLimit = 255;

    private static readonly IPAddress AllNodes = IPAddress.Parse("ff02::1");
    private static readonly IPAddress AllRouters = IPAddress.Parse("ff02::2");

    private readonly Socket _socket;
    private readonly KeptSockets _kept;
    private readonly string _bridge;
    private readonly uint _index;

    /// <exception cref="SocketException">The bridge is not there, or raw sockets are not allowed.</exception>
    public RaSocket(string bridge, KeptSockets kept)
    {
        _bridge = bridge;
        _kept = kept;
        _index = Libc.InterfaceIndex(bridge);
        FileDescriptor? left = kept.Take(SocketBinding.IcmpV6((int)_index));
        _socket = left is null
            ? new Socket(AddressFamily.InterNetworkV6, SocketType.Raw, ProtocolType.IcmpV6)
            : new Socket(new SafeSocketHandle(left.Detach(), ownsHandle: true));
        try
        {
            _socket.SetRawSocketOption(IpProtoIcmpV6, Icmp6Filter, OnlySolicitations());
            _socket.SetRawSocketOption(SolSocket, SoBindToDevice, Encoding.UTF8.GetBytes(bridge));
            if (left is null)
            {
                _socket.Bind(new IPEndPoint(IPAddress.IPv6Any, 0));
            }

            _socket.SetSocketOption(SocketOptionLevel.IPv6, SocketOptionName.MulticastTimeToLive, OnLinkHopLimit);
            _socket.SetSocketOption(SocketOptionLevel.IPv6, SocketOptionName.IpTimeToLive, OnLinkHopLimit);
            _socket.SetSocketOption(SocketOptionLevel.IPv6, SocketOptionName.MulticastLoopback, false);
            Join(isMember: left is not null);
            kept.Keep(_socket.SafeHandle);
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>All guests of this bridge.</summary>
    public IPEndPoint Everybody => new(new IPAddress(AllNodes.GetAddressBytes(), _index), 0);

    /// <summary>Whether it is on the bridge that has this name now: one made anew is another interface.</summary>
    public bool Serves(string bridge) => bridge == _bridge && Libc.InterfaceIndex(bridge) == _index;

    /// <summary>The bridge's link-local address; null while it has none (IPv6 just came up).</summary>
    public IPAddress? FindLinkLocal()
    {
        // The kernel's own choice of a source towards the link, without sending anything.
        using Socket probe = new(AddressFamily.InterNetworkV6, SocketType.Dgram, ProtocolType.Udp);
        try
        {
            probe.SetRawSocketOption(SolSocket, SoBindToDevice, Encoding.UTF8.GetBytes(_bridge));
            probe.Connect(new IPEndPoint(Everybody.Address, 9));
            return probe.LocalEndPoint is IPEndPoint { Address: { IsIPv6LinkLocal: true } address }
                ? new IPAddress(address.GetAddressBytes())
                : null;
        }
        catch (SocketException)
        {
            return null;
        }
    }

    public async ValueTask SendAsync(ReadOnlyMemory<byte> message, IPEndPoint to, CancellationToken cancellationToken) =>
        await _socket.SendToAsync(message, to, cancellationToken);

    /// <summary>Waits for the next valid solicitation.</summary>
    /// <returns>Who asks; null for a guest that has no address yet and must be answered by multicast.</returns>
    public async Task<IPEndPoint?> ReceiveAsync(CancellationToken cancellationToken)
    {
        byte[] buffer = new byte[1500];
        while (true)
        {
            SocketReceiveFromResult result = await _socket.ReceiveFromAsync(
                buffer, new IPEndPoint(IPAddress.IPv6Any, 0), cancellationToken);
            if (!RouterSolicitation.IsValid(buffer.AsSpan(0, result.ReceivedBytes)))
            {
                continue;
            }

            IPEndPoint peer = (IPEndPoint)result.RemoteEndPoint;
            if (peer.Address.IsIPv6LinkLocal)
            {
                return peer;
            }

            if (peer.Address.Equals(IPAddress.IPv6Any))
            {
                return null;
            }
        }
    }

    public void Dispose()
    {
        _kept.Release(_socket.SafeHandle);
        _socket.Dispose();
    }

    /// <param name="isMember">Whether the socket may have joined before.</param>
    private void Join(bool isMember)
    {
        try
        {
            _socket.SetSocketOption(
                SocketOptionLevel.IPv6, SocketOptionName.AddMembership, new IPv6MulticastOption(AllRouters, _index));
        }
        catch (SocketException e) when (isMember && e.SocketErrorCode == SocketError.AddressAlreadyInUse)
        {
            // it has
        }
    }

    // struct icmp6_filter: 256 bits in words of the host's order, a set bit blocks.
    private static byte[] OnlySolicitations()
    {
        uint[] filter = [.. Enumerable.Repeat(uint.MaxValue, 8)];
        filter[RouterSolicitation.Type / 32] &= ~(1u << (RouterSolicitation.Type % 32));
        return MemoryMarshal.AsBytes(filter.AsSpan()).ToArray();
    }
}
