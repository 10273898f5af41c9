using VirtNet.Cli.Grammar;
using VirtNet.Cli.Output;
using VirtNet.Model;
using VirtNet.Rpc.Driver;

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
        Options = [GuestArgument.Guest, Inactive, Details, GuestArgument.DomainUri],
        NeedsConnection = false,
    };

    private static async Task RunAsync(
        CommandContext context, ParsedCommand command, CancellationToken cancellationToken)
    {
        IGuest guest = await GuestArgument.LoadAsync(context, command, cancellationToken);
        GuestDocument document = (command.Has(Inactive) ? guest.Config : guest.Live) ?? guest.Config ?? guest.Live
            ?? throw new InvalidOperationException("a guest runs or is defined");
        bool details = command.Has(Details) || context.Json;
        List<JsonGuestInterface> rows = [];
        foreach (GuestInterface each in document.Interfaces)
        {
            NetworkView? view = details && each is { Type: "network", Source: not null }
                ? await NetworkView.ReadAsync(context, each.Source, each.Mac, cancellationToken)
                : null;
            rows.Add(new JsonGuestInterface(
                each.Number, each.Target, each.Type, each.Source, each.Model, each.Mac, each.LinkState,
                each.Type == "bridge" ? each.Source : view?.Bridge, view?.Addresses ?? [], view?.Active));
        }

        if (context.Json)
        {
            context.WriteJson(new JsonGuestInterfaceList(guest.Name, rows), CliJson.Default.JsonGuestInterfaceList);
            return;
        }

        string[] header = ["Interface", "Type", "Source", "Model", "MAC"];
        TextTable table = new(details ? ["#", .. header, "Link", "Bridge", "Address"] : header);
        foreach (JsonGuestInterface row in rows)
        {
            string[] cells = [row.Target ?? "-", row.Type, row.Source ?? "-", row.Model ?? "-", row.Mac ?? "-"];
            table.Add(details
                ?
                [
                    $"{row.Index}", .. cells, row.Link, row.Bridge ?? "-",
                    row.Addresses.Count > 0 ? string.Join(", ", row.Addresses) : row.NetworkActive == false ? "(network inactive)" : "-",
                ]
                : cells);
        }

        context.Terminal.Print(table.Format(withHeader: !context.Terminal.Quiet));
    }

    /// <summary>What the network daemon knows about an interface.</summary>
    private sealed record NetworkView(bool Active, string? Bridge, IReadOnlyList<string> Addresses)
    {
        /// <summary>Null when the daemon cannot be asked or does not know the network.</summary>
        public static async Task<NetworkView?> ReadAsync(
            CommandContext context, string network, string? mac, CancellationToken cancellationToken)
        {
            try
            {
                await context.Session.OpenAsync(cancellationToken);
                INetworkDriver driver = context.Networks;
                NetworkRef found = await driver.LookupByNameAsync(network, cancellationToken);
                IReadOnlyList<DhcpLease> leases = mac is null
                    ? []
                    : await driver.GetDhcpLeasesAsync(found, mac, flags: 0, cancellationToken);
                return new NetworkView(
                    await driver.IsActiveAsync(found, cancellationToken),
                    await Commands.NetInfo.BridgeAsync(driver, found, cancellationToken),
                    [.. leases.Select(lease => $"{lease.IpAddress}/{lease.Prefix}")]);
            }
            catch (VirtNetException)
            {
                return null;
            }
        }
    }
}
