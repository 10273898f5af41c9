using System.Buffers;

namespace VirtNet.Model.Xml;

/// <summary>
/// The encoding that a document says it has. Its text is decoded already (strings of RPC are UTF-8), so that nothing depends on it; a
/// document in an encoding that nobody knows is refused, as libvirt does.
/// </summary>
internal static class XmlEncodingName
{
    private const string Attribute = "encoding";

    private static readonly SearchValues<char> NameCharacters =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-");

    /// <summary>How the names of those begin that libxml2 and glibc's iconv know, in capitals.</summary>
    private static readonly string[] Families =
    [
        "UTF", "UCS", "UNICODE", "ISO", "LATIN", "ASCII", "US", "ANSI", "CP", "IBM", "CS", "WINDOWS", "WIN", "MS", "KOI", "EUC", "SHIFT",
        "SJIS", "JIS", "GB", "CN", "BIG", "HTML", "MAC", "TIS", "TCVN", "JOHAB", "UHC", "ARMSCII", "GEORGIAN", "EBCDIC", "ECMA", "GREEK",
        "CYRILLIC", "ARABIC", "HEBREW", "HP", "NEXTSTEP", "RK", "PT", "VISCII", "TSCII", "WCHAR", "INTERNAL", "L1", "L2",
        "L3", "L4", "L5", "L6", "L7", "L8", "L10", "KSC", "KS", "KOREAN", "CHINESE", "TURKISH",
    ];

    /// <exception cref="VirtNetException">The document's declaration names an encoding that there is not.</exception>
    public static void Check(string xml)
    {
        int end = xml.StartsWith("<?xml", StringComparison.Ordinal) ? xml.IndexOf("?>", StringComparison.Ordinal) : -1;
        int attribute = end < 0 ? -1 : xml.AsSpan(0, end).IndexOf(Attribute);
        int open = attribute < 0 ? -1 : xml.AsSpan(0, end).IndexOfAnyFrom(attribute, '\'', '"');
        int close = open < 0 ? -1 : xml.IndexOf(xml[open], open + 1, end - open - 1);
        if (close < 0)
        {
            return; // none is named, or the reader finds what is wrong
        }

        string name = xml[(open + 1)..close];
        if (name.Length == 0 || !char.IsAsciiLetter(name[0]))
        {
            throw XmlDiagnosis.Refused(xml, open + 1, "Invalid XML encoding name");
        }

        if (name.AsSpan().ContainsAnyExcept(NameCharacters)
            || !Array.Exists(Families, family => name.StartsWith(family, StringComparison.OrdinalIgnoreCase)))
        {
            throw XmlDiagnosis.Refused(xml, close + 1, $"Unsupported encoding {name}");
        }
    }

    private static int IndexOfAnyFrom(this ReadOnlySpan<char> text, int start, char one, char other)
    {
        int found = text[start..].IndexOfAny(one, other);
        return found < 0 ? -1 : start + found;
    }
}
