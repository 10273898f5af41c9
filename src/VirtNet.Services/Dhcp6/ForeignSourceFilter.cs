using VirtNet.Services.Sockets;

namespace VirtNet.Services.Dhcp6;

/// <summary>
/// Marks what the kernel alone can see: a RELEASE or DECLINE from an address that was made from a MAC (RFC 4291, appendix A)
/// in a frame of another MAC. Only the mark is left of it, in a length that no DHCPv6 message has. Addresses that were made
/// otherwise tell nothing here.
/// </summary>
internal static class ForeignSourceFilter
{
    /// <summary>The type and a part of the transaction id.</summary>
    public const int MarkLength = 3;

    private const uint UdpHeader = 8; // a filter sees the datagram from here on
    private const uint FrameSource = 0xffe00000 + 6; // SKF_LL_OFF: from the start of the frame
    private const uint Source = 0xfff00000 + 8; // SKF_NET_OFF: from the start of the IPv6 header
    private const uint Everything = uint.MaxValue;

    private const ushort LoadWord = 0x20;
    private const ushort LoadHalf = 0x28;
    private const ushort LoadByte = 0x30;
    private const ushort KeepInX = 0x07;
    private const ushort And = 0x54;
    private const ushort ShiftRight = 0x74;
    private const ushort Xor = 0xa4;
    private const ushort JumpIfEqual = 0x15;
    private const ushort JumpIfEqualX = 0x1d;
    private const ushort Return = 0x06;

    public static IReadOnlyList<Libc.FilterStep> Program { get; } =
    [
        new(LoadByte, 0, 0, UdpHeader),
        new(JumpIfEqual, 1, 0, 8), // RELEASE
        new(JumpIfEqual, 0, 16, 9), // DECLINE
        new(LoadHalf, 0, 0, Source + 11),
        new(JumpIfEqual, 0, 14, 0xfffe),
        new(LoadWord, 0, 0, Source + 8),
        new(ShiftRight, 0, 0, 8),
        new(Xor, 0, 0, 0x020000), // the bit that is turned round
        new(KeepInX, 0, 0, 0),
        new(LoadWord, 0, 0, FrameSource),
        new(ShiftRight, 0, 0, 8),
        new(JumpIfEqualX, 0, 6, 0),
        new(LoadWord, 0, 0, Source + 12),
        new(And, 0, 0, 0xffffff),
        new(KeepInX, 0, 0, 0),
        new(LoadWord, 0, 0, FrameSource + 2),
        new(And, 0, 0, 0xffffff),
        new(JumpIfEqualX, 1, 0, 0),
        new(Return, 0, 0, UdpHeader + MarkLength),
        new(Return, 0, 0, Everything),
    ];
}
