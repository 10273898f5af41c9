namespace VirtNet.Cli.Output;

/// <summary>Which columns of a table are shown, and how wide.</summary>
/// <param name="Shown">Indices of columns.</param>
/// <param name="Widths">Of the shown ones.</param>
/// <param name="LeftOut">Those for which there is no room.</param>
/// <param name="Wrapped">Some cell may be wider than its column.</param>
internal sealed record TableLayout(
    IReadOnlyList<int> Shown, IReadOnlyList<int> Widths, IReadOnlyList<int> LeftOut, bool Wrapped)
{
    private const int Gap = 3;

    /// <summary>What a column of running text needs at least to be read, and any other before it is cut into pieces.</summary>
    private const int NarrowText = 16;

    private const int Narrow = 8;

    /// <summary>What names get before a column is left out for them.</summary>
    private const int LongName = 24;

    /// <param name="wanted">Indices of the columns to show.</param>
    /// <param name="chosen">The user named them: none is left out.</param>
    /// <param name="natural">The width of a column's widest cell.</param>
    /// <param name="isEmpty">Whether nothing is in a column: then it is the first to go.</param>
    /// <param name="room">Columns of the screen; null = as wide as it takes.</param>
    public static TableLayout Fit(
        IReadOnlyList<TableColumn> columns, IReadOnlyList<int> wanted, bool chosen, Func<int, int> natural,
        Func<int, bool> isEmpty, int? room)
    {
        List<int> shown = [.. wanted];
        Dictionary<int, int> widths = [];
        foreach (int index in wanted)
        {
            widths[index] = natural(index);
        }

        if (room is not { } width || Total(shown.Select(index => widths[index])) <= width)
        {
            return new TableLayout(shown, [.. shown.Select(index => widths[index])], [], Wrapped: false);
        }

        List<int> leftOut = [];
        while (!chosen && Total(shown.Select(Least)) > width
            && shown.Where(index => columns[index].Rank > 0).ToArray() is { Length: > 0 } droppable)
        {
            int dropped = droppable.OrderByDescending(isEmpty)
                .ThenByDescending(index => columns[index].Rank).ThenByDescending(index => index).First();
            shown.Remove(dropped);
            leftOut.Add(dropped);
        }

        Shrink(index => columns[index].IsName, LongName);
        Shrink(index => columns[index].Wraps, NarrowText);
        Shrink(_ => true, Narrow);
        Shrink(_ => true, 1);
        return new TableLayout(shown, [.. shown.Select(index => widths[index])], [.. leftOut.Order()], Wrapped: true);

        int Least(int index) =>
            columns[index].Wraps ? Math.Min(widths[index], NarrowText)
            : columns[index].IsName ? Math.Min(widths[index], LongName)
            : widths[index];

        // The widest gives first, so that what is narrow stays readable as long as possible.
        void Shrink(Func<int, bool> which, int least)
        {
            while (Total(shown.Select(index => widths[index])) > width
                && shown.Where(index => which(index) && widths[index] > least).OrderByDescending(index => widths[index]).ToArray()
                    is [var widest, ..])
            {
                widths[widest]--;
            }
        }
    }

    /// <summary>A blank in front, and three between columns.</summary>
    private static int Total(IEnumerable<int> widths)
    {
        int total = 1 - Gap;
        foreach (int width in widths)
        {
            total += width + Gap;
        }

        return total;
    }
}
