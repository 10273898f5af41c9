using VirtNet.Model.Xml;

namespace VirtNet.Cli.Grammar;

/// <summary>What a misspelt word of a command line most likely stands for.</summary>
internal static class Suggestion
{
    private const string NetworkPrefix = "net-";

    /// <summary>Most commands begin alike, so the beginning may be missing; what is hidden is not suggested.</summary>
    public static IReadOnlyList<string> ForCommand(string name, CommandTable table)
    {
        string[] known = [.. table.Visible().Select(command => command.Name)];
        string? meant = known.Contains(NetworkPrefix + name)
            ? NetworkPrefix + name
            : Nearest(name, known) ?? Nearest(NetworkPrefix + name, known);
        return [meant is null ? "'virtnet help' lists the commands" : $"did you mean '{meant}'?"];
    }

    /// <param name="word">As it was written, maybe with its value.</param>
    public static IReadOnlyList<string> ForGlobalOption(string word, string[] known) =>
        Nearest(word.TrimStart('-').Split('=')[0], known) is { } meant && word.StartsWith("--", StringComparison.Ordinal)
            ? [$"did you mean '--{meant}'?"] : [];

    public static IReadOnlyList<string> ForOption(string name, CommandDefinition command) =>
    [
        Nearest(name, [.. command.Options.Select(option => option.Name)]) is { } meant
            ? $"did you mean '--{meant}'?"
            : $"'virtnet {command.Name} --help' lists its options",
    ];

    /// <summary>The one that begins so, or the one that is spelt almost so.</summary>
    public static string? Nearest(string word, string[] known) =>
        known.Where(name => name.StartsWith(word, StringComparison.Ordinal)).Take(2).ToArray() is [var only]
            ? only
            : NearestName.Find(word, known);
}
