using System.Text.Json.Serialization.Metadata;
using VirtNet.Cli.Connections;
using VirtNet.Cli.Output;
using VirtNet.Rpc.Driver;

namespace VirtNet.Cli;

/// <summary>What a running command has around it.</summary>
internal sealed class CommandContext(
    CliEnvironment environment, Terminal terminal, DocumentWriter documents, Session session, CommandTable table)
{
    public CliEnvironment Environment { get; } = environment;

    public Terminal Terminal { get; } = terminal;

    public DocumentWriter Documents { get; } = documents;

    public Session Session { get; } = session;

    public CommandTable Table { get; } = table;

    /// <summary>The format of the command that runs.</summary>
    public OutputFormat Format { get; set; }

    /// <summary>Programs read the result, or people who asked for a table: not virsh's text.</summary>
    public bool WritesDocuments => Format != OutputFormat.Text;

    /// <summary>Somebody reads along, or a document has room for it: what virsh would not say may be said.</summary>
    public bool SaysMore => WritesDocuments || Hints.SuggestionsWelcome;

    /// <summary>The command that runs, as documents name it.</summary>
    public string CommandName { get; set; } = "";

    /// <summary>Commands come from the interactive shell, so what they set lives on.</summary>
    public bool InShell { get; init; }

    /// <summary>Set by <c>exit</c> and <c>quit</c>.</summary>
    public bool ExitRequested { get; set; }

    public INetworkDriver Networks => Session.Connection.Networks;

    public HintWriter Hints => new(Terminal);

    /// <summary>The one result of a command as a document.</summary>
    /// <param name="hints">As with <see cref="Complete"/>.</param>
    public void WriteDocument<T>(T result, JsonTypeInfo<T> type, IReadOnlyList<string>? hints = null)
    {
        Documents.WriteResult(Format, CommandName, result, type, hints ?? []);
        if (Format is OutputFormat.Csv or OutputFormat.Table)
        {
            SuggestAll(hints ?? []); // which such a document has no place for
        }
    }

    /// <summary>A list: a table, or its document.</summary>
    /// <param name="hints">As with <see cref="Complete"/>.</param>
    public void WriteList<T>(
        TextTable table, ParsedCommand command, T result, JsonTypeInfo<T> type, IReadOnlyList<string>? hints = null)
    {
        bool withHeader = !Terminal.Quiet && !command.Has(TableOptions.NoHeader);
        bool chosen = TableOptions.Choose(table, command);
        if (Format is OutputFormat.Json or OutputFormat.Yaml)
        {
            Documents.WriteResult(Format, CommandName, result, type, hints ?? []);
            return;
        }

        if (Format is OutputFormat.Csv)
        {
            Terminal.Print(chosen ? table.ToCsv(withHeader) : DocumentTable.Of(result, type).ToCsv(withHeader));
        }
        else
        {
            Documents.WriteTable(table, withHeader);
        }

        SuggestAll(hints ?? []);
    }

    /// <summary>Ends a command that did something: a sentence, or its result as a document.</summary>
    /// <param name="hints">What virsh would not say: for who reads along, and in documents.</param>
    public void Complete<T>(string sentence, T result, JsonTypeInfo<T> type, IReadOnlyList<string>? hints = null)
    {
        if (WritesDocuments)
        {
            WriteDocument(result, type, hints);
            return;
        }

        Terminal.PrintExtra(sentence);
        SuggestAll(hints ?? []);
    }

    /// <summary>Ends a command that virsh does not have, and that did something: its warnings are also for scripts.</summary>
    public void CompleteWarning<T>(string sentence, T result, JsonTypeInfo<T> type, IReadOnlyList<string> warnings)
    {
        if (WritesDocuments)
        {
            WriteDocument(result, type, warnings);
            return;
        }

        Terminal.PrintExtra(sentence);
        foreach (string warning in warnings)
        {
            Terminal.Warning(warning);
        }
    }

    private void SuggestAll(IReadOnlyList<string> hints)
    {
        foreach (string hint in hints)
        {
            Hints.Suggest(hint);
        }
    }
}
