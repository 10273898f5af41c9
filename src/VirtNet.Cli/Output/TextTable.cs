using System.Text;

namespace VirtNet.Cli.Output;

/// <summary>
/// virsh's tables: every column as wide as its widest cell, one blank before the first and three between columns, the
/// last cell not padded.
/// </summary>
internal sealed class TextTable(params IReadOnlyList<string> header)
{
    private readonly List<IReadOnlyList<string>> _rows = [];

    public void Add(params IReadOnlyList<string> cells) => _rows.Add([.. cells.Select(DisplayText.Printable)]);

    /// <param name="withHeader">Without it the heading does not count for the widths either.</param>
    public string Format(bool withHeader)
    {
        int[] widths = [.. header.Select((title, column) => Width(column, withHeader ? DisplayText.Width(title) : 0))];
        StringBuilder text = new();
        if (withHeader)
        {
            Append(text, header, widths);
            text.Append('-', widths.Sum() + (3 * widths.Length)).Append('\n');
        }

        foreach (IReadOnlyList<string> row in _rows)
        {
            Append(text, row, widths);
        }

        return text.ToString();
    }

    private int Width(int column, int atLeast) =>
        _rows.Aggregate(atLeast, (width, row) => Math.Max(width, DisplayText.Width(row[column])));

    private static void Append(StringBuilder text, IReadOnlyList<string> cells, int[] widths)
    {
        for (int column = 0; column < cells.Count; column++)
        {
            text.Append(column == 0 ? " " : "   ").Append(cells[column]);
            if (column < cells.Count - 1)
            {
                text.Append(' ', widths[column] - DisplayText.Width(cells[column]));
            }
        }

        text.Append('\n');
    }
}
