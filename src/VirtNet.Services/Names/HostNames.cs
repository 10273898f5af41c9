using System.Diagnostics.CodeAnalysis;
using System.Text;
using VirtNet.Wire.Dhcp4;

namespace VirtNet.Services.Names;

/// <summary>
/// Which names of clients are taken. Only the first label counts, for the rest is the network's to say; it must be made
/// of letters, digits, hyphens and underscores and start with a letter or digit. Other names are as good as none.
/// </summary>
internal static class HostNames
{
    private const int MaxLabel = 63; // RFC 1035, 2.3.4

    /// <summary>The name that a client gives itself, with whatever domain it says: by option 81, else by option 12.</summary>
    public static string? SentIn(in Dhcp4Message message)
    {
        if (!message.Fqdn.IsEmpty)
        {
            return ClientFqdn.TryParse(message.Fqdn, out ClientFqdn fqdn) && IsLegal(fqdn.Name) ? fqdn.Name.TrimEnd('.') : null;
        }

        ReadOnlySpan<byte> text = message.HostName.TrimEnd((byte)0); // some old clients send C strings
        if (text.IsEmpty || !Ascii.IsValid(text))
        {
            return null;
        }

        Span<char> characters = stackalloc char[text.Length];
        Encoding.ASCII.GetChars(text, characters);
        return IsLegal(characters) ? new string(characters.TrimEnd('.')) : null;
    }

    public static bool TryRead(ReadOnlySpan<char> text, out string? name)
    {
        name = IsLegal(text) ? new string(Label(text)) : null;
        return name is not null;
    }

    [return: NotNullIfNotNull(nameof(name))]
    public static string? FirstLabel(string? name) => name is null || !name.Contains('.', StringComparison.Ordinal) ? name : new string(Label(name));

    /// <summary>Whether a client may call itself so.</summary>
    public static bool IsLegal(ReadOnlySpan<char> text)
    {
        ReadOnlySpan<char> label = Label(text);
        bool legal = label.Length is > 0 and <= MaxLabel && char.IsAsciiLetterOrDigit(label[0]) && text.Length <= ClientFqdn.MaxName;
        foreach (char c in label)
        {
            legal &= char.IsAsciiLetterOrDigit(c) || c is '-' or '_';
        }

        return legal;
    }

    private static ReadOnlySpan<char> Label(ReadOnlySpan<char> text)
    {
        int dot = text.IndexOf('.');
        return dot < 0 ? text : text[..dot];
    }
}
