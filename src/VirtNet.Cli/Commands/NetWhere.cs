using System.Net;
using VirtNet.Cli.Bridges;
using VirtNet.Cli.Output;
using VirtNet.Model;
using VirtNet.Rpc.Driver;

namespace VirtNet.Cli.Commands;

/// <summary>Where a guest is: on which network, host and port.</summary>
internal static class NetWhere
{
    /// <summary>virConnectListAllNetworksFlags.</summary>
    private const uint ActiveNetworks = 2;

    private static readonly OptionDefinition Guest =
        OptionDefinition.Text("guest", "its MAC address, one of its IP addresses, or its name", Candidates.LeaseMacs) with { Required = true };

    public static CommandDefinition Definition { get; } = new("net-where", "find a guest by MAC, address or name", RunAsync)
    {
        Description = "Find out on which network a guest is, on which host where hosts share the network, and behind which device or port "
            + "of this host. By says where each of that is known from: a lease of this host or of another one, a port of the network, or "
            + "frames that the bridge has heard. Networks that do not run are not looked at.",
        Options = [Guest, TableOptions.Columns, TableOptions.NoHeader],
        Examples = ["net-where 52:54:00:aa:bb:cc", "net-where 192.168.122.42", "net-where web", "net-where web -o json"],
        OnlyReads = _ => true,
    };

    private static async Task RunAsync(CommandContext context, ParsedCommand command, CancellationToken cancellationToken)
    {
        string wanted = command.Required(Guest);
        List<JsonWhere> found = [];
        foreach (NetworkRef network in await context.Networks.ListNetworksAsync(ActiveNetworks, cancellationToken)
            .OrFail("Failed to list networks"))
        {
            try
            {
                found.AddRange(await FindAsync(context, network, wanted, cancellationToken));
            }
            catch (VirtNetException e) when (e.Code is VirErrorCode.NoNetwork or VirErrorCode.OperationInvalid)
            {
                // it has ended meanwhile
            }
        }

        if (found.Count == 0)
        {
            throw new CommandFailure($"no guest '{wanted}' is known on any network that runs here");
        }

        context.WriteList(Table(found), command, new JsonWhereList(wanted, found), CliJson.Default.JsonWhereList);
    }

    private static async Task<IReadOnlyList<JsonWhere>> FindAsync(
        CommandContext context, NetworkRef network, string wanted, CancellationToken cancellationToken)
    {
        SharedLeases leases = await LeaseHosts.ReadAsync(context, network, cancellationToken);
        IReadOnlyList<PortOwner> ports = await PortOwners.ReadAsync(context.Networks, network, cancellationToken);
        string? bridge = await NetInfo.BridgeAsync(context.Networks, network, cancellationToken);
        IReadOnlyList<PluggedDevice> devices = bridge is null ? [] : [.. context.Environment.BridgePorts(bridge)];
        List<JsonWhere> found =
        [
            .. leases.Leases.Where(lease => !lease.HasEnded && IsMeant(lease.Lease, wanted))
                .Select(lease => OfLease(network, lease, leases.Host, ports, devices)),
        ];

        // Guests without a lease: what ports and frames tell.
        HashSet<string?> known = [.. found.Select(guest => guest.Mac)];
        foreach (PortOwner port in ports.Where(port => port.Mac is not null && !known.Contains(port.Mac)
            && (IsMac(port.Mac, wanted) || port.Name == wanted)))
        {
            known.Add(port.Mac);
            found.Add(new JsonWhere(
                network.ToJson(), leases.Host, port.Mac, Address: null, port.Name, DeviceOf(devices, port.Mac), port.Port, "port"));
        }

        found.AddRange(devices.Where(device => device.Heard.Any(mac => IsMac(mac, wanted) && !known.Contains(mac)))
            .Select(device => new JsonWhere(
                network.ToJson(), leases.Host, device.Heard.First(mac => IsMac(mac, wanted)), Address: null, Name: null, device.Device, Port: null, "bridge")));
        return found;
    }

    private static JsonWhere OfLease(
        NetworkRef network, SharedLease lease, string? self, IReadOnlyList<PortOwner> ports, IReadOnlyList<PluggedDevice> devices)
    {
        DhcpLease guest = lease.Lease;
        bool isLocal = lease.Host is null;
        return new JsonWhere(
            network.ToJson(), lease.Host ?? self, guest.Mac, guest.IpAddress, guest.Hostname,
            isLocal ? DeviceOf(devices, guest.Mac) : null,
            isLocal ? ports.FirstOrDefault(port => port.Mac is not null && port.Mac == guest.Mac)?.Port : null,
            isLocal ? "lease" : "lease of another host");
    }

    private static string? DeviceOf(IReadOnlyList<PluggedDevice> devices, string? mac) =>
        mac is null ? null : PluggedDevice.Behind(devices, mac.ToLowerInvariant())?.Device;

    private static bool IsMeant(DhcpLease lease, string wanted) =>
        IsMac(lease.Mac, wanted)
        || (IPAddress.TryParse(wanted, out IPAddress? address) && IPAddress.TryParse(lease.IpAddress, out IPAddress? its) && its.Equals(address))
        || (lease.Hostname is { } name && name.Equals(wanted.Split('.')[0], StringComparison.OrdinalIgnoreCase));

    private static bool IsMac(string? mac, string wanted) =>
        MacAddress.TryParse(wanted, out MacAddress meant) && MacAddress.TryParse(mac, out MacAddress its) && its == meant;

    private static TextTable Table(IReadOnlyList<JsonWhere> found)
    {
        TextTable table = new(
            new TableColumn("Network"),
            new TableColumn("Host", Rank: 1),
            new TableColumn("MAC address", Rank: 2),
            new TableColumn("IP address"),
            new TableColumn("Name", Rank: 3),
            new TableColumn("Device", Rank: 4),
            new TableColumn("Port", Rank: 6),
            new TableColumn("By", Rank: 5));
        foreach (JsonWhere guest in found)
        {
            table.Add(
                guest.Network.Name, guest.Host ?? "-", guest.Mac ?? "-", guest.Address ?? "-", guest.Name ?? "-", guest.Device ?? "-",
                guest.Port?.ToString() ?? "-", guest.By);
        }

        return table;
    }
}
