using VirtNet.Cli.Output;

namespace VirtNet.Cli.Commands;

internal static class Echo
{
    private static readonly OptionDefinition Shell = OptionDefinition.Flag("shell", "quote for a shell");
    private static readonly OptionDefinition Xml = OptionDefinition.Flag("xml", "escape for XML");
    private static readonly OptionDefinition Err = OptionDefinition.Flag("err", "print to standard error");
    private static readonly OptionDefinition Arguments = OptionDefinition.Words("arg", "what to print");

    public static CommandDefinition Definition { get; } = new("echo", "print the arguments", RunAsync)
    {
        Description = "Print the arguments, quoted on demand: shows how a command line was read.",
        Options = [Shell, Xml, Err, Arguments],
        NeedsConnection = false,
        Examples = ["echo --shell \"two words\""],
    };

    private static Task RunAsync(CommandContext context, ParsedCommand command, CancellationToken cancellationToken)
    {
        command.RefuseBoth(Shell, Xml);
        string text = string.Join(' ', command.Words(Arguments).Select(word => Escape(command, word)));
        if (context.WritesDocuments)
        {
            context.WriteDocument(new JsonText(text), CliJson.Default.JsonText);
        }
        else if (command.Has(Err))
        {
            context.Terminal.Error(text);
        }
        else
        {
            context.Terminal.Print(text);
        }

        return Task.CompletedTask;
    }

    private static string Escape(ParsedCommand command, string word) =>
        command.Has(Shell) ? ShellQuoted(word) : command.Has(Xml) ? XmlEscaped(word) : word;

    private static string ShellQuoted(string word) =>
        word.Length > 0 && word.All(c => char.IsAsciiLetterOrDigit(c) || "@%+=:,./-_".Contains(c))
            ? word
            : $"'{word.Replace("'", @"'\''")}'";

    private static string XmlEscaped(string word) => word
        .Replace("&", "&amp;").Replace("<", "&lt;").Replace(">", "&gt;").Replace("\"", "&quot;").Replace("'", "&apos;");
}
