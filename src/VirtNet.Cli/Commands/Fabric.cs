using VirtNet.Cli.Grammar;
using VirtNet.Cli.Output;

namespace VirtNet.Cli.Commands;

/// <summary>One network over many hosts: verbs of a program of its own, which only hosts of a fabric have.</summary>
internal static class Fabric
{
    private static readonly OptionDefinition Verb = OptionDefinition.Words("verb", "what to do, and what belongs to it; without it the verbs are listed");

    private static readonly TermList Verbs = new("VERBS",
    [
        new("init", "begin a fabric with this host"),
        new("invite", "print a token with which another host joins"),
        new("join", "make this host a member of a fabric"),
        new("leave", "take this host, or one that is gone, out of it"),
        new("list", "its members"),
        new("reflectors", "through which members the others hear where guests are"),
        new("span", "a network: its members and blocks of addresses"),
        new("status", "how this host does in it"),
        new("check", "whether members can work together"),
    ]);

    public static CommandDefinition Definition { get; } = new("fabric", "join hosts that share networks, and look at them", RunAsync)
    {
        Description = "Hand over to virtnet-fabricd, which the package virtnet-fabric has: a host by itself needs none of it. "
            + "virtnet-fabricd(8) describes the verbs and what they take.",
        Options = [Verb],
        NeedsConnection = false,
        TakesEveryWord = true,
        Terms = Verbs,
        Examples = ["fabric list", "fabric check -o json"],
    };

    private static async Task RunAsync(CommandContext context, ParsedCommand command, CancellationToken cancellationToken)
    {
        IReadOnlyList<string> words = command.Words(Verb);
        if (words.Count == 0)
        {
            List(context, command);
            return;
        }

        string[] known = [.. Verbs.Terms.Select(verb => verb.Key)];
        if (!known.Contains(words[0]) && Suggestion.Nearest(words[0], known) is { } meant)
        {
            throw new CommandFailure($"unknown verb '{words[0]}' of fabric") { Hints = [$"did you mean '{meant}'?"] };
        }

        string[] format = context.Format switch
        {
            OutputFormat.Text => [],
            OutputFormat.Json => ["--output", "json"],
            _ => throw new CommandFailure("fabric writes text or json"),
        };
        context.Terminal.Flush(); // before the other program writes
        int status = await context.Environment.Fabric([.. format, .. words], cancellationToken)
            ?? throw new CommandFailure("virtnet-fabricd is not installed on this host")
            {
                Hints = ["the package virtnet-fabric has it: `apt install virtnet-fabric`"],
            };
        if (status != 0)
        {
            throw CommandFailure.WithoutMessage();
        }
    }

    private static void List(CommandContext context, ParsedCommand command)
    {
        TextTable table = new(new TableColumn("Verb"), new TableColumn("What it does"));
        foreach ((string verb, string help) in Verbs.Terms)
        {
            table.Add(verb, help);
        }

        context.WriteList(
            table, command, new JsonVerbList([.. Verbs.Terms.Select(verb => new JsonVerb(verb.Key, verb.Value))]), CliJson.Default.JsonVerbList);
    }
}
