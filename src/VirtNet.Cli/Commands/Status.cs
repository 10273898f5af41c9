using System.Globalization;
using VirtNet.Cli.Output;
using VirtNet.Rpc.Driver;

namespace VirtNet.Cli.Commands;

/// <summary>How the daemon and its networks are.</summary>
internal static class Status
{
    private const int LabelWidth = 17;

    public static CommandDefinition Definition { get; } = new("status", "show how the daemon and its networks are", RunAsync)
    {
        Description = "Show the versions of this program and of the daemon, which firewall holds the rules of networks and which others "
            + "are on the host, whether leases are stored, what was repaired in the last hour, and which networks are down or cut "
            + "off, and why.",
        Examples = ["status", "status -o json"],
        OnlyReads = _ => true,
    };

    private static async Task RunAsync(CommandContext context, ParsedCommand command, CancellationToken cancellationToken)
    {
        DaemonStatus status = await context.Session.Connection.Extensions.GetStatusAsync(cancellationToken)
            .OrFail("Failed to get the daemon's status");
        if (context.WritesDocuments)
        {
            context.WriteDocument(Document(status), CliJson.Default.JsonStatus);
        }
        else
        {
            Print(context.Terminal, status);
        }
    }

    private static JsonStatus Document(DaemonStatus status) => new(
        ProgramVersion.Short,
        status.Version,
        status.Since,
        status.Firewall,
        status.OtherFirewalls,
        status.Networks,
        status.ActiveNetworks,
        status.Clients,
        status.AreLeasesStored,
        status.Repairs.ToDictionary(repair => repair.Name, repair => repair.Value),
        status.Warnings,
        status.TroubledNetworks,
        [.. status.Troubles.Select(trouble => new JsonTrouble(trouble.Network.ToJson(), trouble.IsActive, trouble.Text))]);

    private static void Print(Terminal terminal, DaemonStatus status)
    {
        Line("virtnet:", ProgramVersion.Short);
        Line("virtnetd:", string.Create(
            CultureInfo.InvariantCulture, $"{status.Version}, since {status.Since.ToLocalTime():yyyy-MM-dd HH:mm:ss}"));
        Line("Firewall:", status.Firewall);
        Line("Other firewalls:", status.OtherFirewalls.Count == 0 ? "none that is known" : string.Join(", ", status.OtherFirewalls));
        Line("Networks:", string.Create(CultureInfo.InvariantCulture, $"{status.ActiveNetworks} of {status.Networks} active"));
        Line("Clients:", status.Clients.ToString(CultureInfo.InvariantCulture));
        Line("Leases:", status.AreLeasesStored ? "stored" : "in memory only: the disk refuses them");
        Line("Repairs:", Repairs(status.Repairs));
        foreach (string warning in status.Warnings)
        {
            Line("Warning:", warning);
        }

        foreach (NetworkTrouble trouble in status.Troubles)
        {
            Line(trouble.IsActive ? "Trouble:" : "Down:", $"{trouble.Network.Name}: {trouble.Text}");
        }

        if (status.TroubledNetworks > status.Troubles.Count)
        {
            Line("And:", string.Create(
                CultureInfo.InvariantCulture, $"{status.TroubledNetworks - status.Troubles.Count} more networks"));
        }

        void Line(string label, string value) => terminal.PrintHanging(label.PadRight(LabelWidth), value, LabelWidth);
    }

    private static string Repairs(IReadOnlyList<Counter> repairs) => repairs.Count == 0
        ? "none in the last hour"
        : string.Create(CultureInfo.InvariantCulture, $"{repairs.Sum(repair => repair.Value)} in the last hour (")
            + string.Join(", ", repairs.Select(repair => string.Create(CultureInfo.InvariantCulture, $"{repair.Name} {repair.Value}"))) + ")";
}
