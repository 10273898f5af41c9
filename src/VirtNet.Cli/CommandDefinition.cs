namespace VirtNet.Cli;

/// <summary>
/// One command: the single source for parsing, help, completion and manual pages.
/// </summary>
/// <param name="Summary">Half a sentence in lower case, shown beside the name in lists.</param>
internal sealed record CommandDefinition(string Name, string Summary, CommandHandler Run)
{
    /// <summary>One or more sentences; empty when the summary says it all.</summary>
    public string Description { get; init; } = "";

    /// <summary>In the order in which words without a name fill them.</summary>
    public IReadOnlyList<OptionDefinition> Options { get; init; } = [];

    /// <summary>Whether a connection is opened before it runs.</summary>
    public bool NeedsConnection { get; init; } = true;

    /// <summary>Whether it only asks, with these arguments: then the right to read is enough.</summary>
    public Func<ParsedCommand, bool> OnlyReads { get; init; } = _ => false;

    /// <summary>Whether it knows the output format <c>openmetrics</c>.</summary>
    public bool WritesMetrics { get; init; }

    /// <summary>Command lines that show what it is for, without the program's name.</summary>
    public IReadOnlyList<string> Examples { get; init; } = [];

    /// <summary>What its arguments may be made of, by name: a section of their own in help and manual.</summary>
    public TermList? Terms { get; init; }

    /// <summary>Left out of help and completion: it serves scripts.</summary>
    public bool Hidden { get; init; }

    /// <summary>Words and options that it does not have are no mistake, as with virsh's <c>help</c>.</summary>
    public bool IgnoresUnknownWords { get; init; }

    /// <summary>From its first word on everything belongs to another program and is not read here: it fills the one option of words.</summary>
    public bool TakesEveryWord { get; init; }

    /// <summary>Stands for a command that there is not, so that the words behind it can be read.</summary>
    public static CommandDefinition Unknown(string name) => new(name, "", (_, _, _) => Task.CompletedTask);

    public OptionDefinition? FindOption(string name) =>
        Options.FirstOrDefault(option => option.Name == name || option.Alias == name);
}

/// <summary>Words that a command knows, each with half a sentence about it.</summary>
/// <param name="Title">In capitals, as a section's heading.</param>
internal sealed record TermList(string Title, IReadOnlyList<KeyValuePair<string, string>> Terms);

/// <summary>Commands that are shown together.</summary>
/// <param name="Keyword">What <c>help</c> takes for the whole group.</param>
internal sealed record CommandGroup(string Title, string Keyword, IReadOnlyList<CommandDefinition> Commands);

/// <summary>
/// Does what a command says. Failures are <see cref="CommandFailure"/>s or the server's
/// <see cref="Model.VirtNetException"/>s.
/// </summary>
internal delegate Task CommandHandler(
    CommandContext context, ParsedCommand command, CancellationToken cancellationToken);
