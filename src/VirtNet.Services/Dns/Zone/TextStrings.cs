using System.Text;

namespace VirtNet.Services.Dns.Zone;

/// <summary>
/// The value of a TXT record as dnsmasq reads it: a comma separates strings, double quotes keep a comma and vanish, and a
/// string of more than 255 octets becomes several (RFC 1035, 3.3.14).
/// </summary>
internal static class TextStrings
{
    private const int MaxLength = 255;

    public static byte[] Encode(string value)
    {
        List<byte> data = [];
        StringBuilder text = new();
        bool quoted = false;
        foreach (char c in value)
        {
            if (c == '"')
            {
                quoted = !quoted;
            }
            else if (c == ',' && !quoted)
            {
                Append(data, text);
            }
            else
            {
                text.Append(c);
            }
        }

        Append(data, text);
        return [.. data];
    }

    /// <summary>The same, of strings that were told apart already.</summary>
    public static byte[] EncodeParts(IEnumerable<string> parts)
    {
        List<byte> data = [];
        foreach (string part in parts)
        {
            Append(data, part);
        }

        return [.. data];
    }

    private static void Append(List<byte> data, StringBuilder text)
    {
        Append(data, text.ToString());
        text.Clear();
    }

    private static void Append(List<byte> data, string text)
    {
        byte[] octets = Encoding.UTF8.GetBytes(text);
        int start = 0;
        do
        {
            int length = Math.Min(MaxLength, octets.Length - start);
            data.Add((byte)length);
            data.AddRange(octets.AsSpan(start, length));
            start += length;
        }
        while (start < octets.Length);
    }
}
