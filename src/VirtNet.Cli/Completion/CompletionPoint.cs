namespace VirtNet.Cli.Completion;

/// <summary>What stands before the word that is being completed, as far as it matters.</summary>
/// <param name="Command">Null while the command itself is being written.</param>
/// <param name="Option">The option whose value is being written; null = an option's name, or a command.</param>
/// <param name="Prefix">What is written of the value.</param>
internal sealed record CompletionPoint(ParsedCommand? Command, OptionDefinition? Option, string Prefix)
{
    /// <summary>Stands before every candidate: <c>--option=</c> of a value written that way.</summary>
    public string Lead { get; init; } = "";

    /// <summary>An option's name may stand here.</summary>
    public bool TakesOptions { get; init; }

    /// <summary>Reads the words of one command; the last one is being written. Null behind an unknown command.</summary>
    public static CompletionPoint? Find(CommandTable table, IReadOnlyList<string> words)
    {
        string current = words[^1];
        if (words.Count == 1)
        {
            return new CompletionPoint(null, null, current);
        }

        if (table.Find(words[0]) is not { } definition)
        {
            return null;
        }

        ParsedCommand command = new(definition);
        OptionDefinition? pending = null;
        bool onlyPositional = false;
        foreach (string word in words.Skip(1).SkipLast(1))
        {
            pending = Take(command, pending, word, ref onlyPositional);
        }

        if (pending is not null)
        {
            return new CompletionPoint(command, pending, current);
        }

        if (!onlyPositional && current.StartsWith("--", StringComparison.Ordinal) && current.IndexOf('=') is var equals and > 0)
        {
            OptionDefinition? named = definition.FindOption(current[2..equals]);
            return new CompletionPoint(command, named, current[(equals + 1)..]) { Lead = current[..(equals + 1)] };
        }

        OptionDefinition? next = onlyPositional || !current.StartsWith('-') ? NextPositional(command) : null;
        return new CompletionPoint(command, next, current) { TakesOptions = !onlyPositional };
    }

    /// <summary>Notes a finished word; returns the option that waits for its value now.</summary>
    private static OptionDefinition? Take(
        ParsedCommand command, OptionDefinition? pending, string word, ref bool onlyPositional)
    {
        if (pending is not null)
        {
            command.Add(pending, word);
            return null;
        }

        if (!onlyPositional && word == "--")
        {
            onlyPositional = true;
            return null;
        }

        if (!onlyPositional && word is "-o" or "--output")
        {
            return CompletionCandidates.Output;
        }

        if (onlyPositional || !word.StartsWith("--", StringComparison.Ordinal))
        {
            if (NextPositional(command) is { } next)
            {
                command.Add(next, word);
            }

            return null;
        }

        string[] parts = word[2..].Split('=', 2);
        if (command.Definition.FindOption(parts[0]) is not { } option)
        {
            return null;
        }

        if (option.Kind == OptionKind.Flag || parts.Length == 2)
        {
            command.Add(option, parts.Length == 2 ? parts[1] : "");
            return null;
        }

        return option;
    }

    private static OptionDefinition? NextPositional(ParsedCommand command) =>
        command.Definition.Options.FirstOrDefault(
            option => option.Positional && (option.Kind == OptionKind.Words || !command.Has(option)));
}
