using VirtNet.Cli.Documentation;
using VirtNet.Cli.Grammar;
using VirtNet.Cli.Output;

namespace VirtNet.Cli.Commands;

internal static class Help
{
    private static readonly OptionDefinition Command =
        OptionDefinition.Text("command", "a command, or the keyword of a group", Candidates.Commands);

    public static CommandDefinition Definition { get; } = new("help", "print help", RunAsync)
    {
        Description = "List all commands, those of one group, or describe one command.",
        Options = [Command],
        NeedsConnection = false,
        IgnoresUnknownWords = true,
        Examples = ["help", "help network", "help net-define"],
    };

    /// <summary>What <c>COMMAND --help</c> stands for.</summary>
    public static ParsedCommand For(ParsedCommand command)
    {
        ParsedCommand help = new(Definition) { Format = command.Format };
        help.Add(Command, command.Definition.Name);
        return help;
    }

    /// <summary>All commands.</summary>
    public static JsonHelp ToJson(CommandTable table) => ToJson(table, single: null, only: null);

    private static Task RunAsync(CommandContext context, ParsedCommand command, CancellationToken cancellationToken)
    {
        string? name = command.Text(Command);
        CommandDefinition? single = name is null ? null : context.Table.Find(name);
        CommandGroup? group = name is null ? null : context.Table.FindGroup(name);
        if (name is not null && single is null && group is null)
        {
            throw new CommandFailure($"command or command group '{name}' doesn't exist")
            {
                Hints = context.SaysMore ? Suggestion.ForCommand(name, context.Table) : [],
            };
        }

        if (context.WritesDocuments)
        {
            context.WriteDocument(ToJson(context.Table, single, group), CliJson.Default.JsonHelp);
        }
        else if (single is not null)
        {
            context.Terminal.Print(HelpText.ForCommand(single, context.Terminal.TextWidth));
        }
        else if (group is not null)
        {
            context.Terminal.Print(HelpText.ForGroup(group, context.Terminal.TextWidth));
        }
        else
        {
            context.Terminal.Print("Grouped commands:\n\n");
            foreach (CommandGroup each in context.Table.Groups)
            {
                context.Terminal.Print(HelpText.ForGroup(each, context.Terminal.TextWidth) + "\n");
            }
        }

        return Task.CompletedTask;
    }

    private static JsonHelp ToJson(CommandTable table, CommandDefinition? single, CommandGroup? only)
    {
        List<JsonCommandHelp> commands = [];
        foreach (CommandGroup group in table.Groups.Where(group => only is null || group == only))
        {
            commands.AddRange(group.Commands
                .Where(command => single is null ? !command.Hidden : command == single)
                .Select(command => ToJson(group, command)));
        }

        return new JsonHelp(commands);
    }

    private static JsonCommandHelp ToJson(CommandGroup group, CommandDefinition command) => new(
        command.Name,
        group.Keyword,
        command.Summary,
        command.Description,
        [
            .. command.Options.Select(option => new JsonOptionHelp(
                option.Name,
                NetworkEventText.Camel(option.Kind.ToString()),
                option.Required,
                option.Positional,
                option.Help)),
        ],
        [.. command.Examples.Select(example => $"virtnet {example}")]);
}
