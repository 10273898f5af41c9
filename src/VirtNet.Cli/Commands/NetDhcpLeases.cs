using System.Globalization;
using VirtNet.Cli.Output;
using VirtNet.Rpc.Driver;

namespace VirtNet.Cli.Commands;

internal static class NetDhcpLeases
{
    private static readonly OptionDefinition Mac =
        OptionDefinition.Text("mac", "only leases of this MAC address", Candidates.LeaseMacs);

    public static CommandDefinition Definition { get; } =
        new("net-dhcp-leases", "list the addresses that guests have", RunAsync)
        {
            Description = "List the DHCP leases of a network. Expiry times are local.",
            Options = [NetworkArgument.Active, Mac, TableOptions.Columns, TableOptions.NoHeader],
            Examples =
            [
                "net-dhcp-leases default", "net-dhcp-leases default --mac 52:54:00:aa:bb:cc",
                "net-dhcp-leases default --columns ip-address,hostname",
            ],
            OnlyReads = _ => true,
        };

    private static async Task RunAsync(
        CommandContext context, ParsedCommand command, CancellationToken cancellationToken)
    {
        string? mac = command.Text(Mac);
        string name = command.Required(NetworkArgument.Active);
        NetworkRef network =
            await NetworkArgument.FindAsync(context, command, NetworkArgument.Active, cancellationToken);
        IReadOnlyList<DhcpLease> leases = await context.Networks
            .GetDhcpLeasesAsync(network, mac, flags: 0, cancellationToken)
            .OrFail($"Failed to get leases info for {name}");
        leases = [.. leases.OrderBy(lease => lease.Mac, StringComparer.OrdinalIgnoreCase)];
        context.WriteList(
            Table(context, leases),
            command,
            new JsonLeaseList(network.ToJson(), [.. leases.Select(lease => lease.ToJson())]),
            CliJson.Default.JsonLeaseList);
    }

    private static TextTable Table(CommandContext context, IReadOnlyList<DhcpLease> leases)
    {
        TextTable table = new(
            new TableColumn("Expiry Time", Rank: 3),
            new TableColumn("MAC address", Rank: 1),
            new TableColumn("Protocol", Rank: 4),
            new TableColumn("IP address"),
            new TableColumn("Hostname", Rank: 2),
            new TableColumn("Client ID or DUID", Rank: 5));
        foreach (DhcpLease lease in leases)
        {
            table.Add(
                Expiry(lease, context.Environment.Time.LocalTimeZone),
                lease.Mac ?? "-",
                lease.Protocol(),
                $"{lease.IpAddress}/{lease.Prefix}",
                lease.Hostname ?? "-",
                lease.ClientId ?? "-");
        }

        return table;
    }

    // A lease without an end has the expiry 0, which virsh shows as 1970.
    private static string Expiry(DhcpLease lease, TimeZoneInfo zone) =>
        TimeZoneInfo.ConvertTime(DateTimeOffset.FromUnixTimeSeconds(lease.ExpiryTime), zone)
            .ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture);
}
