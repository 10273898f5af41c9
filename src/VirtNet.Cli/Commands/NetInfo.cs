using VirtNet.Cli.Grammar;
using VirtNet.Cli.Hints;
using VirtNet.Cli.Output;
using VirtNet.Model;
using VirtNet.Model.Conditions;
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
        Task<IReadOnlyList<Condition>> conditions = NetworkConditions.ReadAsync(context, network, cancellationToken);
        await Task.WhenAll(active, persistent, autostart, bridge, conditions);
        JsonNetwork info = new(
            network.Name, network.Uuid, active.Result, persistent.Result, autostart.Result, bridge.Result)
        {
            CutOffBy = Texts(conditions.Result, ConditionKind.CutOff),
            Warnings = Texts(conditions.Result, ConditionKind.Warning),
        };
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

        foreach (string cause in info.CutOffBy)
        {
            Line(context, "Cut off by:", cause);
        }

        foreach (string warning in info.Warnings)
        {
            Line(context, "Warning:", warning);
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

    private static IReadOnlyList<string> Texts(IReadOnlyList<Condition> conditions, ConditionKind kind) =>
        [.. conditions.Where(condition => condition.Kind == kind).Select(condition => condition.Text)];

    private static void Line(CommandContext context, string label, string value) =>
        context.Terminal.PrintLine($"{label,-15} {value}");

    internal static string YesNo(bool value) => value ? "yes" : "no";
}
