namespace VirtNet.Cli;

/// <summary>All commands, in groups: what parsing, help, completion and the manual page are made from.</summary>
internal sealed class CommandTable(IReadOnlyList<CommandGroup> groups)
{
    public IReadOnlyList<CommandGroup> Groups { get; } = groups;

    /// <summary>What <c>COMMAND --help</c> stands for.</summary>
    public required Func<ParsedCommand, ParsedCommand> HelpOn { get; init; }

    /// <summary>By its exact name; there are no abbreviations.</summary>
    public CommandDefinition? Find(string name)
    {
        foreach (CommandGroup group in Groups)
        {
            foreach (CommandDefinition command in group.Commands)
            {
                if (command.Name == name)
                {
                    return command;
                }
            }
        }

        return null;
    }

    public CommandGroup? FindGroup(string name) =>
        Groups.FirstOrDefault(group => group.Keyword == name || group.Title == name);

    public IEnumerable<CommandDefinition> Visible() =>
        Groups.SelectMany(group => group.Commands).Where(command => !command.Hidden);
}
