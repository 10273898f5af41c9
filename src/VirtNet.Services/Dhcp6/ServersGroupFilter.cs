using VirtNet.Linux;
using VirtNet.Services.Sockets;
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
    public static IReadOnlyList<Libc.FilterStep> Program { get; } = new PacketFilter()
        .Has(LoadWord, 36, 0x00010002) // the destination's end
        .Has(LoadByte, 6, Ipv6Packet.Udp) // what follows the header
        .Has(LoadWord, 24, 0xff020000)
        .Has(LoadWord, 28, 0)
        .Has(LoadWord, 32, 0)
        .IsHeardHere(PacketFilter.Ipv6)
        .Has(LoadHalf, Ipv6Packet.HeaderLength + 2, Dhcp6Sockets.ServerPort)
        .IsWhole(lengthAt: 4, before: Ipv6Packet.HeaderLength)
        .Then(ForeignSourceFilter.StepsAt(Ipv6Packet.UdpHeaderLength));
}
