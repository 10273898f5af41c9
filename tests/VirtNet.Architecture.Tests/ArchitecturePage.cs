using System.Text.RegularExpressions;

namespace VirtNet.Architecture.Tests;

/// <summary>The table of ARCHITECTURE.md.</summary>
internal static partial class ArchitecturePage
{
    private const string Name = "ARCHITECTURE.md";

    public static IReadOnlyList<ProjectRow> Rows { get; } =
    [
        .. File.ReadLines(Find())
            .Select(line => line.Split('|', StringSplitOptions.TrimEntries))
            .Where(cells => cells.Length == 5 && Projects.All.Any(project => cells[1] == $"`{project.GetName().Name}`"))
            .Select(cells => new ProjectRow(cells[1].Trim('`'), [.. Quoted(cells[2]).Select(name => $"VirtNet.{name}")], [.. Quoted(cells[3])])),
    ];

    private static IEnumerable<string> Quoted(string cell) => Code().Matches(cell).Select(match => match.Groups[1].Value);

    private static string Find()
    {
        string? folder = AppContext.BaseDirectory;
        while (folder is not null && !File.Exists(Path.Combine(folder, Name)))
        {
            folder = Path.GetDirectoryName(folder);
        }

        return Path.Combine(folder ?? throw new FileNotFoundException(Name), Name);
    }

    [GeneratedRegex("`([^`]+)`")]
    private static partial Regex Code();
}

/// <param name="Knows">Other projects.</param>
/// <param name="Namespaces">Below the project's own, the lowest first.</param>
internal sealed record ProjectRow(string Project, IReadOnlyList<string> Knows, IReadOnlyList<string> Namespaces);
