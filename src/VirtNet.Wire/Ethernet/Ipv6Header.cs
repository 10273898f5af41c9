using System.Buffers.Binary;

namespace VirtNet.Wire.Ethernet;

/// <summary>The header of a packet that is made as a whole (RFC 8200, 3), with the checksum of what it carries.</summary>
public readonly ref struct Ipv6Header
{
    private const byte NetworkControl = 0xc; // the upper half of the traffic class, as routers mark their packets
    private const int AddressesAt = 8;
    private const int UdpChecksumAt = 6;
    private const int IcmpChecksumAt = 2;

    public ReadOnlySpan<byte> Source { get; init; }

    public ReadOnlySpan<byte> Destination { get; init; }

    /// <summary><see cref="Ipv6Packet.Udp"/> or <see cref="Ipv6Packet.IcmpV6"/>.</summary>
    public byte Protocol { get; init; }

    public byte HopLimit { get; init; }

    /// <summary>
    /// Fills the first <see cref="Ipv6Packet.HeaderLength"/> octets of a packet whose ICMPv6 message, or whose UDP header with
    /// what follows it, is already in place behind them, and the checksum therein.
    /// </summary>
    public void Write(Span<byte> packet)
    {
        Span<byte> content = packet[Ipv6Packet.HeaderLength..];
        packet[..AddressesAt].Clear();
        packet[0] = 0x60 | NetworkControl;
        BinaryPrimitives.WriteUInt16BigEndian(packet[4..], (ushort)content.Length);
        packet[6] = Protocol;
        packet[7] = HopLimit;
        Source.CopyTo(packet[AddressesAt..]);
        Destination.CopyTo(packet[(AddressesAt + Source.Length)..]);

        Span<byte> checksum = content.Slice(Protocol == Ipv6Packet.Udp ? UdpChecksumAt : IcmpChecksumAt, sizeof(ushort));
        checksum.Clear();
        ushort sum = ChecksumOf(packet);
        BinaryPrimitives.WriteUInt16BigEndian(checksum, sum == 0 && Protocol == Ipv6Packet.Udp ? ushort.MaxValue : sum);
    }

    /// <summary>With the pseudo-header (RFC 8200, 8.1); 0 where the packet has its checksum, and that is right.</summary>
    internal static ushort ChecksumOf(ReadOnlySpan<byte> packet)
    {
        ReadOnlySpan<byte> content = packet[Ipv6Packet.HeaderLength..];
        ulong pseudoHeader = InternetChecksum.Add(
            packet[6] + (ulong)content.Length, packet[AddressesAt..Ipv6Packet.HeaderLength]);
        return InternetChecksum.Finish(InternetChecksum.Add(pseudoHeader, content));
    }
}
