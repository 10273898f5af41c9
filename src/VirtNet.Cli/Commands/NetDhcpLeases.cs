using System.Globalization;
using VirtNet.Cli.Output;
using VirtNet.Rpc.Driver;

namespace VirtNet.Cli.Commands;

internal static class NetDhcpLeases
{
    private static readonly OptionDefinition Mac =
        OptionDefinition.Text("mac", "only leases of this MAC address", Candidates.LeaseMacs);

    private static readonly OptionDefinition Details = OptionDefinition.Flag("details", "also whose guest each is, where hosts share the network");

    public static CommandDefinition Definition { get; } =
        new("net-dhcp-leases", "list the addresses that guests have", RunAsync)
        {
            Description = "List the DHCP leases of a network; of one that hosts of a fabric share, those of all its guests. Expiry times are "
                + "local, and those of other hosts' guests as they were when that host last said so.",
            Options = [NetworkArgument.Active, Mac, Details, TableOptions.Columns, TableOptions.NoHeader],
            Examples =
            [
                "net-dhcp-leases default", "net-dhcp-leases default --mac 52:54:00:aa:bb:cc",
                "net-dhcp-leases default --columns ip-address,hostname", "net-dhcp-leases lab --details",
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
        bool hasDetails = command.Has(Details);
        IReadOnlyList<DhcpLease> all = await context.Networks
            .GetDhcpLeasesAsync(network, mac, flags: 0, cancellationToken)
            .OrFail($"Failed to get leases info for {name}");
        LeaseHosts hosts = hasDetails || context.WritesDocuments
            ? await LeaseHosts.FindAsync(context, network, cancellationToken) : LeaseHosts.Unknown;
        DhcpLease[] leases = [.. all.OrderBy(lease => lease.Mac, StringComparer.OrdinalIgnoreCase)];
        context.WriteList(
            Table(context, leases, hasDetails ? hosts : null),
            command,
            new JsonLeaseList(network.ToJson(), [.. leases.Select(lease => lease.ToJson(hosts.Of(lease)))]),
            CliJson.Default.JsonLeaseList);
    }

    /// <param name="hosts">Null = that is not shown.</param>
    private static TextTable Table(CommandContext context, IReadOnlyList<DhcpLease> leases, LeaseHosts? hosts)
    {
        TableColumn[] columns =
        [
            new TableColumn("Expiry Time", Rank: 3),
            new TableColumn("MAC address", Rank: 1),
            new TableColumn("Protocol", Rank: 4),
            new TableColumn("IP address"),
            new TableColumn("Hostname", Rank: 2),
            new TableColumn("Client ID or DUID", Rank: 5),
        ];
        TextTable table = new(hosts is null ? columns : [.. columns, new TableColumn("Host", Rank: 3)]);
        foreach (DhcpLease lease in leases)
        {
            string[] cells =
            [
                Expiry(lease, context.Environment.Time.LocalTimeZone),
                lease.Mac ?? "-",
                lease.Protocol(),
                $"{lease.IpAddress}/{lease.Prefix}",
                lease.Hostname ?? "-",
                lease.ClientId ?? "-",
            ];
            table.Add(hosts is null ? cells : [.. cells, hosts.Of(lease) ?? "-"]);
        }

        return table;
    }

    // A lease without an end has the expiry 0, which virsh shows as 1970.
    private static string Expiry(DhcpLease lease, TimeZoneInfo zone) =>
        TimeZoneInfo.ConvertTime(DateTimeOffset.FromUnixTimeSeconds(lease.ExpiryTime), zone)
            .ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture);
}
