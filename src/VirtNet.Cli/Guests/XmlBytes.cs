using System.Text;
using System.Xml;
using VirtNet.Model;

namespace VirtNet.Cli.Guests;

/// <summary>
/// XML as the bytes it was read from. Inside, every byte is one character (Latin-1), so that whatever is not changed is
/// written as it was, whichever encoding it is in as long as that extends ASCII.
/// </summary>
internal static class XmlBytes
{
    /// <summary>Checks that the bytes are well-formed XML and returns them one character each.</summary>
    /// <param name="name">What messages call the document.</param>
    /// <exception cref="VirtNetException">It is not well-formed, has a document type, or is in UTF-16 or UTF-32.</exception>
    public static string Load(string name, byte[] bytes)
    {
        // UTF-16 and UTF-32 have NUL octets everywhere; XML has none, though the reader below takes one for the end.
        if (bytes is [0xFE or 0xFF, ..] || bytes.Contains((byte)0))
        {
            throw VirtNetException.Xml(
                $"{name}: only UTF-8 and other encodings that extend ASCII can be edited, and NUL octets are not XML");
        }

        try
        {
            // Prefixes may be declared around a part that is edited on its own, and libvirt does not mind either.
            using XmlTextReader reader = new(new MemoryStream(bytes))
            {
                DtdProcessing = DtdProcessing.Prohibit,
                Namespaces = false,
                XmlResolver = null,
            };
            while (reader.Read())
            {
                // Reading is checking.
            }
        }
        catch (XmlException e)
        {
            throw VirtNetException.Xml($"{name}:{e.LineNumber}:{e.LinePosition}: {e.Message}");
        }

        return Encoding.Latin1.GetString(bytes);
    }

    public static byte[] ToBytes(string text) => Encoding.Latin1.GetBytes(text);

    /// <summary>An attribute's value as a reader understands it.</summary>
    public static string Decode(string text, XmlAttributeSpan attribute)
    {
        string value = text.Substring(attribute.ValueStart, attribute.ValueLength);
        value = Encoding.UTF8.GetString(Encoding.Latin1.GetBytes(value));
        return System.Net.WebUtility.HtmlDecode(value);
    }

    /// <summary>An attribute's value as it is written, in either kind of quotes.</summary>
    public static string Encode(string value)
    {
        string escaped = value.Replace("&", "&amp;").Replace("<", "&lt;").Replace("'", "&apos;").Replace("\"", "&quot;");
        return Encoding.Latin1.GetString(Encoding.UTF8.GetBytes(escaped));
    }

    /// <summary>A part of the text for people to read.</summary>
    public static string Display(string text) => Encoding.UTF8.GetString(Encoding.Latin1.GetBytes(text));
}
