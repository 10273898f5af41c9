using System.Xml.Linq;
using VirtNet.Cli.Output;
using VirtNet.Cli.Properties;
using VirtNet.Model;
using VirtNet.Rpc.Driver;

namespace VirtNet.Cli.Commands;

/// <summary>What the definition of a network says, one property at a time.</summary>
internal static class NetGet
{
    private static readonly OptionDefinition Network =
        OptionDefinition.Text("network", "network name or uuid; without it, all properties are explained", Candidates.Networks);

    private static readonly OptionDefinition Key = OptionDefinition.Text(
        "key", "one property, of which only the value is printed", Candidates.Properties);

    public static CommandDefinition Definition { get; } = new("net-get", "show properties of a network", RunAsync)
    {
        Description = "Print what a network's definition says, or the value of one property: an empty line where nothing is said about "
            + "it. Without a network the properties are explained.",
        Options = [Network, Key, AffectOptions.Live, AffectOptions.Config, AffectOptions.Current, TableOptions.Columns, TableOptions.NoHeader],
        Examples = ["net-get", "net-get default", "net-get default subnet", "net-get default mtu --config"],
        OnlyReads = _ => true,
    };

    private static async Task RunAsync(CommandContext context, ParsedCommand command, CancellationToken cancellationToken)
    {
        uint flags = AffectOptions.Flags(command);
        command.RefuseBoth(AffectOptions.Live, AffectOptions.Config);
        if (!command.Has(Network))
        {
            Explain(context, command);
            return;
        }

        NetworkProperty? property = command.Text(Key) is { } key ? NetworkProperties.Get(key) : null;
        NetworkRef network = await NetworkArgument.FindAsync(context, command, Network, cancellationToken);
        if (flags == AffectOptions.LiveFlag && !await context.Networks.IsActiveAsync(network, cancellationToken))
        {
            throw VirtNetException.OperationInvalid($"network '{network.Name}' is not active");
        }

        string xml = await context.Networks.GetXmlAsync(
            network, flags == AffectOptions.ConfigFlag ? XmlFlags.Inactive : 0, cancellationToken);
        XElement root = XElement.Parse(xml);
        if (property is null)
        {
            List(context, command, network, root);
        }
        else if (context.WritesDocuments)
        {
            context.WriteDocument(
                new JsonPropertyValue(network.ToJson(), property.Key, property.Get(root)), CliJson.Default.JsonPropertyValue);
        }
        else
        {
            context.Terminal.PrintLine(property.Get(root) ?? "");
        }
    }

    private static void Explain(CommandContext context, ParsedCommand command)
    {
        TextTable table = new(new TableColumn("Key"), new TableColumn("Values", Rank: 2), new TableColumn("Meaning", Rank: 1));
        foreach (NetworkProperty property in NetworkProperties.All)
        {
            table.Add(property.Key, property.Values.Count > 0 ? string.Join("|", property.Values) : "-", property.Help);
        }

        context.WriteList(
            table,
            command,
            new JsonPropertyHelpList(
                [.. NetworkProperties.All.Select(property => new JsonPropertyHelp(property.Key, property.Values, property.Help))]),
            CliJson.Default.JsonPropertyHelpList);
    }

    private static void List(CommandContext context, ParsedCommand command, NetworkRef network, XElement root)
    {
        JsonSetting[] said =
        [
            .. NetworkProperties.All
                .Select(property => property.Get(root) is { } value ? new JsonSetting(property.Key, value) : null)
                .OfType<JsonSetting>(),
        ];
        TextTable table = new(new TableColumn("Key"), new TableColumn("Value"));
        foreach (JsonSetting property in said)
        {
            table.Add(property.Key, property.Value);
        }

        context.WriteList(table, command, new JsonPropertyList(network.ToJson(), said), CliJson.Default.JsonPropertyList);
    }
}
