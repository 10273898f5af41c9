using System.Buffers.Binary;
using System.Text;
using VirtNet.Linux;
using VirtNet.Wire.Ethernet;

namespace VirtNet.Services.Sockets;

/// <summary>
/// Sends IPv6 packets through any interface, by the host's stack and its rules. One for all networks: it takes no port and hears
/// nothing, so no packet is held against it. Safe on any thread. Its calls throw <see cref="SystemCallException"/>.
/// </summary>
internal sealed unsafe class Ipv6Sender : IDisposable
{
    /// <summary>Octets of the largest packet, which is not fragmented: what Ethernet carries.</summary>
    public const int MaxLength = 1500;

    private const int HeaderGiven = 255; // IPPROTO_RAW
    private const byte OnLinkHopLimit = 255; // a receiver drops what a router could have passed on (RFC 4861, 6.1)
    private const byte UsualHopLimit = 64;
    private const int UdpLength = Ipv6Packet.UdpHeaderLength - Ipv6Packet.HeaderLength;
    private const ushort Discard = 9; // any port: nothing is sent

    private readonly FileDescriptor _socket;

    public Ipv6Sender()
    {
        _socket = Libc.Checked(
            Libc.Socket(Libc.AfInet6, Libc.SockRaw | Libc.SockNonBlocking | Libc.SockCloseOnExec, HeaderGiven), "socket(IPPROTO_RAW)")
            .OutOfTheWay();
        try
        {
            Libc.AttachFilter(_socket, [new Libc.FilterStep(Bpf.Return, 0, 0, 0)]); // what has this protocol's number
            Libc.SetOption(_socket, Libc.SolIpv6, Libc.Ipv6MulticastLoop, 0);
        }
        catch
        {
            _socket.Dispose();
            throw;
        }
    }

    /// <summary>The address from which the host's stack would send to a destination through a device; none if it has none for it.</summary>
    public static NetAddress SourceTowards(string device, NetAddress destination)
    {
        using FileDescriptor probe = Libc.Checked(Libc.Socket(Libc.AfInet6, Libc.SockDgram | Libc.SockCloseOnExec, 0), "socket");
        byte[] name = Encoding.UTF8.GetBytes(device);
        byte* address = stackalloc byte[NetEndpoint.MaxSocketAddressLength];
        uint length = NetEndpoint.MaxSocketAddressLength;
        new NetEndpoint(destination, Discard).ToSocketAddress(new Span<byte>(address, (int)length));
        fixed (byte* start = name)
        {
            return Libc.SetSocketOption(probe, Libc.SolSocket, Libc.SoBindToDevice, start, (uint)name.Length) == 0
                && Libc.Connect(probe, address, length) == 0
                && Libc.GetSocketName(probe, address, &length) == 0
                    ? NetEndpoint.FromSocketAddress(new ReadOnlySpan<byte>(address, (int)length)).Address
                    : default;
        }
    }

    /// <summary>Sends an ICMPv6 message to a neighbour.</summary>
    /// <param name="message">Its checksum is filled in.</param>
    public void SendIcmp(int device, NetAddress source, NetEndpoint destination, ReadOnlySpan<byte> message)
    {
        Span<byte> packet = stackalloc byte[Ipv6Packet.HeaderLength + message.Length];
        message.CopyTo(packet[Ipv6Packet.HeaderLength..]);
        Send(device, source, destination, Ipv6Packet.IcmpV6, OnLinkHopLimit, packet);
    }

    public void SendUdp(int device, NetEndpoint source, NetEndpoint destination, ReadOnlySpan<byte> payload)
    {
        Span<byte> packet = stackalloc byte[Ipv6Packet.UdpHeaderLength + payload.Length];
        Span<byte> udp = packet[Ipv6Packet.HeaderLength..];
        BinaryPrimitives.WriteUInt16BigEndian(udp, source.Port);
        BinaryPrimitives.WriteUInt16BigEndian(udp[2..], destination.Port);
        BinaryPrimitives.WriteUInt16BigEndian(udp[4..], (ushort)udp.Length);
        payload.CopyTo(udp[UdpLength..]);
        Send(device, source.Address, destination, Ipv6Packet.Udp, UsualHopLimit, packet);
    }

    public void Dispose() => _socket.Dispose();

    /// <param name="packet">Its header is filled in.</param>
    private void Send(
        int device, NetAddress source, NetEndpoint destination, byte protocol, byte hopLimit, Span<byte> packet)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(packet.Length, MaxLength);
        Span<byte> from = stackalloc byte[source.Length];
        Span<byte> to = stackalloc byte[destination.Address.Length];
        source.CopyTo(from);
        destination.Address.CopyTo(to);
        new Ipv6Header { Source = from, Destination = to, Protocol = protocol, HopLimit = hopLimit }.Write(packet);

        byte* name = stackalloc byte[NetEndpoint.MaxSocketAddressLength];
        byte* control = stackalloc byte[PacketInfo.MaxLength];
        fixed (byte* start = packet)
        {
            Libc.IoVector part = new() { Base = start, Length = (nuint)packet.Length };
            Libc.MessageVector message = new()
            {
                Name = name,
                NameLength = (uint)(destination with { Port = 0 }).ToSocketAddress(
                    new Span<byte>(name, NetEndpoint.MaxSocketAddressLength)),
                Parts = &part,
                PartCount = 1,
                Control = control,
                ControlLength = (nuint)PacketInfo.Write(
                    new Span<byte>(control, PacketInfo.MaxLength), v6: true, NetAddress.AnyV6, device),
            };
            Libc.Check(Libc.SendMany(_socket, &message, 1, Libc.MsgDontWait | Libc.MsgNoSignal), "sendmmsg");
        }
    }
}
