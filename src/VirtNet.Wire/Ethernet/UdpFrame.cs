using System.Buffers.Binary;

namespace VirtNet.Wire.Ethernet;

/// <summary>
/// An Ethernet frame with an IPv4 UDP datagram, for clients that have no address yet and so cannot be reached through
/// the host's stack. Addresses are numbers in host order.
/// </summary>
public readonly ref struct UdpFrame
{
    /// <summary>Ethernet, IPv4 without options, UDP.</summary>
    public const int HeaderLength = 14 + 20 + 8;

    public ReadOnlySpan<byte> DestinationMac { get; init; }

    public ReadOnlySpan<byte> SourceMac { get; init; }

    public uint Destination { get; init; }

    public uint Source { get; init; }

    public ushort DestinationPort { get; init; }

    public ushort SourcePort { get; init; }

    /// <summary>
    /// Fills the first <see cref="HeaderLength"/> octets of a frame whose payload is already in place behind them. Both
    /// checksums are complete: guests with raw sockets drop datagrams that were left to the network card to finish.
    /// </summary>
    public void WriteHeader(Span<byte> frame)
    {
        DestinationMac.CopyTo(frame);
        SourceMac.CopyTo(frame[6..]);
        BinaryPrimitives.WriteUInt16BigEndian(frame[12..], 0x0800);

        Span<byte> ip = frame[14..];
        ip[0] = 0x45;
        ip[1] = 0xc0; // network control, as routers and DHCP servers mark their packets
        BinaryPrimitives.WriteUInt16BigEndian(ip[2..], (ushort)ip.Length);
        BinaryPrimitives.WriteUInt32BigEndian(ip[4..], 0);
        ip[8] = 64;
        ip[9] = 17;
        BinaryPrimitives.WriteUInt16BigEndian(ip[10..], 0);
        BinaryPrimitives.WriteUInt32BigEndian(ip[12..], Source);
        BinaryPrimitives.WriteUInt32BigEndian(ip[16..], Destination);
        BinaryPrimitives.WriteUInt16BigEndian(ip[10..], InternetChecksum.Finish(InternetChecksum.Add(0, ip[..20])));

        Span<byte> udp = ip[20..];
        BinaryPrimitives.WriteUInt16BigEndian(udp, SourcePort);
        BinaryPrimitives.WriteUInt16BigEndian(udp[2..], DestinationPort);
        BinaryPrimitives.WriteUInt16BigEndian(udp[4..], (ushort)udp.Length);
        BinaryPrimitives.WriteUInt16BigEndian(udp[6..], 0);
        ulong pseudoHeader = InternetChecksum.Add(17 + (ulong)udp.Length, ip.Slice(12, 8));
        ushort checksum = InternetChecksum.Finish(InternetChecksum.Add(pseudoHeader, udp));
        BinaryPrimitives.WriteUInt16BigEndian(udp[6..], checksum == 0 ? (ushort)0xffff : checksum); // RFC 768: 0 = none
    }
}
