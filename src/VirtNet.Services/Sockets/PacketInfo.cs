using System.Runtime.InteropServices;
using VirtNet.Linux;

namespace VirtNet.Services.Sockets;

/// <summary>
/// The control message beside a datagram: IP_PKTINFO and IPV6_PKTINFO (struct in_pktinfo, in6_pktinfo after a struct
/// cmsghdr of 16 octets).
/// </summary>
internal static class PacketInfo
{
    /// <summary>Octets that <see cref="Write"/> needs at most.</summary>
    public const int MaxLength = 40;

    private const int HeaderLength = 16;
    private const int LengthV4 = HeaderLength + 12;
    private const int LengthV6 = HeaderLength + 20;

    public static void Read(ReadOnlySpan<byte> control, out NetAddress destination, out int interfaceIndex)
    {
        destination = default;
        interfaceIndex = 0;
        while (control.Length >= HeaderLength)
        {
            ulong length = MemoryMarshal.Read<ulong>(control);
            int level = MemoryMarshal.Read<int>(control[8..]);
            int type = MemoryMarshal.Read<int>(control[12..]);
            if (level == Libc.SolIp && type == Libc.IpPacketInfo && length >= LengthV4 && control.Length >= LengthV4)
            {
                interfaceIndex = MemoryMarshal.Read<int>(control[HeaderLength..]);
                destination = NetAddress.From(control.Slice(HeaderLength + 8, 4));
                return;
            }

            if (level == Libc.SolIpv6 && type == Libc.Ipv6PacketInfo && length >= LengthV6 && control.Length >= LengthV6)
            {
                destination = NetAddress.From(control.Slice(HeaderLength, 16));
                interfaceIndex = MemoryMarshal.Read<int>(control[(HeaderLength + 16)..]);
                return;
            }

            ulong padded = (length + 7) & ~7ul;
            if (padded < HeaderLength || padded > (ulong)control.Length)
            {
                return;
            }

            control = control[(int)padded..];
        }
    }

    /// <summary>Writes which address and interface to send from; returns the octets used, 0 if nothing is asked.</summary>
    public static int Write(Span<byte> control, bool v6, NetAddress source, int interfaceIndex)
    {
        if (source.IsNone && interfaceIndex == 0)
        {
            return 0;
        }

        control[..MaxLength].Clear();
        MemoryMarshal.Write(control, (ulong)(v6 ? LengthV6 : LengthV4));
        MemoryMarshal.Write(control[8..], v6 ? Libc.SolIpv6 : Libc.SolIp);
        MemoryMarshal.Write(control[12..], v6 ? Libc.Ipv6PacketInfo : Libc.IpPacketInfo);
        if (v6)
        {
            source.CopyTo(control[HeaderLength..]);
            MemoryMarshal.Write(control[(HeaderLength + 16)..], interfaceIndex);
            return MaxLength;
        }

        MemoryMarshal.Write(control[HeaderLength..], interfaceIndex);
        source.CopyTo(control[(HeaderLength + 4)..]);
        return 32;
    }
}
