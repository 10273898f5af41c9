using System.Buffers.Binary;

namespace VirtNet.Wire.Ethernet;

/// <summary>
/// A UDP datagram with its IPv4 header as it came from a wire: whole, without options, and checked as the host's own stack
/// would have. Addresses are numbers in host order.
/// </summary>
public readonly ref struct UdpPacket
{
    /// <summary>IPv4 without options, UDP.</summary>
    public const int HeaderLength = IpLength + UdpLength;

    private const int IpLength = 20;
    private const int UdpLength = 8;
    private const byte Version4WithoutOptions = 0x45;
    private const byte Udp = 17;
    private const ushort Fragment = 0x3fff; // more follow, or this is not the first

    private UdpPacket(ReadOnlySpan<byte> octets, int end)
    {
        Source = BinaryPrimitives.ReadUInt32BigEndian(octets[12..]);
        Destination = BinaryPrimitives.ReadUInt32BigEndian(octets[16..]);
        SourcePort = BinaryPrimitives.ReadUInt16BigEndian(octets[IpLength..]);
        DestinationPort = BinaryPrimitives.ReadUInt16BigEndian(octets[(IpLength + 2)..]);
        Payload = octets[HeaderLength..end];
    }

    public uint Source { get; }

    public uint Destination { get; }

    public ushort SourcePort { get; }

    public ushort DestinationPort { get; }

    public ReadOnlySpan<byte> Payload { get; }

    /// <param name="octets">
    /// From the IPv4 header on; what follows the packet is ignored. Where there is less than the packet has, its payload is what
    /// there is, and its checksum cannot be checked.
    /// </param>
    /// <param name="isChecksumPending">Whether the sender left the checksum to a network card, and no card had to do it.</param>
    /// <param name="packet">Looks into the octets.</param>
    public static bool TryParse(ReadOnlySpan<byte> octets, bool isChecksumPending, out UdpPacket packet)
    {
        packet = default;
        if (octets.Length < HeaderLength || octets[0] != Version4WithoutOptions || octets[9] != Udp
            || (BinaryPrimitives.ReadUInt16BigEndian(octets[6..]) & Fragment) != 0
            || InternetChecksum.Finish(InternetChecksum.Add(0, octets[..IpLength])) != 0)
        {
            return false;
        }

        int total = BinaryPrimitives.ReadUInt16BigEndian(octets[2..]);
        int length = BinaryPrimitives.ReadUInt16BigEndian(octets[(IpLength + 4)..]);
        if (length < UdpLength || IpLength + length > total)
        {
            return false;
        }

        int end = Math.Min(octets.Length, IpLength + length);
        if (!isChecksumPending && end == IpLength + length && !IsChecksumRight(octets[..end]))
        {
            return false;
        }

        packet = new UdpPacket(octets, end);
        return true;
    }

    private static bool IsChecksumRight(ReadOnlySpan<byte> packet)
    {
        ReadOnlySpan<byte> udp = packet[IpLength..];
        if (BinaryPrimitives.ReadUInt16BigEndian(udp[6..]) == 0)
        {
            return true; // RFC 768: none was made
        }

        ulong pseudoHeader = InternetChecksum.Add(Udp + (ulong)udp.Length, packet.Slice(12, 8));
        return InternetChecksum.Finish(InternetChecksum.Add(pseudoHeader, udp)) == 0;
    }
}
