using VirtNet.Linux;
using VirtNet.Services.Sockets;
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
    public static IReadOnlyList<Libc.FilterStep> Program { get; } = new PacketFilter()
        .Has(LoadByte, 6, Ipv6Packet.IcmpV6) // what follows the header
        .Has(LoadByte, Ipv6Packet.HeaderLength, RouterSolicitation.Type)
        .IsHeardHere(PacketFilter.Ipv6)
        .Has(LoadByte, 7, 255) // the hop limit
        .IsWhole(lengthAt: 4, before: Ipv6Packet.HeaderLength)
        .Then(new Libc.FilterStep(Return, 0, 0, Everything));
}
