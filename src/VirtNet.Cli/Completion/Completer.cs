using VirtNet.Cli.Connections;

namespace VirtNet.Cli.Completion;

/// <summary>Completes command lines, for bash, zsh, fish and for the interactive shell.</summary>
internal sealed class Completer(CommandTable table, Session session, CliEnvironment environment)
{
    /// <summary>What may stand in the place of the last word of one command.</summary>
    /// <param name="words">At least one; the last one may be empty.</param>
    public async Task<IReadOnlyList<string>> CompleteAsync(IReadOnlyList<string> words, CancellationToken cancellationToken)
    {
        if (CompletionPoint.Find(table, words) is not { } point)
        {
            return [];
        }

        if (point.Command is not { } command)
        {
            return Matching(table.Visible().Select(known => known.Name), point);
        }

        IReadOnlyList<string> values = point.Option is { } option
            ? await new CompletionCandidates(table, session, environment).FindAsync(
                option.Candidates, command, point.Prefix, cancellationToken)
            : [];
        if (point.Option is { Kind: OptionKind.Words } several)
        {
            values = [.. values.Except(command.Words(several))]; // nobody names an object twice
        }

        values = Matching(values, point);
        bool offerOptions = point.TakesOptions
            && (point.Prefix.StartsWith('-') || (point.Prefix.Length == 0 && values.Count == 0));
        return offerOptions ? [.. values, .. Matching(OptionNames(command), point)] : values;
    }

    private static IReadOnlyList<string> Matching(IEnumerable<string> candidates, CompletionPoint point) =>
    [
        .. candidates
            .Where(candidate => candidate.StartsWith(point.Prefix, StringComparison.Ordinal))
            .Distinct()
            .Order(StringComparer.Ordinal)
            .Select(candidate => point.Lead + candidate),
    ];

    private static IEnumerable<string> OptionNames(ParsedCommand command) => command.Definition.Options
        .Where(option => option.Kind == OptionKind.Words || !command.Has(option))
        .Select(option => "--" + option.Name)
        .Append("--help")
        .Append("--output");
}
