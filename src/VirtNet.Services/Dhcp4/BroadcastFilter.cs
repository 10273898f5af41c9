using VirtNet.Linux;
using VirtNet.Services.Sockets;
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

    /// <param name="subnet">The subnet's address for all.</param>
    /// <param name="port">The servers' port.</param>
    public static IReadOnlyList<Libc.FilterStep> For(uint subnet, ushort port) =>
        new PacketFilter()
            .Has(LoadWord, 16, Everybody, subnet) // the destination
            .IsHeardHere(PacketFilter.Ipv4)
            .IsWhole(lengthAt: 2, before: 0)
            .Has(LoadByte, 0, 0x45) // no options
            .Has(LoadByte, 9, 17) // UDP
            .HasNone(LoadHalf, 6, 0x3fff) // no fragment
            .Has(LoadHalf, 22, port)
            .Then(ForeignFrameFilter.StepsAt(UdpPacket.HeaderLength));
}
