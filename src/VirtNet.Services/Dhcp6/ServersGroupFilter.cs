using VirtNet.Linux;
using VirtNet.Wire.Ethernet;
using static VirtNet.Services.Sockets.Bpf;

namespace VirtNet.Services.Dhcp6;

/// <summary>
/// Of all packets of a bridge, those that are sent to all DHCPv6 servers: UDP to their port at ff02::1:2. The first two steps end
/// it for nearly all that guests send.
/// </summary>
/// <remarks>
/// Left out is what is for another machine or of a VLAN, what is shorter than it says, and, unlike where the host's stack takes
/// it apart, what has extension headers, fragments among them: no DHCPv6 client sends such.
/// </remarks>
internal static class ServersGroupFilter
{
    private const uint Ipv6 = 0x86dd;
    private const uint ForAnother = 3; // PACKET_OTHERHOST

    public static IReadOnlyList<Libc.FilterStep> Program { get; } =
    [
        new(LoadWord, 0, 0, 36), // the destination's end
        new(JumpIfEqual, 0, 20, 0x00010002),
        new(LoadByte, 0, 0, 6), // what follows the header
        new(JumpIfEqual, 0, 18, Ipv6Packet.Udp),
        new(LoadWord, 0, 0, 24),
        new(JumpIfEqual, 0, 16, 0xff020000),
        new(LoadWord, 0, 0, 28),
        new(JumpIfEqual, 0, 14, 0),
        new(LoadWord, 0, 0, 32),
        new(JumpIfEqual, 0, 12, 0),
        new(LoadWord, 0, 0, FrameType),
        new(JumpIfEqual, 0, 10, Ipv6),
        new(LoadWord, 0, 0, IsTagged),
        new(JumpIfEqual, 0, 8, 0),
        new(LoadWord, 0, 0, PacketKind),
        new(JumpIfNotLess, 6, 0, ForAnother),
        new(LoadHalf, 0, 0, Ipv6Packet.HeaderLength + 2), // the port
        new(JumpIfEqual, 0, 4, Dhcp6Sockets.ServerPort),
        new(LoadLengthInX, 0, 0, 0),
        new(LoadHalf, 0, 0, 4), // what follows the header, in octets
        new(Add, 0, 0, Ipv6Packet.HeaderLength),
        new(JumpIfGreaterX, 0, 1, 0),
        new(Return, 0, 0, 0),
        .. ForeignSourceFilter.StepsAt(Ipv6Packet.UdpHeaderLength),
    ];
}
