using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace VirtNet.Model.Xml;

/// <summary>IP literals the way the C library reads and prints them.</summary>
internal static class AddressText
{
    private static readonly SearchValues<char> NotInLiterals = SearchValues.Create("[]/% \t\r\n");

    /// <summary>
    /// Numeric getaddrinfo: short, hex and octal IPv4 forms count (<c>10.1</c> is 10.0.0.1), names do not. What .NET
    /// would take beyond that (brackets, ports, scopes) is refused.
    /// </summary>
    public static bool TryParse(string? text, [NotNullWhen(true)] out IPAddress? address)
    {
        address = null;
        return text is { Length: > 0 and <= 64 }
            && !text.AsSpan().ContainsAny(NotInLiterals)
            && IPAddress.TryParse(text, out address);
    }

    /// <summary>inet_ntop's form, which RFC 5952 made canonical; .NET's differs for ISATAP-like addresses.</summary>
    public static string Format(IPAddress address)
    {
        if (address.AddressFamily == AddressFamily.InterNetwork)
        {
            return address.ToString();
        }

        Span<byte> bytes = stackalloc byte[16];
        address.TryWriteBytes(bytes, out _);
        Span<ushort> words = stackalloc ushort[8];
        for (int i = 0; i < words.Length; i++)
        {
            words[i] = (ushort)((bytes[2 * i] << 8) | bytes[(2 * i) + 1]);
        }

        Range zeros = LongestZeros(words);
        bool embedsIpv4 = zeros.Start.Value == 0
            && (zeros.End.Value == 6 || (zeros.End.Value == 5 && words[5] == 0xffff));
        StringBuilder text = new(39);
        int count = embedsIpv4 ? 6 : 8;
        for (int i = 0; i < count; i++)
        {
            if (i == zeros.Start.Value && zeros.End.Value > i)
            {
                text.Append("::");
                i = zeros.End.Value - 1;
                continue;
            }

            AppendSeparator(text).Append(CultureInfo.InvariantCulture, $"{words[i]:x}");
        }

        return embedsIpv4 ? AppendSeparator(text).Append(new IPAddress(bytes[12..])).ToString() : text.ToString();
    }

    private static StringBuilder AppendSeparator(StringBuilder text) =>
        text.Length == 0 || text[^1] == ':' ? text : text.Append(':');

    /// <summary>The first longest run of two zero words or more; empty if there is none.</summary>
    private static Range LongestZeros(ReadOnlySpan<ushort> words)
    {
        Range best = 0..0;
        for (int start = 0; start < words.Length; start++)
        {
            int end = start;
            while (end < words.Length && words[end] == 0)
            {
                end++;
            }

            if (end - start > Math.Max(1, best.End.Value - best.Start.Value))
            {
                best = start..end;
            }

            start = end;
        }

        return best;
    }
}
