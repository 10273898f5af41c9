using VirtNet.Linux;
using static VirtNet.Services.Sockets.Bpf;

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

    /// <summary>For a UDP socket.</summary>
    public static IReadOnlyList<Libc.FilterStep> Program { get; } = StepsAt(UdpPayload);

    /// <param name="payload">Where the message begins in what the program sees.</param>
    public static IReadOnlyList<Libc.FilterStep> StepsAt(int payload) =>
    [
        new(LoadByte, 0, 0, (uint)payload),
        new(JumpIfEqual, 1, 0, 8), // RELEASE
        new(JumpIfEqual, 0, 16, 9), // DECLINE
        new(LoadHalf, 0, 0, Ipv6Source + 11),
        new(JumpIfEqual, 0, 14, 0xfffe),
        new(LoadWord, 0, 0, Ipv6Source + 8),
        new(ShiftRight, 0, 0, 8),
        new(Xor, 0, 0, 0x020000), // the bit that is turned round
        new(KeepInX, 0, 0, 0),
        new(LoadWord, 0, 0, FrameSource),
        new(ShiftRight, 0, 0, 8),
        new(JumpIfEqualX, 0, 6, 0),
        new(LoadWord, 0, 0, Ipv6Source + 12),
        new(And, 0, 0, 0xffffff),
        new(KeepInX, 0, 0, 0),
        new(LoadWord, 0, 0, FrameSource + 2),
        new(And, 0, 0, 0xffffff),
        new(JumpIfEqualX, 1, 0, 0),
        new(Return, 0, 0, (uint)(payload + MarkLength)),
        new(Return, 0, 0, Everything),
    ];
}
