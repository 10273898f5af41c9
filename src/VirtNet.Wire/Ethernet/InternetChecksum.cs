using System.Buffers.Binary;

namespace VirtNet.Wire.Ethernet;

/// <summary>The one's complement sum of IP, UDP and ICMP (RFC 1071).</summary>
public static class InternetChecksum
{
    /// <summary>Adds octets to a running sum. Only the last part of a message may have an odd length.</summary>
    public static ulong Add(ulong sum, ReadOnlySpan<byte> octets)
    {
        while (octets.Length >= 4)
        {
            sum += BinaryPrimitives.ReadUInt32BigEndian(octets);
            octets = octets[4..];
        }

        if (octets.Length >= 2)
        {
            sum += BinaryPrimitives.ReadUInt16BigEndian(octets);
            octets = octets[2..];
        }

        return octets.IsEmpty ? sum : sum + ((ulong)octets[0] << 8);
    }

    /// <summary>The checksum field for a sum.</summary>
    public static ushort Finish(ulong sum)
    {
        while (sum >> 16 != 0)
        {
            sum = (sum & 0xffff) + (sum >> 16);
        }

        return (ushort)~sum;
    }
}
