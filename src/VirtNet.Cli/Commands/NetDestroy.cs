using VirtNet.Cli.Hints;
using VirtNet.Cli.Output;
using VirtNet.Rpc.Driver;

namespace VirtNet.Cli.Commands;

internal static class NetDestroy
{
    public static CommandDefinition Definition { get; } = new("net-destroy", "stop networks", RunAsync)
    {
        Description = "Stop networks at once. A transient network is gone afterwards, a persistent one stays defined.",
        Options = [NetworkArgument.SeveralActive],
        Examples = ["net-destroy default", "net-destroy lab1 lab2"],
    };

    private static Task RunAsync(CommandContext context, ParsedCommand command, CancellationToken cancellationToken) =>
        context.ForEachAsync(command, NetworkArgument.SeveralActive, name => DestroyAsync(context, name, cancellationToken));

    private static async Task DestroyAsync(CommandContext context, string name, CancellationToken cancellationToken)
    {
        NetworkRef network = await NetworkArgument.FindAsync(context, name, cancellationToken);
        await context.Networks.DestroyAsync(network, cancellationToken).OrFail($"Failed to destroy network {name}");
        context.Complete(
            $"Network {name} destroyed\n",
            network.ToJson(),
            CliJson.Default.JsonNetworkName,
            await NetworkConditions.ReadHintsAsync(context, network, cancellationToken)); // who has lost the connection
    }
}
