using VirtNet.Cli.Output;

namespace VirtNet.Cli;

/// <summary><c>--columns</c> and <c>--no-header</c> of the commands that print a table.</summary>
internal static class TableOptions
{
    public static OptionDefinition Columns { get; } =
        OptionDefinition.NamedText("columns", "the columns to show, in this order, separated by commas");

    public static OptionDefinition NoHeader { get; } = OptionDefinition.Flag("no-header", "print rows without a heading");

    /// <summary>The columns that were asked for; null = the usual ones.</summary>
    public static IReadOnlyList<string>? Keys(ParsedCommand command) =>
        command.Text(Columns)?.ToLowerInvariant().Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);

    /// <returns>Whether columns were asked for.</returns>
    /// <exception cref="CommandFailure">There is no such column.</exception>
    public static bool Choose(TextTable table, ParsedCommand command)
    {
        if (Keys(command) is not { } keys)
        {
            return false;
        }

        string[] known = [.. table.Columns.Select(column => column.Key)];
        int[] chosen = [.. keys.Select(key => Array.IndexOf(known, TableColumn.KeyOf(key)))];
        int unknown = Array.IndexOf(chosen, -1);
        if (unknown >= 0 || chosen.Length == 0)
        {
            string which = unknown >= 0 ? $"no column '{keys[unknown]}'" : "no column";
            throw new CommandFailure($"there is {which}; there are: {string.Join(", ", known)}");
        }

        table.Choose(chosen);
        return true;
    }
}
