using System.Globalization;
using VirtNet.Cli.Hints;
using VirtNet.Cli.Output;
using VirtNet.Model;
using VirtNet.Model.Conditions;
using VirtNet.Rpc.Driver;

namespace VirtNet.Cli.Commands;

internal static class NetInfo
{
    private const int LabelWidth = 15;

    private static readonly OptionDefinition Details =
        OptionDefinition.Flag("details", "add mode, addresses, MTU, guests, leases and what is wrong");

    public static CommandDefinition Definition { get; } = new("net-info", "show what a network is", RunAsync)
    {
        Description = "Show a network's name, UUID, state and bridge. With --details, and always in documents (-o), also its mode, "
            + "subnets, gateways, DHCP ranges, domain, MTU, how many guests are plugged in, how many of its leases are in use, who "
            + "cuts its guests off and what else is wrong.",
        Options = [NetworkArgument.Any, Details],
        Examples = ["net-info default", "net-info default --details"],
        OnlyReads = _ => true,
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
        if (command.Has(Details) || context.WritesDocuments)
        {
            info = await NetworkDetails.AddAsync(context, network, info, cancellationToken);
        }
        else
        {
            IReadOnlyList<Condition> conditions = await NetworkConditions.ReadAsync(context, network, cancellationToken);
            info = info with
            {
                CutOffBy = NetworkConditions.Texts(conditions, ConditionKind.CutOff),
                Warnings = NetworkConditions.Texts(conditions, ConditionKind.Warning),
            };
        }

        if (context.WritesDocuments)
        {
            context.WriteDocument(info, CliJson.Default.JsonNetwork);
        }
        else
        {
            Print(context, info, command.Has(Details));
        }
    }

    private static void Print(CommandContext context, JsonNetwork info, bool withDetails)
    {
        Line(context, "Name:", info.Name);
        Line(context, "UUID:", info.Uuid.ToString());
        Line(context, "Active:", YesNo(info.Active));
        Line(context, "Persistent:", YesNo(info.Persistent));
        Line(context, "Autostart:", YesNo(info.Autostart));
        if (info.Bridge is not null)
        {
            Line(context, "Bridge:", info.Bridge);
        }

        if (withDetails)
        {
            PrintDetails(context, info);
        }

        foreach (string cause in info.CutOffBy ?? [])
        {
            Line(context, "Cut off by:", cause);
        }

        foreach (string warning in info.Warnings ?? [])
        {
            Line(context, "Warning:", warning);
        }
    }

    private static void PrintDetails(CommandContext context, JsonNetwork info)
    {
        Line(context, "Mode:", info.Mode ?? "-");
        Lines(context, "Subnet:", info.Subnets);
        Lines(context, "Gateway:", info.Gateways);
        Lines(context, "DHCP range:", info.DhcpRanges);
        Line(context, "Domain:", info.Domain ?? "-");
        Line(context, "MTU:", info.Mtu?.ToString(CultureInfo.InvariantCulture) ?? "default");
        Line(context, "Guests:", info.Guests?.ToString(CultureInfo.InvariantCulture) ?? "-");
        Line(context, "Leases:", NetworkTable.Leases(info.Leases));
    }

    private static void Lines(CommandContext context, string label, IReadOnlyList<string>? values)
    {
        foreach (string value in values is { Count: > 0 } ? values : ["-"])
        {
            Line(context, label, value);
        }
    }

    private static void Line(CommandContext context, string label, string value)
    {
        string start = label.PadRight(LabelWidth) + ' ';
        context.Terminal.PrintHanging(start, value, start.Length);
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

    internal static string YesNo(bool value) => value ? "yes" : "no";
}
