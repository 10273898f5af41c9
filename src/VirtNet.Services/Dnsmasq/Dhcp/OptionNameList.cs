using System.Text;
using VirtNet.Model;

namespace VirtNet.Services.Dnsmasq.Dhcp;

/// <summary>Domain names as values of options (RFC 1035, 3.1).</summary>
internal static class OptionNameList
{
    private const int MaxLabel = 63;
    private const int Pointer = 0xc000;

    /// <summary>Ends that occurred before are pointers to them (RFC 3397, 2; for SIP servers RFC 3361, 3.1 after one octet).</summary>
    public static OptionValue? Compressed(string[] names, bool hasFormOctet)
    {
        List<byte> octets = [];
        Dictionary<string, int> known = new(StringComparer.Ordinal);
        foreach (string name in names.TakeWhile(name => name.Length > 0))
        {
            if (Labels(name) is not { } labels)
            {
                return null;
            }

            int i = 0;
            for (; i < labels.Length && !known.ContainsKey(Rest(labels, i)); i++)
            {
                known[Rest(labels, i)] = octets.Count;
                Add(octets, labels[i]);
            }

            if (i < labels.Length)
            {
                int pointer = Pointer | known[Rest(labels, i)];
                octets.AddRange([(byte)(pointer >> 8), (byte)pointer]);
            }
            else
            {
                octets.Add(0);
            }
        }

        return new OptionValue([.. hasFormOctet ? [0] : Array.Empty<byte>(), .. octets], OptionValueForm.Other);
    }

    /// <param name="suboption">Each name in an option of its own of this number; 0 = none.</param>
    public static OptionValue? Uncompressed(string[] names, byte suboption)
    {
        List<byte> octets = [];
        foreach (string name in names.TakeWhile(name => name.Length > 0))
        {
            if (Labels(name) is not { } labels)
            {
                return null;
            }

            List<byte> one = [];
            foreach (byte[] label in labels)
            {
                Add(one, label);
            }

            one.Add(0);
            octets.AddRange(suboption == 0 ? one : [0, suboption, (byte)(one.Count >> 8), (byte)one.Count, .. one]);
        }

        return new OptionValue(octets.ToValueList(), OptionValueForm.Other);
    }

    private static string Rest(byte[][] labels, int from) => string.Join('.', labels[from..].Select(Encoding.Latin1.GetString));

    private static void Add(List<byte> octets, byte[] label)
    {
        octets.Add((byte)label.Length);
        octets.AddRange(label);
    }

    /// <summary>Null for what is no name; the root has no labels.</summary>
    private static byte[][]? Labels(string name)
    {
        string open = HiddenText.Reveal(name);
        if (open == ".")
        {
            return [];
        }

        byte[][] labels = [.. open.TrimEnd('.').Split('.').Select(Encoding.ASCII.GetBytes)];
        return Ascii.IsValid(open) && labels.All(label => label.Length is > 0 and <= MaxLabel) ? labels : null;
    }
}
