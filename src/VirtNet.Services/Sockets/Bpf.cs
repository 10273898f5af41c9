using VirtNet.Linux;

namespace VirtNet.Services.Sockets;

/// <summary>
/// The words of classic BPF that are used here (linux/bpf_common.h, linux/filter.h), for <see cref="Libc.FilterStep"/>. What
/// a program returns is how many octets of a packet are kept.
/// </summary>
internal static class Bpf
{
    public const ushort LoadWord = 0x20;
    public const ushort LoadHalf = 0x28;
    public const ushort LoadByte = 0x30;
    public const ushort KeepInX = 0x07;
    public const ushort LoadLengthInX = 0x81;
    public const ushort Add = 0x04;
    public const ushort And = 0x54;
    public const ushort ShiftRight = 0x74;
    public const ushort Xor = 0xa4;
    public const ushort JumpIfEqual = 0x15;
    public const ushort JumpIfEqualX = 0x1d;
    public const ushort JumpIfGreaterX = 0x2d;
    public const ushort JumpIfNotLess = 0x35;
    public const ushort Return = 0x06;

    /// <summary>Returned: the whole packet.</summary>
    public const uint Everything = uint.MaxValue;

    /// <summary>Where a filter of a UDP socket finds the datagram's content: it sees the packet from the header on.</summary>
    public const int UdpPayload = 8;

    /// <summary>The MAC that the packet's frame came from (SKF_LL_OFF: from the start of the frame).</summary>
    public const uint FrameSource = 0xffe00000 + 6;

    /// <summary>The type in the packet's frame, in the host's order (SKF_AD_PROTOCOL).</summary>
    public const uint FrameType = 0xfffff000;

    /// <summary>Whom the packet is for: this host (0), all (1), many (2), another one (3); what goes out is more (SKF_AD_PKTTYPE).</summary>
    public const uint PacketKind = 0xfffff000 + 4;

    /// <summary>Whether the packet is of a VLAN (SKF_AD_VLAN_TAG_PRESENT).</summary>
    public const uint IsTagged = 0xfffff000 + 48;

    /// <summary>The source address of an IPv6 packet (SKF_NET_OFF: from the start of its header).</summary>
    public const uint Ipv6Source = 0xfff00000 + 8;
}
