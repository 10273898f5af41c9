using VirtNet.Cli.Hints;
using VirtNet.Cli.Output;
using VirtNet.Model;
using VirtNet.Model.Differences;
using VirtNet.Rpc.Driver;

namespace VirtNet.Cli.Commands;

/// <summary>net-define --live: a new definition for a network that goes on running.</summary>
internal static class LiveRedefinition
{
    public static async Task RunAsync(
        CommandContext context, string file, RedefineFlags flags, CancellationToken cancellationToken)
    {
        string failure = $"Failed to redefine network from {file}";
        string xml = XmlFile.Read(context, file);
        Redefinition redefinition;
        try
        {
            redefinition = await context.Session.Connection.Extensions.RedefineAsync(xml, flags, cancellationToken);
        }
        catch (VirtNetException e)
        {
            throw new CommandFailure(failure, e)
            {
                Hints = e.Code is VirErrorCode.OperationInvalid
                    ? ["without --live, net-define changes what the next start uses"]
                    : DocumentHints.ForRefused(context, file, xml, e),
            };
        }

        bool isRefused = !redefinition.Done && !flags.HasFlag(RedefineFlags.Partial)
            && redefinition.Items.Any(item => item.Effect is ChangeEffect.NeedsRestart);
        if (isRefused && !flags.HasFlag(RedefineFlags.DryRun))
        {
            throw Refuse(context, failure, redefinition);
        }

        Print(context, file, redefinition, isRefused);
        DocumentHints.WriteForAccepted(context, file, xml);
    }

    private static CommandFailure Refuse(CommandContext context, string failure, Redefinition redefinition)
    {
        List<string> hints = [];
        if (context.WritesDocuments)
        {
            hints.AddRange(
                redefinition.Items.Where(item => item.Effect is ChangeEffect.NeedsRestart).Select(item => Line(item, redefinition)));
        }
        else
        {
            PrintItems(context, redefinition);
        }

        hints.Add("--partial makes the other changes now and leaves these for the next start");
        VirtNetException cause = VirtNetException.OperationUnsupported(
            $"network '{redefinition.Network.Name}' cannot change as a whole while it is active; nothing was changed");
        return new CommandFailure(failure, cause) { Hints = hints };
    }

    private static void Print(CommandContext context, string file, Redefinition redefinition, bool isRefused)
    {
        if (context.WritesDocuments)
        {
            context.WriteDocument(
                new JsonRedefinition(
                    redefinition.Network.ToJson(),
                    redefinition.Done,
                    [.. redefinition.Items.Select(ToJson)]),
                CliJson.Default.JsonRedefinition);
            return;
        }

        PrintItems(context, redefinition);
        string name = redefinition.Network.Name;
        context.Terminal.PrintExtra(
            redefinition.Items.Count == 0 ? $"Network {name} runs as {file} defines it\n"
            : redefinition.Done ? $"Network {name} redefined from {file}\n"
            : isRefused ? $"Network {name} would not be redefined from {file} without --partial\n"
            : $"Network {name} would be redefined from {file}\n");
    }

    internal static void PrintItems(CommandContext context, Redefinition redefinition)
    {
        foreach (RedefinedItem item in redefinition.Items)
        {
            char sign = item switch { { Before: null } => '+', { After: null } => '-', _ => '~' };
            context.Terminal.PrintHanging($" {sign} ", Line(item, redefinition), indent: 5);
        }
    }

    /// <summary>What is to be said about an item.</summary>
    internal static string Line(RedefinedItem item, Redefinition redefinition) =>
        $"{item.Item} {Difference(item)}: {EffectOf(item, redefinition)}";

    internal static JsonRedefinedItem ToJson(RedefinedItem item) =>
        new(item.Item, item.Before, item.After, Name(item.Effect).Replace(' ', '-'));

    private static string Difference(RedefinedItem item) => item switch
    {
        { Before: null } => item.After ?? "",
        { After: null } => item.Before,
        _ => $"{item.Before} -> {item.After}",
    };

    /// <summary>What is not done is not called applied.</summary>
    private static string EffectOf(RedefinedItem item, Redefinition redefinition) =>
        item.Effect is ChangeEffect.Applied && !redefinition.Done ? "can be applied" : Name(item.Effect);

    private static string Name(ChangeEffect effect) => effect switch
    {
        ChangeEffect.Applied => "applied",
        ChangeEffect.NeedsLeaseRenewal => "needs lease renewal",
        _ => "needs restart",
    };
}
