using VirtNet.Linux;
using VirtNet.Wire.Ethernet;
using VirtNet.Wire.Ndisc;
using static VirtNet.Services.Sockets.Bpf;

namespace VirtNet.Services.Ra;

/// <summary>
/// Of all packets of a bridge, router solicitations that no router can have passed on (RFC 4861, 6.1.1). The first two steps end
/// it for nearly all that guests send.
/// </summary>
/// <remarks>
/// Left out is what is for another machine or of a VLAN, what is shorter than it says, and, unlike where the host's stack takes
/// it apart, what has extension headers: a fragment is none to answer (RFC 6980), and no guest sends the others with a
/// solicitation unless to hide it from filters (RFC 7113).
/// </remarks>
internal static class SolicitationFilter
{
    private const uint Ipv6 = 0x86dd;
    private const uint ForAnother = 3; // PACKET_OTHERHOST

    public static IReadOnlyList<Libc.FilterStep> Program { get; } =
    [
        new(LoadByte, 0, 0, 6), // what follows the header
        new(JumpIfEqual, 0, 15, Ipv6Packet.IcmpV6),
        new(LoadByte, 0, 0, Ipv6Packet.HeaderLength),
        new(JumpIfEqual, 0, 13, RouterSolicitation.Type),
        new(LoadWord, 0, 0, FrameType),
        new(JumpIfEqual, 0, 11, Ipv6),
        new(LoadWord, 0, 0, IsTagged),
        new(JumpIfEqual, 0, 9, 0),
        new(LoadWord, 0, 0, PacketKind),
        new(JumpIfNotLess, 7, 0, ForAnother),
        new(LoadByte, 0, 0, 7), // the hop limit
        new(JumpIfEqual, 0, 5, 255),
        new(LoadLengthInX, 0, 0, 0),
        new(LoadHalf, 0, 0, 4), // what follows, in octets
        new(Add, 0, 0, Ipv6Packet.HeaderLength),
        new(JumpIfGreaterX, 1, 0, 0),
        new(Return, 0, 0, Everything),
        new(Return, 0, 0, 0),
    ];
}
