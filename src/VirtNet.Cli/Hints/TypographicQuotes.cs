namespace VirtNet.Cli.Hints;

/// <summary>Finds quotes that a word processor or a web page put in the place of plain ones.</summary>
internal static class TypographicQuotes
{
    private const string Quotes = "\u2018\u2019\u201A\u201B\u201C\u201D\u201E\u201F\u2032\u2033\u00AB\u00BB\u00B4`";

    /// <param name="Line">From 1.</param>
    /// <param name="Column">From 1, in characters.</param>
    internal sealed record Place(int Line, int Column, char Character);

    /// <summary>The first such quote that stands where an attribute's value should begin.</summary>
    public static Place? Find(string xml)
    {
        int line = 1;
        int lineStart = 0;
        bool afterEquals = false;
        for (int index = 0; index < xml.Length; index++)
        {
            char c = xml[index];
            if (c == '\n')
            {
                line++;
                lineStart = index + 1;
            }
            else if (afterEquals && Quotes.Contains(c))
            {
                return new Place(line, index - lineStart + 1, c);
            }

            afterEquals = c == '=' || (afterEquals && char.IsWhiteSpace(c));
        }

        return null;
    }
}
