using System.Text;
using VirtNet.Cli.Grammar;

namespace VirtNet.Cli.Documentation;

/// <summary>The manual page virtnet(1), made from the command table.</summary>
internal static class ManualPage
{
    public static string Render(CommandTable table)
    {
        StringBuilder page = new();
        page.Append(".\\\" Made from the command table by 'virtnet manual'.\n")
            .Append(".TH VIRTNET 1 \"\" \"virtnet\" \"Virtual networks\"\n")
            .Append(".SH NAME\nvirtnet \\- manage virtual networks of a KVM host\n")
            .Append(".SH SYNOPSIS\n.B virtnet\n[\\fIOPTIONS\\fR] [\\fICOMMANDS\\fR]\n.br\n.B virtnet\n")
            .Append("[\\fIOPTIONS\\fR] \\fICOMMAND\\fR [\\fIARGUMENTS\\fR]\n");
        Section(page, "DESCRIPTION", Description);
        page.Append(".SH OPTIONS\n");
        foreach (GlobalOptionDefinition option in GlobalOptionParser.Definitions)
        {
            Item(page, Spelling(option), Sentence(option.Help));
        }

        foreach (CommandGroup group in table.Groups)
        {
            page.Append(".SH ").Append(Escape(group.Title.ToUpperInvariant())).Append('\n');
            foreach (CommandDefinition command in group.Commands.Where(command => !command.Hidden))
            {
                Append(page, command);
            }
        }

        Section(page, "EXIT STATUS", ExitStatus);
        page.Append(".SH ENVIRONMENT\n");
        Item(page, "VIRTNET_DEFAULT_URI", "The URI that is connected to when neither -c nor --socket is given.");
        Item(page, "VISUAL, EDITOR", "The editor of net-edit, net-desc --edit, net-metadata --edit and domif-edit.");
        Item(page, "TMPDIR", "Where texts that are being edited are kept.");
        page.Append(".SH FILES\n");
        Item(page, Connections.ConnectionTarget.DefaultSocket, "The daemon's socket; with -ro behind it the one for reading only.");
        Item(page, "~/.local/state/virtnet/history", "The lines of the interactive shell.");
        page.Append(".SH SEE ALSO\n.BR virtnetd (8),\n.BR virtnet\\-network (5),\n.BR virtnet\\-json (5),\n.BR virtnet\\-fabricd (8),\n.BR virsh (1)\n");
        return page.ToString();
    }

    private const string Description =
        "Virtnet talks to virtnetd, and as well to any libvirt daemon with a network driver. Its commands, their options, "
        + "texts and exit codes are those of virsh. Several commands fit into one argument, separated by semicolons. Without "
        + "a command virtnet is an interactive shell, or reads commands from standard input where that is no terminal.\n"
        + "Every command takes -o json, yaml, csv or table, before or behind its name: then documents are printed, as "
        + "virtnet-json(5) describes them. Where a file is named, - is standard input. On a terminal tables fit its width, and "
        + "states have a colour unless NO_COLOR is set.\n"
        + "A value can be given by position or as --name VALUE or --name=VALUE; -- ends the options. Errors begin with "
        + "error:, and lines that begin with hint: say what may help.";

    private const string ExitStatus =
        "0 if the last command succeeded, else 1; a command that is done to several objects succeeds if it does with all of "
        + "them. As with virsh the port commands succeed even if there is no such port, except with -o. With -o the status is 1 "
        + "exactly if a document of the last command holds an error, or says that something is not valid.";

    private static void Append(StringBuilder page, CommandDefinition command)
    {
        page.Append(".SS ").Append(Escape(HelpText.Synopsis(command))).Append('\n')
            .Append(Text(command.Description.Length > 0 ? command.Description : Sentence(command.Summary))).Append('\n');
        foreach (OptionDefinition option in command.Options)
        {
            Item(page, HelpText.Label(option), Sentence(option.Help));
        }

        if (command.Terms is { } list)
        {
            page.Append(".PP\n").Append(Text(Sentence(list.Title.ToLowerInvariant())[..^1])).Append(":\n");
            foreach ((string term, string meaning) in list.Terms)
            {
                Item(page, term, Sentence(meaning));
            }
        }

        if (command.Examples.Count > 0)
        {
            page.Append(command.Examples.Count == 1 ? ".PP\nExample:\n" : ".PP\nExamples:\n").Append(".PP\n.nf\n");
            foreach (string example in command.Examples)
            {
                page.Append("    ").Append(Escape($"virtnet {example}")).Append('\n');
            }

            page.Append(".fi\n");
        }
    }

    private static void Section(StringBuilder page, string title, string paragraphs)
    {
        page.Append(".SH ").Append(title).Append('\n');
        foreach (string paragraph in paragraphs.Split('\n'))
        {
            page.Append(".PP\n").Append(Text(paragraph)).Append('\n');
        }
    }

    private static void Item(StringBuilder page, string label, string text) =>
        page.Append(".TP\n.B ").Append(Escape(label)).Append('\n').Append(Text(text)).Append('\n');

    private static string Spelling(GlobalOptionDefinition option)
    {
        string value = option.Argument is null ? "" : option.ArgumentIsOptional ? $"[={option.Argument}]" : $" {option.Argument}";
        return string.Join(", ", new[]
        {
            option.Short is { } letter ? $"-{letter}" : null,
            option.Long is { } name ? $"--{name}" : null,
        }.OfType<string>()) + value;
    }

    private static string Sentence(string help) => $"{char.ToUpperInvariant(help[0])}{help[1..]}.";

    /// <summary>Running text: a line may not begin like a request.</summary>
    private static string Text(string text) => Escape(text) is var escaped && escaped[0] is '.' or '\'' ? "\\&" + escaped : escaped;

    private static string Escape(string text) => text.Replace("\\", "\\e").Replace("-", "\\-");
}
