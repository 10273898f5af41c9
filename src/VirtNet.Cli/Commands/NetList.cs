using VirtNet.Cli.Hints;
using VirtNet.Cli.Output;
using VirtNet.Model;
using VirtNet.Rpc.Driver;

namespace VirtNet.Cli.Commands;

internal static class NetList
{
    private const int TitleType = 1;

    private static readonly OptionDefinition Inactive = OptionDefinition.Flag("inactive", "only inactive networks");
    private static readonly OptionDefinition All = OptionDefinition.Flag("all", "active and inactive networks");
    private static readonly OptionDefinition Persistent = OptionDefinition.Flag("persistent", "only persistent networks");
    private static readonly OptionDefinition Transient = OptionDefinition.Flag("transient", "only transient networks");
    private static readonly OptionDefinition Autostart = OptionDefinition.Flag("autostart", "only autostarted networks");
    private static readonly OptionDefinition NoAutostart =
        OptionDefinition.Flag("no-autostart", "only networks that are not autostarted");

    private static readonly OptionDefinition Uuid = OptionDefinition.Flag("uuid", "print UUIDs only");
    private static readonly OptionDefinition Name = OptionDefinition.Flag("name", "print names only");
    private static readonly OptionDefinition Table = OptionDefinition.Flag("table", "print a table (default)");
    private static readonly OptionDefinition Title = OptionDefinition.Flag("title", "add the networks' titles");

    private static readonly OptionDefinition Details =
        OptionDefinition.Flag("details", "add mode, addresses, guests, leases and what is wrong");

    public static CommandDefinition Definition { get; } = new("net-list", "list networks", RunAsync)
    {
        Description = "List networks: the active ones, unless options say otherwise. --details, like documents (-o), adds what net-info "
            + "--details shows; on a terminal columns for which there is no room are left out.",
        Options =
        [
            Inactive, All, Persistent, Transient, Autostart, NoAutostart, Uuid, Name, Table, Title, Details,
            TableOptions.Columns, TableOptions.NoHeader,
        ],
        Examples =
        [
            "net-list --all", "net-list --all --details", "net-list --columns name,bridge,subnet,leases", "net-list --all -o json",
        ],
        OnlyReads = _ => true,
    };

    private static async Task RunAsync(
        CommandContext context, ParsedCommand command, CancellationToken cancellationToken)
    {
        if (new[] { Table, Name, Uuid }.Count(command.Has) > 1)
        {
            throw new CommandFailure("Only one argument from --table, --name and --uuid may be specified.");
        }

        IReadOnlyList<NetworkRef> networks =
            await context.Networks.ListNetworksAsync(Filter(command), cancellationToken).OrFail("Failed to list networks");
        networks = [.. networks.OrderBy(network => network.Name, StringComparer.OrdinalIgnoreCase)];
        if (!context.WritesDocuments && (command.Has(Name) || command.Has(Uuid)))
        {
            foreach (NetworkRef network in networks)
            {
                context.Terminal.PrintLine(command.Has(Name) ? network.Name : network.Uuid.ToString());
            }

            return;
        }

        bool details = command.Has(Details) || NetworkTable.NeedsDetails(command)
            || context.Format is OutputFormat.Json or OutputFormat.Yaml or OutputFormat.Csv;
        bool titles = command.Has(Title) || NetworkTable.NeedsTitles(command);
        JsonNetwork?[] rows = await ReadAsync(context, networks, titles, details, cancellationToken);
        JsonNetwork[] found = [.. rows.OfType<JsonNetwork>()];
        context.WriteList(
            NetworkTable.Of(found, command.Has(Details), command.Has(Title)),
            command,
            new JsonNetworkList(found),
            CliJson.Default.JsonNetworkList,
            await NetworkConditions.ReadHintsAsync(context, network: null, cancellationToken));
    }

    /// <summary>virConnectListAllNetworksFlags.</summary>
    private static uint Filter(ParsedCommand command)
    {
        uint filter = command.Has(All) ? 3u : command.Has(Inactive) ? 1u : 2u;
        return filter
            | (command.Has(Persistent) ? 4u : 0)
            | (command.Has(Transient) ? 8u : 0)
            | (command.Has(Autostart) ? 16u : 0)
            | (command.Has(NoAutostart) ? 32u : 0);
    }

    /// <summary>Asks about all networks at once: the calls share the connection, the wait is that of the slowest.</summary>
    private static Task<JsonNetwork?[]> ReadAsync(
        CommandContext context,
        IReadOnlyList<NetworkRef> networks,
        bool withTitle,
        bool withDetails,
        CancellationToken cancellationToken) =>
        Task.WhenAll(networks.Select(network => ReadAsync(context, network, withTitle, withDetails, cancellationToken)));

    /// <summary>Null for a network that has gone since it was listed.</summary>
    private static async Task<JsonNetwork?> ReadAsync(
        CommandContext context, NetworkRef network, bool withTitle, bool withDetails, CancellationToken cancellationToken)
    {
        INetworkDriver driver = context.Networks;
        try
        {
            Task<bool> autostart = driver.GetAutostartAsync(network, cancellationToken);
            Task<bool> persistent = driver.IsPersistentAsync(network, cancellationToken);
            Task<bool> active = driver.IsActiveAsync(network, cancellationToken);
            Task<string?> title = withTitle
                ? NetDesc.ReadAsync(driver, network, TitleType, flags: 0, cancellationToken)
                : Task.FromResult<string?>(null);
            Task<string?> bridge = withDetails
                ? NetInfo.BridgeAsync(driver, network, cancellationToken)
                : Task.FromResult<string?>(null);
            await Task.WhenAll(autostart, persistent, active, title, bridge);
            JsonNetwork row = new(
                network.Name, network.Uuid, active.Result, persistent.Result, autostart.Result, bridge.Result, title.Result);
            return withDetails ? await NetworkDetails.AddAsync(context, network, row, cancellationToken) : row;
        }
        catch (VirtNetException e) when (e.Code == VirErrorCode.NoNetwork)
        {
            return null;
        }
    }
}
