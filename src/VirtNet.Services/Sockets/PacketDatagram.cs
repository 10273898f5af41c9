using System.Buffers.Binary;
using System.Runtime.InteropServices;
using VirtNet.Linux;
using VirtNet.Wire.Ethernet;

namespace VirtNet.Services.Sockets;

/// <summary>
/// What a packet socket hands over, as a datagram. It hears before the host's stack does, so what that would not let in is
/// kept out here.
/// </summary>
internal static class PacketDatagram
{
    private const int InterfaceAt = 4; // sll_ifindex in struct sockaddr_ll
    private const int MinNameLength = 12;

    private const int ControlHeaderLength = 16;
    private const uint ChecksumNotReady = 8; // TP_STATUS_CSUMNOTREADY

    private const uint Loopback = 127; // the first octet
    private const uint FirstMulticast = 224;
    private const byte Ipv6Multicast = 0xff;

    /// <param name="name">Where a datagram came from, as the kernel writes it.</param>
    public static bool IsOne(ReadOnlySpan<byte> name) =>
        name.Length >= MinNameLength && MemoryMarshal.Read<ushort>(name) == Libc.AfPacket;

    /// <param name="name">struct sockaddr_ll.</param>
    /// <param name="control">The control message beside it.</param>
    /// <param name="packet">From its IP header on.</param>
    /// <param name="datagram">For ICMPv6 the whole message, of port 0.</param>
    public static bool TryRead(
        ReadOnlySpan<byte> name, ReadOnlySpan<byte> control, ReadOnlySpan<byte> packet, out Datagram datagram) =>
        packet.Length > 0 && packet[0] >> 4 == 6
            ? TryReadV6(name, control, packet, out datagram)
            : TryReadV4(name, control, packet, out datagram);

    private static bool TryReadV4(
        ReadOnlySpan<byte> name, ReadOnlySpan<byte> control, ReadOnlySpan<byte> packet, out Datagram datagram)
    {
        datagram = default;
        if (!UdpPacket.TryParse(packet, IsChecksumPending(control), out UdpPacket udp)
            || udp.Source >> 24 is Loopback or >= FirstMulticast)
        {
            return false;
        }

        datagram = new Datagram(
            udp.Payload,
            new NetEndpoint(AddressOf(udp.Source), udp.SourcePort),
            AddressOf(udp.Destination),
            MemoryMarshal.Read<int>(name[InterfaceAt..]));
        return true;
    }

    private static bool TryReadV6(
        ReadOnlySpan<byte> name, ReadOnlySpan<byte> control, ReadOnlySpan<byte> packet, out Datagram datagram)
    {
        datagram = default;
        if (!Ipv6Packet.TryParse(packet, IsChecksumPending(control), out Ipv6Packet ip)
            || ip.Source[0] == Ipv6Multicast || NetAddress.From(ip.Source) is not { IsLoopback: false } source)
        {
            return false;
        }

        int device = MemoryMarshal.Read<int>(name[InterfaceAt..]);
        datagram = new Datagram(
            ip.Payload,
            new NetEndpoint(source, ip.SourcePort, source.IsLinkLocalV6 ? (uint)device : 0),
            NetAddress.From(ip.Destination),
            device);
        return true;
    }

    /// <summary>Whether it is from a machine of this host, whose system leaves checksums to a card.</summary>
    private static bool IsChecksumPending(ReadOnlySpan<byte> control) =>
        control.Length >= ControlHeaderLength + sizeof(uint)
        && MemoryMarshal.Read<int>(control[8..]) == Libc.SolPacket
        && MemoryMarshal.Read<int>(control[12..]) == Libc.PacketAuxiliaryData
        && (MemoryMarshal.Read<uint>(control[ControlHeaderLength..]) & ChecksumNotReady) != 0;

    private static NetAddress AddressOf(uint address)
    {
        Span<byte> octets = stackalloc byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(octets, address);
        return NetAddress.From(octets);
    }
}
