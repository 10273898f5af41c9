using System.Text;

namespace VirtNet.Cli.Output;

/// <summary>Cuts running text into lines.</summary>
internal static class WrappedText
{
    /// <summary>Help is no wider than this, whatever the terminal: long lines are hard to read.</summary>
    private const int MaxWidth = 100;

    /// <summary>What is left for text beside an indentation that takes almost everything.</summary>
    private const int MinWidth = 10;

    /// <summary>Where nobody knows how wide the reader's window is.</summary>
    public const int DefaultWidth = 80;

    /// <summary>The width of running text on a terminal, or where there is none.</summary>
    public static int WidthFor(int? columns) => Math.Min(columns ?? DefaultWidth, MaxWidth);

    /// <summary>
    /// The lines of a text, none wider than <paramref name="width"/>: cut at blanks, and a word that is too wide by itself anywhere.
    /// </summary>
    /// <param name="first">Columns that are taken in the first line already.</param>
    public static IReadOnlyList<string> Lines(string text, int width, int first = 0)
    {
        width = Math.Max(width, 1);
        List<string> lines = [];
        StringBuilder line = new();
        int used = first;
        bool blank = false; // whether a word of this line precedes
        foreach (string word in text.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            int wide = DisplayText.Width(word);
            if (used + (blank ? 1 : 0) + wide > width && (blank || used > 0))
            {
                Next();
            }

            if (blank)
            {
                line.Append(' ');
                used++;
            }

            Append(word);
            blank = true;
        }

        lines.Add(line.ToString());
        return lines;

        void Append(string word)
        {
            foreach (Rune rune in word.EnumerateRunes())
            {
                if (used > 0 && used + DisplayText.Width(rune) > width)
                {
                    Next();
                }

                line.Append(rune.ToString());
                used += DisplayText.Width(rune);
            }
        }

        void Next()
        {
            lines.Add(line.ToString());
            line.Clear();
            used = 0;
            blank = false;
        }
    }

    /// <summary>
    /// A text of lines with those cut that do not fit behind their label, which the first has: a server's lines may mark a place in
    /// the line above, so the others stay.
    /// </summary>
    public static string Overlong(string label, string text, int width)
    {
        string[] lines = text.Split('\n');
        for (int i = 0; i < lines.Length; i++)
        {
            int indent = i == 0 ? label.Length : 0;
            if (DisplayText.Width(lines[i]) + indent > width)
            {
                lines[i] = Hanging("", lines[i], label.Length, width);
            }
        }

        return string.Join('\n', lines);
    }

    /// <summary>
    /// A text behind a label that reaches at least to <paramref name="indent"/>, where its further lines begin; an empty label stands
    /// for one that is written already.
    /// </summary>
    public static string Hanging(string label, string text, int indent, int width)
    {
        IReadOnlyList<string> lines = Lines(text, Math.Max(width - indent, MinWidth), label.Length == 0 ? 0 : DisplayText.Width(label) - indent);
        return label + string.Join('\n' + new string(' ', indent), lines);
    }
}
