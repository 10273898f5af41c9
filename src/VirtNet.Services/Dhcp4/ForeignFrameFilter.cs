using VirtNet.Linux;
using VirtNet.Model;
using static VirtNet.Services.Sockets.Bpf;

namespace VirtNet.Services.Dhcp4;

/// <summary>
/// Marks what the kernel alone can see: a message that came in a frame of another MAC than it is about. Tools that forge a
/// RELEASE send it so. Only the mark is left of such a message, in a length that no DHCP message has.
/// <para>
/// Requests for an address pass whole: a machine inside a guest may reach the bridge through the guest's own card. So does
/// everything that a relay passed on. A client writes the type of its message into its first option, as all known ones do;
/// where another one comes first the message counts as forged.
/// </para>
/// </summary>
internal static class ForeignFrameFilter
{
    /// <summary>Up to the end of the client's MAC.</summary>
    public const int MarkLength = MacAt + MacAddress.Length;

    private const int MacAt = 28; // chaddr (RFC 2131, 2)
    private const uint Cookie = 0x63825363;
    private const uint TypeOption = 0x3501; // option 53, one octet long

    /// <summary>For a UDP socket.</summary>
    public static IReadOnlyList<Libc.FilterStep> Program { get; } = StepsAt(UdpPayload);

    /// <param name="payload">Where the message begins in what the program sees.</param>
    public static IReadOnlyList<Libc.FilterStep> StepsAt(int payload) =>
    [
        new(LoadWord, 0, 0, At(payload, 24)), // giaddr
        new(JumpIfEqual, 0, 17, 0),
        new(LoadWord, 0, 0, FrameSource),
        new(KeepInX, 0, 0, 0),
        new(LoadWord, 0, 0, At(payload, MacAt)),
        new(JumpIfEqualX, 0, 4, 0),
        new(LoadHalf, 0, 0, FrameSource + 4),
        new(KeepInX, 0, 0, 0),
        new(LoadHalf, 0, 0, At(payload, MacAt + 4)),
        new(JumpIfEqualX, 9, 0, 0),
        new(LoadWord, 0, 0, At(payload, 236)),
        new(JumpIfEqual, 0, 7, Cookie), // a BOOTP client's
        new(LoadHalf, 0, 0, At(payload, 240)),
        new(JumpIfEqual, 0, 4, TypeOption),
        new(LoadByte, 0, 0, At(payload, 242)),
        new(JumpIfEqual, 3, 0, 1), // DISCOVER
        new(JumpIfEqual, 2, 0, 3), // REQUEST
        new(JumpIfEqual, 1, 0, 8), // INFORM
        new(Return, 0, 0, At(payload, MarkLength)),
        new(Return, 0, 0, Everything),
    ];

    /// <summary>Whom a marked message is about.</summary>
    public static MacAddress ClientOf(ReadOnlySpan<byte> mark) => new(mark.Slice(MacAt, MacAddress.Length));

    private static uint At(int payload, int offset) => (uint)(payload + offset);
}
