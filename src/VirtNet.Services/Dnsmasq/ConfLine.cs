using System.Text;

namespace VirtNet.Services.Dnsmasq;

/// <summary>One line of configuration as dnsmasq reads it: without comments, blanks around it and its first =, and quotes.</summary>
/// <param name="Text">As written, for messages.</param>
/// <param name="Option">Empty where the line cannot be read.</param>
/// <param name="Value">With what was quoted hidden (<see cref="HiddenText"/>); null where there is no =.</param>
internal sealed record ConfLine(string Text, string Option, string? Value)
{
    private const string Escapes = "\"tnebr\\";

    /// <summary>The lines of one <c>value</c> that say anything: libvirt writes it into a file as it is.</summary>
    public static IEnumerable<ConfLine> Read(string value)
    {
        foreach (string text in value.Split('\n'))
        {
            if (TryRead(text) is { } line)
            {
                yield return line;
            }
        }
    }

    private static ConfLine? TryRead(string text)
    {
        StringBuilder read = new(text.Length);
        bool blankBefore = true;
        for (int i = 0; i < text.Length; i++)
        {
            char c = text[i];
            if (c == '"')
            {
                i = ReadQuoted(text, i + 1, read);
                if (i == text.Length)
                {
                    return new ConfLine(text, "", null);
                }

                blankBefore = false;
            }
            else if (c == '#' && blankBefore)
            {
                break;
            }
            else
            {
                blankBefore = c is ' ' or (>= '\t' and <= '\r');
                read.Append(blankBefore ? ' ' : c);
            }
        }

        string line = read.ToString().Trim(' ');
        int mark = line.IndexOf('=', StringComparison.Ordinal);
        return line.Length == 0 ? null
            : mark < 0 ? new ConfLine(text, line, null)
            : new ConfLine(text, line[..mark].TrimEnd(' '), line[(mark + 1)..].TrimStart(' '));
    }

    /// <returns>Where the closing quote is; the text's end if there is none.</returns>
    private static int ReadQuoted(string text, int start, StringBuilder read)
    {
        int i = start;
        for (; i < text.Length && text[i] != '"'; i++)
        {
            char c = text[i];
            if (c == '\\' && i + 1 < text.Length && Escapes.Contains(text[i + 1], StringComparison.Ordinal))
            {
                c = text[++i] switch { 't' => '\t', 'n' => '\n', 'b' => '\b', 'r' => '\r', 'e' => '\u001b', var other => other };
            }

            read.Append(HiddenText.Hide(c));
        }

        return i;
    }
}
