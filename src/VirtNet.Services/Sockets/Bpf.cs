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
    public const ushort And = 0x54;
    public const ushort ShiftRight = 0x74;
    public const ushort Xor = 0xa4;
    public const ushort JumpIfEqual = 0x15;
    public const ushort JumpIfEqualX = 0x1d;
    public const ushort Return = 0x06;

    /// <summary>Returned: the whole packet.</summary>
    public const uint Everything = uint.MaxValue;

    /// <summary>Where a filter of a UDP socket finds the datagram's content: it sees the packet from the header on.</summary>
    public const int UdpPayload = 8;

    /// <summary>The MAC that the packet's frame came from (SKF_LL_OFF: from the start of the frame).</summary>
    public const uint FrameSource = 0xffe00000 + 6;

    /// <summary>The source address of an IPv6 packet (SKF_NET_OFF: from the start of its header).</summary>
    public const uint Ipv6Source = 0xfff00000 + 8;
}
