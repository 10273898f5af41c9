using System.Buffers.Binary;

namespace VirtNet.Wire.Ethernet;

/// <summary>
/// A UDP datagram or an ICMPv6 message with its IPv6 header as it came from a wire: whole, without extension headers, and checked
/// as the host's own stack would have. It borrows the octets it was read from.
/// </summary>
public readonly ref struct Ipv6Packet
{
    /// <summary>IPv6 without extension headers.</summary>
    public const int HeaderLength = 40;

    /// <summary>IPv6 without extension headers, UDP.</summary>
    public const int UdpHeaderLength = HeaderLength + UdpLength;

    public const byte Udp = 17;
    public const byte IcmpV6 = 58;

    private const int UdpLength = 8;
    private const int IcmpLength = 4;
    private const int AddressLength = 16;

    private Ipv6Packet(ReadOnlySpan<byte> octets, int end)
    {
        Protocol = octets[6];
        Source = octets.Slice(8, AddressLength);
        Destination = octets.Slice(24, AddressLength);
        SourcePort = Protocol == Udp ? BinaryPrimitives.ReadUInt16BigEndian(octets[HeaderLength..]) : (ushort)0;
        Payload = octets[(HeaderLength + (Protocol == Udp ? UdpLength : 0))..end];
    }

    public byte Protocol { get; }

    public ReadOnlySpan<byte> Source { get; }

    public ReadOnlySpan<byte> Destination { get; }

    /// <summary>0 for ICMPv6.</summary>
    public ushort SourcePort { get; }

    /// <summary>What UDP carried, or the whole ICMPv6 message.</summary>
    public ReadOnlySpan<byte> Payload { get; }

    /// <param name="octets">
    /// From the IPv6 header on; what follows the packet is ignored. Where there is less than the packet has, its payload is what
    /// there is, and its checksum cannot be checked.
    /// </param>
    /// <param name="isChecksumPending">Whether the sender left the checksum to a network card, and no card had to do it.</param>
    /// <param name="packet">Looks into the octets.</param>
    public static bool TryParse(ReadOnlySpan<byte> octets, bool isChecksumPending, out Ipv6Packet packet)
    {
        packet = default;
        if (octets.Length < HeaderLength || octets[0] >> 4 != 6 || octets[6] is not (Udp or IcmpV6))
        {
            return false;
        }

        int header = octets[6] == Udp ? UdpLength : IcmpLength;
        int length = BinaryPrimitives.ReadUInt16BigEndian(octets[4..]);
        if (length < header || octets.Length < HeaderLength + header)
        {
            return false;
        }

        if (octets[6] == Udp)
        {
            int udp = BinaryPrimitives.ReadUInt16BigEndian(octets[(HeaderLength + 4)..]);
            if (udp < header || udp > length || BinaryPrimitives.ReadUInt16BigEndian(octets[(HeaderLength + 6)..]) == 0)
            {
                return false; // unlike in IPv4 there is always a checksum (RFC 8200, 8.1)
            }

            length = udp;
        }

        int end = Math.Min(octets.Length, HeaderLength + length);
        if (!isChecksumPending && end == HeaderLength + length && Ipv6Header.ChecksumOf(octets[..end]) != 0)
        {
            return false;
        }

        packet = new Ipv6Packet(octets, end);
        return true;
    }
}
