using System.Text;

namespace VirtNet.Cli.Output;

/// <summary>Rows of comma-separated values (RFC 4180, with the line ends of this system).</summary>
internal static class CsvText
{
    private static readonly char[] Special = [',', '"', '\n', '\r'];

    public static void AppendRow(StringBuilder text, IEnumerable<string> cells) =>
        text.AppendJoin(',', cells.Select(Quoted)).Append('\n');

    private static string Quoted(string cell) =>
        cell.IndexOfAny(Special) >= 0 || (cell.Length > 0 && (cell[0] == ' ' || cell[^1] == ' '))
            ? $"\"{cell.Replace("\"", "\"\"")}\""
            : cell;
}
