using VirtNet.Linux;
using VirtNet.Wire.Ethernet;
using static VirtNet.Services.Sockets.Bpf;

namespace VirtNet.Services.Dhcp4;

/// <summary>
/// Of all packets of a bridge, those that are sent to all DHCP servers of its network: UDP to their port, to 255.255.255.255 or
/// to the subnet's own address for all. What comes to the network's own address has a socket of its own.
/// </summary>
/// <remarks>
/// The first two steps end it for nearly all that guests send. Left out is what is for another machine or of a VLAN, what is
/// shorter than it says, and, unlike where the host's stack puts it together, what came in fragments or with IP options: no DHCP
/// client sends either to all.
/// </remarks>
internal static class BroadcastFilter
{
    private const uint Everybody = uint.MaxValue;
    private const uint Ipv4 = 0x0800;
    private const uint ForAnother = 3; // PACKET_OTHERHOST

    /// <param name="subnet">The subnet's address for all.</param>
    /// <param name="port">The servers' port.</param>
    public static IReadOnlyList<Libc.FilterStep> For(uint subnet, ushort port) =>
    [
        new(LoadWord, 0, 0, 16), // the destination
        new(JumpIfEqual, 1, 0, Everybody),
        new(JumpIfEqual, 0, 18, subnet),
        new(LoadWord, 0, 0, FrameType),
        new(JumpIfEqual, 0, 16, Ipv4),
        new(LoadWord, 0, 0, IsTagged),
        new(JumpIfEqual, 0, 14, 0),
        new(LoadWord, 0, 0, PacketKind),
        new(JumpIfNotLess, 12, 0, ForAnother),
        new(LoadLengthInX, 0, 0, 0),
        new(LoadHalf, 0, 0, 2), // the packet's length
        new(JumpIfGreaterX, 9, 0, 0),
        new(LoadByte, 0, 0, 0),
        new(JumpIfEqual, 0, 7, 0x45), // no options
        new(LoadByte, 0, 0, 9),
        new(JumpIfEqual, 0, 5, 17), // UDP
        new(LoadHalf, 0, 0, 6),
        new(And, 0, 0, 0x3fff),
        new(JumpIfEqual, 0, 2, 0), // no fragment
        new(LoadHalf, 0, 0, 22),
        new(JumpIfEqual, 1, 0, port),
        new(Return, 0, 0, 0),
        .. ForeignFrameFilter.StepsAt(UdpPacket.HeaderLength),
    ];
}
