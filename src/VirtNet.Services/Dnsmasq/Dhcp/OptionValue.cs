using VirtNet.Model;

namespace VirtNet.Services.Dnsmasq.Dhcp;

/// <summary>The value of an option as it is sent or looked for.</summary>
internal sealed record OptionValue(ValueList<byte> Octets, OptionValueForm Form)
{
    public static OptionValue Empty { get; } = new([], OptionValueForm.Other);

    /// <summary>For a match: octets of which some may be any.</summary>
    public OctetPattern? Pattern { get; init; }

    public bool IsText => Form == OptionValueForm.Text;

    /// <summary>
    /// Whether a client's option matches, as <c>dhcp-match</c> means it: hex from its beginning, text anywhere, all else as one
    /// element of a list; nothing: whatever it is.
    /// </summary>
    public bool Matches(ReadOnlySpan<byte> option)
    {
        if (Pattern is not null)
        {
            return Pattern.Matches(option);
        }

        ReadOnlySpan<byte> wanted = Octets.AsSpan();
        int step = IsText ? 1 : Math.Max(1, wanted.Length);
        for (int i = 0; i + wanted.Length <= option.Length; i += step)
        {
            if (option.Slice(i, wanted.Length).SequenceEqual(wanted))
            {
                return true;
            }
        }

        return false;
    }
}

internal enum OptionValueForm
{
    Other,

    /// <summary>Some clients want a final zero behind it.</summary>
    Text,

    /// <summary>Addresses, of which 0.0.0.0 and :: are the server's own.</summary>
    Addresses,
}
