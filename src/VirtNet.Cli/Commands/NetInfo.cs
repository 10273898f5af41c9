using VirtNet.Cli.Grammar;
using VirtNet.Cli.Output;
using VirtNet.Model;
using VirtNet.Rpc.Driver;

namespace VirtNet.Cli.Commands;

internal static class NetInfo
{
    public static CommandDefinition Definition { get; } = new("net-info", "show what a network is", RunAsync)
    {
        Description = "Show a network's name, UUID, state and bridge.",
        Options = [NetworkArgument.Any],
    };

    private static async Task RunAsync(
        CommandContext context, ParsedCommand command, CancellationToken cancellationToken)
    {
        NetworkRef network =
            await NetworkArgument.FindAsync(context, command, NetworkArgument.Any, cancellationToken);
        INetworkDriver driver = context.Networks;
        Task<bool> active = driver.IsActiveAsync(network, cancellationToken);
        Task<bool> persistent = driver.IsPersistentAsync(network, cancellationToken);
        Task<bool> autostart = driver.GetAutostartAsync(network, cancellationToken);
        Task<string?> bridge = BridgeAsync(driver, network, cancellationToken);
        await Task.WhenAll(active, persistent, autostart, bridge);
        JsonNetwork info = new(
            network.Name, network.Uuid, active.Result, persistent.Result, autostart.Result, bridge.Result);
        if (context.Json)
        {
            context.WriteJson(info, CliJson.Default.JsonNetwork);
            return;
        }

        Line(context, "Name:", info.Name);
        Line(context, "UUID:", info.Uuid.ToString());
        Line(context, "Active:", YesNo(info.Active));
        Line(context, "Persistent:", YesNo(info.Persistent));
        Line(context, "Autostart:", YesNo(info.Autostart));
        if (info.Bridge is not null)
        {
            Line(context, "Bridge:", info.Bridge);
        }
    }

    /// <summary>A network of a mode without a bridge has none; the server calls that an error.</summary>
    internal static async Task<string?> BridgeAsync(
        INetworkDriver driver, NetworkRef network, CancellationToken cancellationToken)
    {
        try
        {
            return await driver.GetBridgeNameAsync(network, cancellationToken);
        }
        catch (VirtNetException)
        {
            return null;
        }
    }

    private static void Line(CommandContext context, string label, string value) =>
        context.Terminal.PrintLine($"{label,-15} {value}");

    internal static string YesNo(bool value) => value ? "yes" : "no";
}
