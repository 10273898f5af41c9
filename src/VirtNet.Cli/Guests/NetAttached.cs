using VirtNet.Cli.Bridges;
using VirtNet.Cli.Commands;
using VirtNet.Cli.Connections;
using VirtNet.Cli.Output;
using VirtNet.Rpc.Driver;

namespace VirtNet.Cli.Guests;

/// <summary>Which guests and ports are on a network.</summary>
internal static class NetAttached
{
    private static readonly OptionDefinition NoGuests =
        OptionDefinition.Flag("no-guests", "do not look into the definitions of the hypervisor's guests");

    public static CommandDefinition Definition { get; } =
        new("net-attached", "list the guests and ports on a network", RunAsync)
        {
            Description = "List what is on a network: its ports, the devices on its bridge, the guests with a lease, and the "
                + "guests that are defined to be on it.",
            Options = [NetworkArgument.Any, NoGuests, GuestArgument.DomainUri, TableOptions.Columns, TableOptions.NoHeader],
            Examples = ["net-attached default", "net-attached default --no-guests --columns guest,address"],
            OnlyReads = _ => true,
        };

    private static async Task RunAsync(
        CommandContext context, ParsedCommand command, CancellationToken cancellationToken)
    {
        INetworkDriver driver = context.Networks;
        NetworkRef network = await NetworkArgument.FindAsync(context, command, NetworkArgument.Any, cancellationToken);
        string? bridge = await NetInfo.BridgeAsync(driver, network, cancellationToken);
        AttachmentList attached = new();
        if (await driver.IsActiveAsync(network, cancellationToken))
        {
            foreach (PortOwner owner in await PortOwners.ReadAsync(driver, network, cancellationToken))
            {
                attached.AddPort(owner.Port, owner.Name, owner.Mac);
            }

            foreach (DhcpLease lease in await driver.GetDhcpLeasesAsync(network, mac: null, flags: 0, cancellationToken))
            {
                attached.AddLease(lease.Mac, $"{lease.IpAddress}/{lease.Prefix}");
            }
        }

        if (!command.Has(NoGuests))
        {
            await AddGuestsAsync(context, command, network, bridge, attached, cancellationToken);
        }

        foreach (PluggedDevice port in bridge is null ? [] : context.Environment.BridgePorts(bridge))
        {
            attached.AddBridgePort(port);
        }

        Print(context, command, network, attached.Sorted);
    }

    /// <summary>Guests are the hypervisor's: where it cannot be asked, the network's own knowledge has to do.</summary>
    private static async Task AddGuestsAsync(
        CommandContext context,
        ParsedCommand command,
        NetworkRef network,
        string? bridge,
        AttachmentList attached,
        CancellationToken cancellationToken)
    {
        try
        {
            IVirsh virsh = GuestArgument.VirshFor(context, command);

            // Another daemon's network may have the same name.
            bool sameNetworks = await new HypervisorNetworks(virsh).FindUuidAsync(network.Name, cancellationToken) == network.Uuid;
            foreach (string name in await LibvirtGuest.ListAsync(virsh, cancellationToken))
            {
                LibvirtGuest guest = await LibvirtGuest.LoadAsync(virsh, name, cancellationToken);
                foreach (GuestInterface each in (guest.Live ?? guest.Config)!.Interfaces)
                {
                    if ((sameNetworks && each.Type == "network" && each.Source == network.Name)
                        || (each.Type == "bridge" && bridge is not null && each.Source == bridge))
                    {
                        attached.AddGuest(name, each, runs: guest.Live is not null);
                    }
                }
            }
        }
        catch (CommandFailure e)
        {
            context.Hints.Say($"guests' definitions are left out (--no-guests does so without asking): {e.Message.Split('\n')[0]}");
        }
    }

    private static void Print(
        CommandContext context, ParsedCommand command, NetworkRef network, IReadOnlyList<Attachment> attached)
    {
        TextTable table = new(
            new TableColumn("Guest") { IsName = true },
            new TableColumn("MAC", Rank: 2),
            new TableColumn("Interface", Rank: 3),
            new TableColumn("Address", Rank: 1) { Wraps = true },
            new TableColumn("Port", Rank: 5),
            new TableColumn("State", Rank: 4) { IsState = true });
        foreach (Attachment each in attached)
        {
            table.Add(
                each.Guest ?? "-",
                each.Mac ?? "-",
                each.Device ?? "-",
                each.Addresses.Count > 0 ? string.Join(", ", each.Addresses) : "-",
                each.Port?.ToString() ?? "-",
                each.Present ? "present" : "defined");
        }

        context.WriteList(
            table,
            command,
            new JsonAttachmentList(
                network.ToJson(),
                [.. attached.Select(each => new JsonAttachment(
                    each.Guest, each.Mac, each.Device, each.Port, each.Addresses, each.Present))]),
            CliJson.Default.JsonAttachmentList);
    }
}
