namespace VirtNet.Services.Dnsmasq;

/// <summary>
/// Characters inside double quotes do not count as marks or digits of the language around them. As in dnsmasq they stand in
/// for themselves as control characters, which no line of XML has, until a value is taken as it is.
/// </summary>
internal static class HiddenText
{
    /// <summary>What can mean something, at the places of the characters that it is hidden behind; a blank: nothing is.</summary>
    private const string Hidden = "\0123456 \b\t\n78\r90abcdefABCDE\u001bF:,.";

    public static char Hide(char c)
    {
        int place = c == 0 ? -1 : Hidden.IndexOf(c, StringComparison.Ordinal);
        return place > 0 ? (char)place : c;
    }

    public static string Reveal(string text) => string.Create(text.Length, text, static (open, hidden) =>
    {
        for (int i = 0; i < hidden.Length; i++)
        {
            open[i] = hidden[i] is > '\0' and var c && c < Hidden.Length ? Hidden[c] : hidden[i];
        }
    });
}
