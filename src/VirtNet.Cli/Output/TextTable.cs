using System.Text;

namespace VirtNet.Cli.Output;

/// <summary>
/// virsh's tables: every column as wide as its widest cell, one blank before the first and three between columns, the
/// last cell not padded. On a terminal they fit its width, and states have a colour.
/// </summary>
internal sealed class TextTable(params IReadOnlyList<TableColumn> columns)
{
    private const int Gap = 3;
    private const string Reset = "\u001b[0m";

    private readonly List<IReadOnlyList<string>> _rows = [];
    private IReadOnlyList<int>? _chosen;

    public IReadOnlyList<TableColumn> Columns => columns;

    /// <summary>One cell for each column, those on demand included.</summary>
    public void Add(params IReadOnlyList<string> cells) => _rows.Add(cells);

    /// <summary>Shows these columns in this order, and leaves none of them out.</summary>
    /// <param name="chosen">Indices of columns.</param>
    public void Choose(IReadOnlyList<int> chosen) => _chosen = chosen;

    /// <summary>As it goes to a pipe.</summary>
    /// <param name="withHeader">Without it the heading does not count for the widths either.</param>
    public string Format(bool withHeader) => Format(withHeader, Look.Plain).Text;

    public FormattedTable Format(bool withHeader, Look look)
    {
        Func<string, string> escape = look.Columns is null ? DisplayText.Printable : DisplayText.CellForTerminal;
        TableLayout layout = TableLayout.Fit(
            columns,
            _chosen ?? [.. Enumerable.Range(0, columns.Count).Where(index => !columns[index].OnDemand)],
            _chosen is not null,
            index => _rows.Aggregate(
                withHeader ? DisplayText.Width(columns[index].Title) : 0,
                (width, row) => Math.Max(width, DisplayText.Width(escape(row[index])))),
            index => _rows.TrueForAll(row => row[index] is "" or "-"),
            look.Columns);
        StringBuilder text = new();
        if (withHeader)
        {
            Append(text, layout, index => columns[index].Title, look: null);
            text.Append('-', Math.Min(layout.Widths.Sum(width => width + Gap), look.Columns ?? int.MaxValue)).Append('\n');
        }

        foreach (IReadOnlyList<string> row in _rows)
        {
            Append(text, layout, index => escape(row[index]), look);
        }

        return new FormattedTable(text.ToString(), [.. layout.LeftOut.Select(index => columns[index].Title)]);
    }

    /// <summary>The cells alone, for programs.</summary>
    public string ToCsv(bool withHeader)
    {
        int[] shown = [.. _chosen ?? [.. Enumerable.Range(0, columns.Count)]];
        StringBuilder text = new();
        if (withHeader)
        {
            CsvText.AppendRow(text, shown.Select(index => columns[index].Key));
        }

        foreach (IReadOnlyList<string> row in _rows)
        {
            CsvText.AppendRow(text, shown.Select(index => row[index]));
        }

        return text.ToString();
    }

    private void Append(StringBuilder text, TableLayout layout, Func<int, string> cell, Look? look)
    {
        IReadOnlyList<string>[] cells =
        [
            .. layout.Shown.Select((index, place) => layout.Wrapped
                ? WrappedText.Lines(cell(index), layout.Widths[place])
                : [cell(index)]),
        ];
        int height = cells.Max(lines => lines.Count);
        for (int line = 0; line < height; line++)
        {
            int start = text.Length;
            for (int place = 0; place < cells.Length; place++)
            {
                string part = line < cells[place].Count ? cells[place][line] : "";
                text.Append(' ', place == 0 ? 1 : Gap).Append(Coloured(part, layout.Shown[place], look));
                if (place < cells.Length - 1)
                {
                    text.Append(' ', Math.Max(0, layout.Widths[place] - DisplayText.Width(part)));
                }
            }

            if (line > 0)
            {
                TrimEnd(text, start);
            }

            text.Append('\n');
        }
    }

    private string Coloured(string cell, int index, Look? look) =>
        look is { Colour: true } && columns[index].IsState && StateColour(cell) is { } colour ? colour + cell + Reset : cell;

    private static string? StateColour(string state) => state switch
    {
        "active" or "present" or "up" => "\u001b[32m",
        "inactive" or "defined" or "down" => "\u001b[33m",
        _ => null,
    };

    private static void TrimEnd(StringBuilder text, int start)
    {
        while (text.Length > start && text[^1] == ' ')
        {
            text.Length--;
        }
    }
}

/// <summary>A table as text, and which columns there was no room for.</summary>
internal sealed record FormattedTable(string Text, IReadOnlyList<string> LeftOut);

/// <summary>What a reader's screen can show.</summary>
/// <param name="Columns">Null = there is no screen.</param>
internal sealed record Look(int? Columns, bool Colour)
{
    public static Look Plain { get; } = new(Columns: null, Colour: false);
}
