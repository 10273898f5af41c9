using VirtNet.Cli.Output;
using VirtNet.Rpc.Driver;

namespace VirtNet.Cli.Commands;

/// <summary>What the services of a network did, and what they dropped and why.</summary>
internal static class NetStats
{
    private static readonly OptionDefinition All = OptionDefinition.Flag("all", "also what is zero");

    public static CommandDefinition Definition { get; } =
        new("net-stats", "show what the services of a network did", RunAsync)
        {
            Description = "Show how many leases a network has, what its services answered since it was started, and how many "
                + "messages they dropped for each reason.",
            Options = [NetworkArgument.Active, All],
            Examples = ["net-stats default", "net-stats default --all"],
            OnlyReads = _ => true,
        };

    private static async Task RunAsync(
        CommandContext context, ParsedCommand command, CancellationToken cancellationToken)
    {
        NetworkRef network =
            await NetworkArgument.FindAsync(context, command, NetworkArgument.Active, cancellationToken);
        IReadOnlyList<Counter> counters = await context.Session.Connection.Extensions
            .GetCountersAsync(network, cancellationToken)
            .OrFail($"Failed to get statistics of network {network.Name}");
        if (context.WritesDocuments)
        {
            Dictionary<string, long> values = counters.ToDictionary(counter => counter.Name, counter => counter.Value);
            context.WriteDocument(new JsonStats(network.ToJson(), values), CliJson.Default.JsonStats);
            return;
        }

        Counter[] shown = [.. counters.Where(counter => counter.Value != 0 || command.Has(All))];
        int width = shown.Select(counter => counter.Name.Length).Append(0).Max();
        foreach (Counter counter in shown)
        {
            context.Terminal.PrintLine($"{counter.Name.PadRight(width)} {counter.Value}");
        }
    }
}
