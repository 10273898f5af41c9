using VirtNet.Cli.Hints;
using VirtNet.Cli.Output;
using VirtNet.Rpc.Driver;

namespace VirtNet.Cli.Commands;

internal static class NetAutostart
{
    private static readonly OptionDefinition Disable = OptionDefinition.Flag("disable", "do not start it any more");

    public static CommandDefinition Definition { get; } = new("net-autostart", "start networks with the host", RunAsync)
    {
        Description = "Mark persistent networks to be started when the host boots, or take the mark back.",
        Options = [NetworkArgument.SeveralPersistent, Disable],
        Examples = ["net-autostart default", "net-autostart lab1 lab2 --disable"],
    };

    private static Task RunAsync(CommandContext context, ParsedCommand command, CancellationToken cancellationToken) =>
        context.ForEachAsync(
            command,
            NetworkArgument.SeveralPersistent,
            name => MarkAsync(context, name, autostart: !command.Has(Disable), cancellationToken));

    private static async Task MarkAsync(CommandContext context, string name, bool autostart, CancellationToken cancellationToken)
    {
        NetworkRef network = await NetworkArgument.FindAsync(context, name, cancellationToken);
        string mark = autostart ? "mark" : "unmark";
        await context.Networks.SetAutostartAsync(network, autostart, cancellationToken)
            .OrFail($"failed to {mark} network {name} as autostarted");
        IReadOnlyList<string> warnings = autostart ? await ServerWarnings.ReadAsync(context, network, cancellationToken) : [];
        context.Complete(
            $"Network {name} {mark}ed as autostarted\n",
            new JsonDefinedNetwork(network.Name, network.Uuid, warnings),
            CliJson.Default.JsonDefinedNetwork);
        ServerWarnings.Write(context, warnings);
    }
}
