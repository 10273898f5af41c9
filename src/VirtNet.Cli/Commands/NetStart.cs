using VirtNet.Cli.Grammar;
using VirtNet.Cli.Hints;
using VirtNet.Cli.Output;
using VirtNet.Rpc.Driver;

namespace VirtNet.Cli.Commands;

internal static class NetStart
{
    public static CommandDefinition Definition { get; } = new("net-start", "start a defined network", RunAsync)
    {
        Description = "Start a network that is defined and not active.",
        Options = [NetworkArgument.Inactive],
    };

    private static async Task RunAsync(
        CommandContext context, ParsedCommand command, CancellationToken cancellationToken)
    {
        string name = command.Required(NetworkArgument.Inactive);
        NetworkRef network =
            await NetworkArgument.FindAsync(context, command, NetworkArgument.Inactive, cancellationToken);
        await context.Networks.StartAsync(network, cancellationToken).OrFail($"Failed to start network {name}");
        context.Complete(
            $"Network {name} started\n",
            network.ToJson(),
            CliJson.Default.JsonNetworkName,
            await NetworkConditions.ReadHintsAsync(context, network, cancellationToken));
    }
}
