using VirtNet.Cli.Grammar;
using VirtNet.Cli.Hints;
using VirtNet.Cli.Output;
using VirtNet.Rpc.Driver;

namespace VirtNet.Cli.Commands;

internal static class NetDestroy
{
    public static CommandDefinition Definition { get; } = new("net-destroy", "stop a network", RunAsync)
    {
        Description = "Stop a network at once. A transient network is gone afterwards, a persistent one stays defined.",
        Options = [NetworkArgument.Active],
    };

    private static async Task RunAsync(
        CommandContext context, ParsedCommand command, CancellationToken cancellationToken)
    {
        string name = command.Required(NetworkArgument.Active);
        NetworkRef network =
            await NetworkArgument.FindAsync(context, command, NetworkArgument.Active, cancellationToken);
        await context.Networks.DestroyAsync(network, cancellationToken).OrFail($"Failed to destroy network {name}");
        context.Complete(
            $"Network {name} destroyed\n",
            network.ToJson(),
            CliJson.Default.JsonNetworkName,
            await NetworkConditions.ReadHintsAsync(context, network, cancellationToken)); // who has lost the connection
    }
}
