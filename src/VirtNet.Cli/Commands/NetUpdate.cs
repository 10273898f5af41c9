using VirtNet.Cli.Output;
using VirtNet.Rpc.Driver;

namespace VirtNet.Cli.Commands;

internal static class NetUpdate
{
    /// <summary>virsh's short word for add-last.</summary>
    private const string Add = "add";

    private const uint AddLast = 3;

    private static readonly OptionDefinition Command = OptionDefinition.Argument(
        "command", "what to do: add-first, add-last (add), delete or modify", Candidates.UpdateCommands);

    private static readonly OptionDefinition Section = OptionDefinition.Argument(
        "section", "which part of the network, e.g. ip-dhcp-host", Candidates.UpdateSections);

    private static readonly OptionDefinition Xml = OptionDefinition.Argument(
        "xml", "the element itself (it starts with '<'), or a file that holds it", Candidates.Files);

    private static readonly OptionDefinition ParentIndex =
        OptionDefinition.Number("parent-index", "which <ip> element, counted from 0");

    public static CommandDefinition Definition { get; } = new("net-update", "change a part of a network", RunAsync)
    {
        Description = "Add, change or remove one element of a network without stopping it.",
        Options =
        [
            NetworkArgument.Any, Command, Section, Xml, ParentIndex,
            AffectOptions.Config, AffectOptions.Live, AffectOptions.Current,
        ],
        Examples =
        [
            "net-update default add dns-host host.xml --live --config",
            "net-update default delete dns-host \"<host ip='10.0.0.9'/>\"",
            "net-update default add ip-dhcp-host - --live <host.xml",
        ],
    };

    /// <summary>virNetworkUpdateCommand, from 1.</summary>
    public static IReadOnlyList<string> CommandNames { get; } = ["modify", "delete", "add-last", "add-first"];

    /// <summary>virNetworkUpdateSection, from 1.</summary>
    public static IReadOnlyList<string> SectionNames { get; } =
    [
        "bridge", "domain", "ip", "ip-dhcp-host", "ip-dhcp-range", "forward", "forward-interface", "forward-pf",
        "portgroup", "dns-host", "dns-txt", "dns-srv",
    ];

    private static async Task RunAsync(
        CommandContext context, ParsedCommand command, CancellationToken cancellationToken)
    {
        command.RefuseBoth(AffectOptions.Current, AffectOptions.Live);
        command.RefuseBoth(AffectOptions.Current, AffectOptions.Config);
        NetworkRef network =
            await NetworkArgument.FindAsync(context, command, NetworkArgument.Any, cancellationToken);
        string verb = command.Required(Command);
        uint commandNumber = verb == Add ? AddLast : Number(context, CommandNames, verb, "command");
        uint section = Number(context, SectionNames, command.Required(Section), "section");
        int parentIndex = command.Number(ParentIndex) ?? -1;
        string xml = command.Required(Xml);
        if (!xml.StartsWith('<'))
        {
            xml = XmlFile.Read(context, xml);
        }

        await context.Networks.UpdateAsync(
                network,
                new NetworkUpdateRequest(commandNumber, section, parentIndex, xml, AffectOptions.Flags(command)),
                cancellationToken)
            .OrFail($"Failed to update network {network.Name}");
        await ReportAsync(context, command, network, cancellationToken);
    }

    private static async Task ReportAsync(
        CommandContext context, ParsedCommand command, NetworkRef network, CancellationToken cancellationToken)
    {
        bool config = command.Has(AffectOptions.Config);
        bool live = command.Has(AffectOptions.Live);
        if (!config && !live)
        {
            live = await context.Networks.IsActiveAsync(network, cancellationToken);
            config = !live;
        }

        string what = config && live ? "persistent config and live state" : live ? "live state" : "persistent config";
        context.Complete(
            $"Updated network {network.Name} {what}",
            new JsonUpdate(network.ToJson(), live, config),
            CliJson.Default.JsonUpdate);
    }

    private static uint Number(CommandContext context, IReadOnlyList<string> names, string name, string what)
    {
        for (int index = 0; index < names.Count; index++)
        {
            if (names[index] == name)
            {
                return (uint)index + 1;
            }
        }

        throw new CommandFailure($"unrecognized {what} name '{name}'")
        {
            Hints = context.SaysMore
                ? [$"one of: {string.Join(", ", names == CommandNames ? names.Append(Add) : names)}"]
                : [],
        };
    }
}
