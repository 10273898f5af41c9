using System.Globalization;
using System.Text;

namespace VirtNet.Cli.Output;

/// <summary>How text appears on a terminal.</summary>
internal static class DisplayText
{
    /// <summary>Columns that a text takes: none for marks that combine, two for East Asian wide characters.</summary>
    public static int Width(string text)
    {
        int width = 0;
        foreach (Rune rune in text.EnumerateRunes())
        {
            width += Width(rune);
        }

        return width;
    }

    public static int Width(Rune rune) => rune.IsAscii ? 1 : Rune.GetUnicodeCategory(rune) switch
    {
        UnicodeCategory.NonSpacingMark or UnicodeCategory.EnclosingMark or UnicodeCategory.Format => 0,
        _ when IsWide(rune.Value) => 2,
        _ => 1,
    };

    /// <summary>The text with control characters shown as <c>\xNN</c>, so that no cell can break a table.</summary>
    public static string Printable(string text) => Escape(text, Rune.IsControl);

    /// <summary>
    /// What may go to a terminal: nothing in it moves the cursor, changes colours or turns the direction of writing, which a
    /// name may try. Line ends and tabs are the text's own.
    /// </summary>
    public static string ForTerminal(string text) => Escape(text, rune => rune.Value is not ('\n' or '\t') && IsTreacherous(rune));

    /// <summary>The same for a cell of a table, where a line end is treacherous too.</summary>
    public static string CellForTerminal(string text) => Escape(text, IsTreacherous);

    private static bool IsTreacherous(Rune rune) => rune.Value is >= ' ' and < '\x7f' ? false : Rune.GetUnicodeCategory(rune)
        is UnicodeCategory.Control or UnicodeCategory.Format
        or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator;

    private static string Escape(string text, Func<Rune, bool> isEscaped)
    {
        StringBuilder? escaped = null;
        int at = 0;
        foreach (Rune rune in text.EnumerateRunes())
        {
            if (isEscaped(rune))
            {
                escaped ??= new StringBuilder(text, 0, at, text.Length + 8);
                escaped.Append(rune.Value switch
                {
                    <= 0xff => $"\\x{rune.Value:x2}",
                    <= 0xffff => $"\\u{rune.Value:x4}",
                    _ => $"\\U{rune.Value:x8}",
                });
            }
            else
            {
                escaped?.Append(rune);
            }

            at += rune.Utf16SequenceLength;
        }

        return escaped?.ToString() ?? text;
    }

    // The blocks of Unicode's EastAsianWidth W and F that people use in names; exact tables are not worth their size.
    private static bool IsWide(int value) => value
        is (>= 0x1100 and <= 0x115F)
        or (>= 0x2E80 and <= 0x303E)
        or (>= 0x3041 and <= 0xA4CF)
        or (>= 0xAC00 and <= 0xD7A3)
        or (>= 0xF900 and <= 0xFAFF)
        or (>= 0xFE30 and <= 0xFE6F)
        or (>= 0xFF00 and <= 0xFF60)
        or (>= 0xFFE0 and <= 0xFFE6)
        or (>= 0x1F300 and <= 0x1FAFF)
        or (>= 0x20000 and <= 0x3FFFD);
}
