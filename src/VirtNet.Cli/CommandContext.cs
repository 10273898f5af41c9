using System.Text.Json.Serialization.Metadata;
using VirtNet.Cli.Connections;
using VirtNet.Cli.Grammar;
using VirtNet.Cli.Hints;
using VirtNet.Cli.Output;
using VirtNet.Rpc.Driver;

namespace VirtNet.Cli;

/// <summary>What a running command has around it.</summary>
internal sealed class CommandContext(CliEnvironment environment, Terminal terminal, Session session, CommandTable table)
{
    public CliEnvironment Environment { get; } = environment;

    public Terminal Terminal { get; } = terminal;

    public Session Session { get; } = session;

    public CommandTable Table { get; } = table;

    /// <summary>The format of the command that runs.</summary>
    public OutputFormat Format { get; set; }

    public bool Json => Format == OutputFormat.Json;

    /// <summary>The command that runs, as JSON documents name it.</summary>
    public string CommandName { get; set; } = "";

    /// <summary>Commands come from the interactive shell, so what they set lives on.</summary>
    public bool InShell { get; init; }

    /// <summary>Set by <c>exit</c> and <c>quit</c>.</summary>
    public bool ExitRequested { get; set; }

    public INetworkDriver Networks => Session.Connection.Networks;

    public HintWriter Hints => new(Terminal);

    /// <summary>The one result of a command in JSON.</summary>
    /// <param name="hints">As with <see cref="Complete"/>.</param>
    public void WriteJson<T>(T result, JsonTypeInfo<T> type, IReadOnlyList<string>? hints = null) =>
        Terminal.PrintLine(JsonEnvelope.Result(CommandName, result, type, hints ?? []));

    /// <summary>Ends a command that did something: a sentence, or its result in JSON.</summary>
    /// <param name="hints">What virsh would not say: for who reads along, and in JSON.</param>
    public void Complete<T>(string sentence, T result, JsonTypeInfo<T> type, IReadOnlyList<string>? hints = null)
    {
        if (Json)
        {
            WriteJson(result, type, hints);
            return;
        }

        Terminal.PrintExtra(sentence);
        foreach (string hint in hints ?? [])
        {
            Hints.Suggest(hint);
        }
    }
}
