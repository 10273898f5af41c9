using VirtNet.Cli.Grammar;
using VirtNet.Cli.Output;
using VirtNet.Rpc.Driver;

namespace VirtNet.Cli.Commands;

internal static class NetAutostart
{
    private static readonly OptionDefinition Disable = OptionDefinition.Flag("disable", "do not start it any more");

    public static CommandDefinition Definition { get; } = new("net-autostart", "start a network with the host", RunAsync)
    {
        Description = "Mark a persistent network to be started when the host boots, or take the mark back.",
        Options = [NetworkArgument.Persistent, Disable],
    };

    private static async Task RunAsync(
        CommandContext context, ParsedCommand command, CancellationToken cancellationToken)
    {
        string name = command.Required(NetworkArgument.Persistent);
        NetworkRef network =
            await NetworkArgument.FindAsync(context, command, NetworkArgument.Persistent, cancellationToken);
        bool autostart = !command.Has(Disable);
        string mark = autostart ? "mark" : "unmark";
        await context.Networks.SetAutostartAsync(network, autostart, cancellationToken)
            .OrFail($"failed to {mark} network {name} as autostarted");
        context.Complete(
            $"Network {name} {mark}ed as autostarted\n", network.ToJson(), CliJson.Default.JsonNetworkName);
    }
}
