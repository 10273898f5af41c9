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

    /// <param name="name">Where a datagram came from, as the kernel writes it.</param>
    public static bool IsOne(ReadOnlySpan<byte> name) =>
        name.Length >= MinNameLength && MemoryMarshal.Read<ushort>(name) == Libc.AfPacket;

    /// <param name="name">struct sockaddr_ll.</param>
    /// <param name="control">The control message beside it.</param>
    /// <param name="packet">From its IPv4 header on.</param>
    public static bool TryRead(
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
