using VirtNet.Wire.Dhcp4;

namespace VirtNet.Wire.Dhcp6;

/// <summary>Option 39, the client's name (RFC 4704); names are labels without compression, as in option 81.</summary>
public static class Dhcp6Fqdn
{
    public const byte ServerUpdates = 1;
    public const byte Overridden = 2;

    /// <summary>Reads the option's value; names with octets outside ASCII are not names.</summary>
    public static bool TryParse(ReadOnlySpan<byte> value, out string name)
    {
        Span<char> text = stackalloc char[ClientFqdn.MaxName + 2];
        if (value.Length is < 2 or > ClientFqdn.MaxName + 3 || !ClientFqdn.TryReadLabels(value[1..], text, out int length)
            || length > ClientFqdn.MaxName)
        {
            name = "";
            return false;
        }

        name = new string(text[..length]);
        return true;
    }
}
