using System.Net;

namespace VirtNet.Services.Tests.Bridges;

/// <summary>A router advertisement in a frame, as far as the tests look at it.</summary>
internal sealed record Advertisement(IPAddress Source, IPAddress Destination, byte HopLimit, int Lifetime)
{
    private const int IcmpAt = 54; // behind the headers of Ethernet and IPv6
    private const byte Type = 134;

    public IReadOnlyList<string> Prefixes { get; private init; } = [];

    /// <summary>Null for any other frame.</summary>
    public static Advertisement? Of(byte[] frame) =>
        frame.Length > IcmpAt + 16 && frame[12] == 0x86 && frame[13] == 0xdd && frame[20] == 58 && frame[IcmpAt] == Type
            ? new Advertisement(
                new IPAddress(frame.AsSpan(22, 16)),
                new IPAddress(frame.AsSpan(38, 16)),
                frame[21],
                (frame[IcmpAt + 6] << 8) | frame[IcmpAt + 7])
            {
                Prefixes = [.. PrefixesIn(frame)],
            }
            : null;

    private static IEnumerable<string> PrefixesIn(byte[] frame)
    {
        for (int at = IcmpAt + 16; at + 32 <= frame.Length && frame[at + 1] > 0; at += frame[at + 1] * 8)
        {
            if (frame[at] == 3)
            {
                yield return new IPAddress(frame.AsSpan(at + 16, 16)).ToString();
            }
        }
    }
}
