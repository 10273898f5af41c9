using VirtNet.Cli.Connections;
using VirtNet.Cli.Output;

namespace VirtNet.Cli.Guests;

internal static class DomIfList
{
    private static readonly OptionDefinition Inactive =
        OptionDefinition.Flag("inactive", "the guest's next start instead of the running guest");

    private static readonly OptionDefinition Details =
        OptionDefinition.Flag("details", "add the link's state and, for networks, their bridge and the guest's address");

    public static CommandDefinition Definition { get; } = new("domiflist", "list the interfaces of a guest", RunAsync)
    {
        Description = "List the interfaces of a guest.",
        Options = [GuestArgument.Guest, Inactive, Details, GuestArgument.DomainUri, TableOptions.Columns, TableOptions.NoHeader],
        Examples = ["domiflist web", "domiflist web --details", "domiflist ./web.xml"],
        NeedsConnection = false,
    };

    private static async Task RunAsync(
        CommandContext context, ParsedCommand command, CancellationToken cancellationToken)
    {
        IGuest guest = await GuestArgument.LoadAsync(context, command, cancellationToken);
        GuestDocument document = (command.Has(Inactive) ? guest.Config : guest.Live) ?? guest.Config ?? guest.Live
            ?? throw new InvalidOperationException("a guest runs or is defined");
        bool details = command.Has(Details) || context.WritesDocuments || TableOptions.Keys(command) is not null;
        List<JsonGuestInterface> rows = [];
        await using Session bystander = context.Session.Bystander(); // a bridge may be nobody's
        foreach (GuestInterface each in document.Interfaces)
        {
            NetworkView? view = details ? await FindAsync(each) : null;
            rows.Add(new JsonGuestInterface(
                each.Number, each.Target, each.Type, each.Source, each.Model, each.Mac, each.LinkState,
                each.Type == "bridge" ? each.Source : view?.Bridge, view?.Addresses ?? [], view?.Active));
        }

        context.WriteList(
            Table(rows, command.Has(Details)),
            command,
            new JsonGuestInterfaceList(guest.Name, rows),
            CliJson.Default.JsonGuestInterfaceList);

        Task<NetworkView?> FindAsync(GuestInterface each) => each switch
        {
            { Type: "network", Source: { } network } =>
                context.NetworksOf(guest).FindAsync(network, each.Mac, cancellationToken),
            { Type: "bridge", Source: { } bridge } =>
                new DaemonNetworks(bystander).FindByBridgeAsync(bridge, each.Mac, cancellationToken),
            _ => Task.FromResult<NetworkView?>(null),
        };
    }

    private static TextTable Table(List<JsonGuestInterface> rows, bool withDetails)
    {
        TextTable table = new(
            new TableColumn("#", Rank: 6) { OnDemand = !withDetails },
            new TableColumn("Interface"),
            new TableColumn("Type", Rank: 4),
            new TableColumn("Source", Rank: 1),
            new TableColumn("Model", Rank: 5),
            new TableColumn("MAC", Rank: 1),
            new TableColumn("Link", Rank: 3) { OnDemand = !withDetails, IsState = true },
            new TableColumn("Bridge", Rank: 3) { OnDemand = !withDetails },
            new TableColumn("Address", Rank: 2) { OnDemand = !withDetails, Wraps = true });
        foreach (JsonGuestInterface row in rows)
        {
            table.Add(
                $"{row.Index}",
                row.Target ?? "-",
                row.Type,
                row.Source ?? "-",
                row.Model ?? "-",
                row.Mac ?? "-",
                row.Link,
                row.Bridge ?? "-",
                row.Addresses.Count > 0 ? string.Join(", ", row.Addresses) : row.NetworkActive == false ? "(network inactive)" : "-");
        }

        return table;
    }
}
