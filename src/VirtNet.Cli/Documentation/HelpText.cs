using System.Text;
using VirtNet.Cli.Grammar;
using VirtNet.Cli.Output;

namespace VirtNet.Cli.Documentation;

/// <summary>Help in virsh's layout, made from the command table. No line is wider than the given width.</summary>
internal static class HelpText
{
    private const int GlobalOptionIndent = 28;
    private const int SummaryIndent = 35;
    private const int Indent = 4;
    private const int OptionLabelWidth = 15;

    public static string ForProgram(CommandTable table, int width)
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

            left = left.Length < GlobalOptionIndent ? left.PadRight(GlobalOptionIndent) : left + "\n" + new string(' ', GlobalOptionIndent);
            text.Append(left).Append(WrappedText.Hanging("", option.Help, GlobalOptionIndent, width)).Append('\n');
        }

        text.Append("  commands (non interactive mode):\n\n");
        foreach (CommandGroup group in table.Groups)
        {
            text.Append(ForGroup(group, width)).Append('\n');
        }

        return text.Append("\n  (specify help <group> for details about the commands in the group)\n")
            .Append("\n  (specify help <command> for details about the command)\n\n").ToString();
    }

    public static string ForGroup(CommandGroup group, int width)
    {
        StringBuilder text = new($" {group.Title} (help keyword '{group.Keyword}'):\n");
        foreach (CommandDefinition command in group.Commands.Where(command => !command.Hidden))
        {
            text.Append("    ").Append(command.Name.PadRight(30)).Append(' ')
                .Append(WrappedText.Hanging("", command.Summary, SummaryIndent, width)).Append('\n');
        }

        return text.ToString();
    }

    public static string ForCommand(CommandDefinition command, int width)
    {
        string name = $"{command.Name} - ";
        StringBuilder text = new("  NAME\n    ");
        text.Append(WrappedText.Hanging("", name + command.Summary, Indent, width)).Append('\n');
        text.Append("\n  SYNOPSIS\n    ").Append(WrappedText.Hanging("", Synopsis(command), Indent + 2, width - 2)).Append('\n');
        if (command.Description.Length > 0)
        {
            text.Append("\n  DESCRIPTION\n    ").Append(WrappedText.Hanging("", command.Description, Indent, width)).Append('\n');
        }

        if (command.Options.Count > 0)
        {
            text.Append("\n  OPTIONS\n");
            foreach (OptionDefinition option in command.Options)
            {
                text.Append(Option(option, width)).Append('\n');
            }
        }

        if (command.Terms is { } list)
        {
            int label = list.Terms.Max(term => term.Key.Length) + 2;
            text.Append("\n  ").Append(list.Title).Append('\n');
            foreach ((string term, string meaning) in list.Terms)
            {
                string left = new string(' ', Indent) + term.PadRight(label);
                text.Append(WrappedText.Hanging(left, meaning, left.Length, width)).Append('\n');
            }
        }

        if (command.Examples.Count > 0)
        {
            text.Append("\n  EXAMPLES\n");
            foreach (string example in command.Examples)
            {
                text.Append("    virtnet ").Append(example).Append('\n');
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

    /// <summary>Further lines stand below the text of an option with a short name, which most have.</summary>
    private static string Option(OptionDefinition option, int width)
    {
        const int Hang = Indent + OptionLabelWidth + 2;
        string label = new string(' ', Indent) + Label(option).PadRight(OptionLabelWidth) + "  ";
        return WrappedText.Hanging(label, option.Help, Hang, width);
    }

    private static string Usage(OptionDefinition option) => option.Kind switch
    {
        OptionKind.Flag => $"[--{option.Name}]",
        OptionKind.Words when option.Required => $"<{option.Name}>...",
        OptionKind.Words => $"[[--{option.Name}] <string>]...",
        _ when option is { Required: true, Positional: true } => $"<{option.Name}>",
        OptionKind.Number => $"[--{option.Name} <number>]",
        _ when option.Required => $"--{option.Name} <string>",
        _ => $"[--{option.Name} <string>]",
    };
}
