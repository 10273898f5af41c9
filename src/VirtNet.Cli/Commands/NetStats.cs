using VirtNet.Cli.Output;
using VirtNet.Rpc.Driver;

namespace VirtNet.Cli.Commands;

/// <summary>What the services of a network did, and what they dropped and why.</summary>
internal static class NetStats
{
    private static readonly OptionDefinition All =
        OptionDefinition.Flag("all", "also what is zero; with -o openmetrics of all networks");

    public static CommandDefinition Definition { get; } =
        new("net-stats", "show what the services of a network did", RunAsync)
        {
            Description = "Show how many leases a network has, what its services answered since it was started, and how many "
                + "messages they dropped for each reason.",
            Options = [NetworkArgument.OptionalActive, All],
            WritesMetrics = true,
            Examples = ["net-stats default", "net-stats default --all", "net-stats --all -o openmetrics"],
            OnlyReads = _ => true,
        };

    private static async Task RunAsync(
        CommandContext context, ParsedCommand command, CancellationToken cancellationToken)
    {
        string? name = command.Text(NetworkArgument.OptionalActive);
        if (name is null && !(context.Format == OutputFormat.OpenMetrics && command.Has(All)))
        {
            throw new CommandFailure("command 'net-stats' requires <network> option");
        }

        NetworkRef? only = name is null ? null : await NetworkArgument.FindAsync(context, name, cancellationToken);
        if (context.Format == OutputFormat.OpenMetrics)
        {
            await WriteMetricsAsync(context, only, cancellationToken);
        }
        else
        {
            await WriteCountersAsync(context, command, only!, cancellationToken);
        }
    }

    /// <summary>Of one network after the other: an answer has a limit, and a host may have thousands.</summary>
    private static async Task WriteMetricsAsync(CommandContext context, NetworkRef? only, CancellationToken cancellationToken)
    {
        const string Failure = "Failed to get metrics";
        IVirtNetExtensions daemon = context.Session.Connection.Extensions;
        MetricsMerge merge = new();
        if (only is null)
        {
            merge.Add(await daemon.GetMetricsAsync(network: null, cancellationToken).OrFail(Failure));
        }

        IReadOnlyList<NetworkRef> networks =
            only is null ? await context.Networks.ListNetworksAsync(0, cancellationToken).OrFail("Failed to list networks") : [only];
        foreach (NetworkRef network in networks.OrderBy(network => network.Name, StringComparer.Ordinal))
        {
            merge.Add(await daemon.GetMetricsAsync(network, cancellationToken).OrFail(Failure));
        }

        context.Terminal.Print(merge.ToString());
    }

    private static async Task WriteCountersAsync(
        CommandContext context, ParsedCommand command, NetworkRef network, CancellationToken cancellationToken)
    {
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
        if (shown.Length == 0)
        {
            context.Hints.Say("nothing was asked of it yet; with --all also what is zero is shown");
        }

        int width = shown.Select(counter => counter.Name.Length).Append(0).Max();
        foreach (Counter counter in shown)
        {
            context.Terminal.PrintLine($"{counter.Name.PadRight(width)} {counter.Value}");
        }
    }
}
