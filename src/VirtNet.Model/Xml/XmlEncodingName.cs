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
        ReadOnlySpan<char> declaration = XmlSource.Declaration(xml);
        int attribute = declaration.IndexOf(Attribute);
        int quote = attribute < 0 ? -1 : declaration[attribute..].IndexOfAny('\'', '"');
        if (quote < 0)
        {
            return; // none is named, or the reader finds what is wrong
        }

        int open = attribute + quote;
        int length = declaration[(open + 1)..].IndexOf(declaration[open]);
        if (length < 0)
        {
            return; // the reader finds it
        }

        ReadOnlySpan<char> name = declaration.Slice(open + 1, length);
        if (name.Length == 0 || !char.IsAsciiLetter(name[0]))
        {
            throw XmlDiagnosis.Refused(xml, open + 1, "Invalid XML encoding name");
        }

        if (name.ContainsAnyExcept(NameCharacters) || !IsKnown(name))
        {
            throw XmlDiagnosis.Refused(xml, open + length + 2, $"Unsupported encoding {name}");
        }
    }

    private static bool IsKnown(ReadOnlySpan<char> name)
    {
        foreach (string family in Families)
        {
            if (name.StartsWith(family, StringComparison.OrdinalIgnoreCase))
            {
                return true;
            }
        }

        return false;
    }
}
