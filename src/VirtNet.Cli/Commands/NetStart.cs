using VirtNet.Cli.Hints;
using VirtNet.Cli.Output;
using VirtNet.Rpc.Driver;

namespace VirtNet.Cli.Commands;

internal static class NetStart
{
    public static CommandDefinition Definition { get; } = new("net-start", "start defined networks", RunAsync)
    {
        Description = "Start networks that are defined and not active.",
        Options = [NetworkArgument.SeveralInactive],
        Examples = ["net-start default", "net-start lab1 lab2"],
    };

    private static Task RunAsync(CommandContext context, ParsedCommand command, CancellationToken cancellationToken) =>
        context.ForEachAsync(command, NetworkArgument.SeveralInactive, name => StartAsync(context, name, cancellationToken));

    private static async Task StartAsync(CommandContext context, string name, CancellationToken cancellationToken)
    {
        NetworkRef network = await NetworkArgument.FindAsync(context, name, cancellationToken);
        await context.Networks.StartAsync(network, cancellationToken).OrFail($"Failed to start network {name}");
        context.Complete(
            $"Network {name} started\n",
            network.ToJson(),
            CliJson.Default.JsonNetworkName,
            await NetworkConditions.ReadHintsAsync(context, network, cancellationToken));
    }
}
