using System.Text;
using VirtNet.Cli.Grammar;

namespace VirtNet.Cli.Output;

/// <summary>Help in virsh's layout, made from the command table.</summary>
internal static class HelpText
{
    public static string ForProgram(CommandTable table)
    {
        StringBuilder text = new("\nvirtnet [options]... [<command_string>]\nvirtnet [options]... <command> [args...]\n\n  options:\n");
        foreach (GlobalOptionDefinition option in GlobalOptionParser.Definitions)
        {
            string argument = option.Argument is null ? "" : option.ArgumentIsOptional ? $"[={option.Argument}]" : $"={option.Argument}";
            string left = option.Short is { } letter ? $"    -{letter}" : "        ";
            if (option.Long is { } name)
            {
                left += (option.Short is null ? " " : " | ") + $"--{name}{argument}";
            }

            text.Append(left.Length < 28 ? left.PadRight(28) : left + "\n" + new string(' ', 28)).Append(option.Help).Append('\n');
        }

        text.Append("  commands (non interactive mode):\n\n");
        foreach (CommandGroup group in table.Groups)
        {
            text.Append(ForGroup(group)).Append('\n');
        }

        return text.Append("\n  (specify help <group> for details about the commands in the group)\n")
            .Append("\n  (specify help <command> for details about the command)\n\n").ToString();
    }

    public static string ForGroup(CommandGroup group)
    {
        StringBuilder text = new($" {group.Title} (help keyword '{group.Keyword}'):\n");
        foreach (CommandDefinition command in group.Commands.Where(command => !command.Hidden))
        {
            text.Append("    ").Append(command.Name.PadRight(30)).Append(' ').Append(command.Summary).Append('\n');
        }

        return text.ToString();
    }

    public static string ForCommand(CommandDefinition command)
    {
        StringBuilder text = new($"  NAME\n    {command.Name} - {command.Summary}\n\n  SYNOPSIS\n    {Synopsis(command)}\n");
        if (command.Description.Length > 0)
        {
            text.Append("\n  DESCRIPTION\n    ").Append(command.Description).Append('\n');
        }

        if (command.Options.Count > 0)
        {
            text.Append("\n  OPTIONS\n");
            foreach (OptionDefinition option in command.Options)
            {
                text.Append("    ").Append(Label(option).PadRight(15)).Append("  ").Append(option.Help).Append('\n');
            }
        }

        return text.Append('\n').ToString();
    }

    public static string Synopsis(CommandDefinition command) =>
        string.Join(' ', [command.Name, .. command.Options.Select(Usage)]);

    /// <summary>An option in the list below the synopsis.</summary>
    public static string Label(OptionDefinition option)
    {
        string value = option.Kind == OptionKind.Number ? "<number>" : "<string>";
        return option.Kind switch
        {
            OptionKind.Flag => $"--{option.Name}",
            _ when option is { Required: true, Positional: true } => $"[--{option.Name}] {value}",
            OptionKind.Words => $"[--{option.Name}] {value}",
            _ => $"--{option.Name} {value}",
        };
    }

    private static string Usage(OptionDefinition option) => option.Kind switch
    {
        OptionKind.Flag => $"[--{option.Name}]",
        OptionKind.Words => $"[[--{option.Name}] <string>]...",
        _ when option is { Required: true, Positional: true } => $"<{option.Name}>",
        OptionKind.Number => $"[--{option.Name} <number>]",
        _ when option.Required => $"--{option.Name} <string>",
        _ => $"[--{option.Name} <string>]",
    };
}
