using VirtNet.Cli.Connections;
using VirtNet.Cli.Grammar;
using VirtNet.Cli.Output;

namespace VirtNet.Cli.Completion;

/// <summary>
/// What shells ask: <c>virtnet --no-autostart complete -- WORD…</c> prints one candidate a line for the last word. The
/// words are those behind the program's name, its own options included.
/// </summary>
internal static class Complete
{
    private static readonly OptionDefinition Words = OptionDefinition.Words("word", "the words of the line so far");

    public static CommandDefinition Definition { get; } = new("complete", "complete a command line", RunAsync)
    {
        Options = [Words],
        NeedsConnection = false,
        Hidden = true,
    };

    private static async Task RunAsync(
        CommandContext context, ParsedCommand command, CancellationToken cancellationToken)
    {
        IReadOnlyList<string> candidates = await FindAsync(context, command.Words(Words), cancellationToken);
        context.Terminal.Quiet = true; // nothing but candidates
        foreach (string candidate in candidates)
        {
            context.Terminal.PrintLine(candidate);
        }
    }

    private static async Task<IReadOnlyList<string>> FindAsync(
        CommandContext context, IReadOnlyList<string> words, CancellationToken cancellationToken)
    {
        if (words.Count == 0)
        {
            words = [""];
        }

        GlobalOptions options;
        ConnectionTarget target;
        try
        {
            options = GlobalOptionParser.Parse([.. words.SkipLast(1)]);
            target = TargetOptions.Choose(options, context.Environment.Variable("VIRTNET_DEFAULT_URI"));
        }
        catch (UsageException)
        {
            // The last option before the word wants an argument, or is none.
            return words.Count > 1 && words[^2] is "-o" or "--output" ? Matching(OutputFormats.All, words[^1])
                : words.Count > 1 && words[^2] == "--socket" ? FileCandidates.Find(words[^1])
                : [];
        }

        if (options.Command.Count == 0 && words[^1].StartsWith('-'))
        {
            return Matching(
                GlobalOptionParser.Definitions.Where(option => option.Long is not null).Select(option => "--" + option.Long),
                words[^1]);
        }

        await using Session session = context.Session.Another(target);
        return await new Completer(context.Table, session, context.Environment)
            .CompleteAsync([.. options.Command, words[^1]], cancellationToken);
    }

    private static IReadOnlyList<string> Matching(IEnumerable<string> candidates, string prefix) =>
        [.. candidates.Where(candidate => candidate.StartsWith(prefix, StringComparison.Ordinal)).Order(StringComparer.Ordinal)];
}
