using VirtNet.Cli.Output;
using VirtNet.Rpc.Driver;

namespace VirtNet.Cli.Commands;

internal static class NetUndefine
{
    public static CommandDefinition Definition { get; } = new("net-undefine", "remove the definition of a persistent network", RunAsync)
    {
        Description = "Remove a persistent network's definition. A network that is active goes on as a transient one.",
        Options = [NetworkArgument.SeveralPersistent],
        Examples = ["net-undefine lab", "net-undefine lab1 lab2"],
    };

    private static Task RunAsync(CommandContext context, ParsedCommand command, CancellationToken cancellationToken) =>
        context.ForEachAsync(command, NetworkArgument.SeveralPersistent, name => UndefineAsync(context, name, cancellationToken));

    private static async Task UndefineAsync(CommandContext context, string name, CancellationToken cancellationToken)
    {
        NetworkRef network = await NetworkArgument.FindAsync(context, name, cancellationToken);
        await context.Networks.UndefineAsync(network, cancellationToken).OrFail($"Failed to undefine network {name}");
        context.Complete($"Network {name} has been undefined\n", network.ToJson(), CliJson.Default.JsonNetworkName);
    }
}
