using System.Globalization;
using VirtNet.Cli.Grammar;
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
            Options = [NetworkArgument.Active, Mac],
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
        if (context.Json)
        {
            context.WriteJson(
                new JsonLeaseList(network.ToJson(), [.. leases.Select(lease => lease.ToJson())]), CliJson.Default.JsonLeaseList);
        }
        else
        {
            PrintTable(context, leases);
        }
    }

    private static void PrintTable(CommandContext context, IReadOnlyList<DhcpLease> leases)
    {
        TextTable table = new("Expiry Time", "MAC address", "Protocol", "IP address", "Hostname", "Client ID or DUID");
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

        context.Terminal.Print(table.Format(withHeader: !context.Terminal.Quiet));
    }

    // A lease without an end has the expiry 0, which virsh shows as 1970.
    private static string Expiry(DhcpLease lease, TimeZoneInfo zone) =>
        TimeZoneInfo.ConvertTime(DateTimeOffset.FromUnixTimeSeconds(lease.ExpiryTime), zone)
            .ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture);
}
