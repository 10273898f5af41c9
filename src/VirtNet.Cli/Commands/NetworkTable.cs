using System.Globalization;
using VirtNet.Cli.Output;

namespace VirtNet.Cli.Commands;

/// <summary>Networks as rows.</summary>
internal static class NetworkTable
{
    /// <summary>The columns that virsh has, and those that a network's details fill.</summary>
    private static readonly TableColumn[] Usual =
    [
        new("Name") { IsName = true }, new("State", Rank: 1) { IsState = true }, new("Autostart", Rank: 8), new("Persistent", Rank: 9),
    ];

    private static readonly TableColumn[] Detailed =
    [
        new("Mode", Rank: 5), new("Bridge", Rank: 6), new("Subnet", Rank: 3), new("Gateway", Rank: 7), new("DHCP range", Rank: 8),
        new("Domain", Rank: 7), new("MTU", Rank: 10), new("Guests", Rank: 4), new("Leases", Rank: 3),
        new("Cut off by", Rank: 2) { Wraps = true }, new("Warnings", Rank: 2) { Wraps = true },
    ];

    private static readonly TableColumn[] Further = [new("Title", Rank: 11) { Wraps = true }, new("UUID", Rank: 12)];

    /// <summary>Whether columns are asked for that only the details fill.</summary>
    public static bool NeedsDetails(ParsedCommand command) =>
        TableOptions.Keys(command) is { } keys && keys.Any(key => Detailed.Any(column => column.Key == TableColumn.KeyOf(key)));

    public static bool NeedsTitles(ParsedCommand command) => TableOptions.Keys(command)?.Contains("title") == true;

    public static TextTable Of(IEnumerable<JsonNetwork> networks, bool withDetails, bool withTitle)
    {
        TextTable table = new(
        [
            .. Usual,
            .. Detailed.Select(column => column with { OnDemand = !withDetails }),
            .. Further.Select(column => column with { OnDemand = !(withTitle && column.Title == "Title") }),
        ]);
        foreach (JsonNetwork network in networks)
        {
            table.Add(
                network.Name,
                network.Active ? "active" : "inactive",
                NetInfo.YesNo(network.Autostart),
                NetInfo.YesNo(network.Persistent),
                network.Mode ?? "-",
                network.Bridge ?? "-",
                network.Subnet ?? "-",
                network.Gateway ?? "-",
                network.DhcpRange ?? "-",
                network.Domain ?? "-",
                network.Mtu?.ToString(CultureInfo.InvariantCulture) ?? "-",
                network.Guests?.ToString(CultureInfo.InvariantCulture) ?? "-",
                Leases(network.Leases),
                Texts(network.CutOffBy),
                Texts(network.Warnings),
                network.Title ?? "",
                network.Uuid.ToString());
        }

        return table;
    }

    public static string Leases(JsonLeaseUse? leases) => leases switch
    {
        null or { Of: 0 } => "-",
        { Of: long.MaxValue } => $"{leases.Used}",
        _ => $"{leases.Used} of {leases.Of}",
    };

    private static string Texts(IReadOnlyList<string>? texts) => texts is { Count: > 0 } ? string.Join("; ", texts) : "-";
}
