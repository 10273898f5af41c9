using System.Reflection;
using VirtNet.Daemon.Metrics;
using VirtNet.Daemon.Networks;
using VirtNet.Host.Neighbours;
using VirtNet.Host.Watch;
using VirtNet.Model.Conditions;
using VirtNet.Rpc.Driver;
using VirtNet.Services.Networks;

namespace VirtNet.Daemon.Driver;

/// <summary>What the daemon tells of itself.</summary>
/// <param name="firewall">Which tool holds the rules.</param>
/// <param name="neighbours">Null = nobody looks for other firewalls.</param>
/// <param name="clients">How many are connected; asked late, as the server knows of this.</param>
internal sealed class DaemonReports(
    NetworkRegistry registry,
    ConditionBoard conditions,
    RepairTally repairs,
    string firewall,
    Neighbourhood? neighbours,
    INetworkServices services,
    TimeProvider time,
    MetricsText metrics,
    Func<int> clients)
{
    /// <summary>As many as people read at a time.</summary>
    private const int MostTroubles = 100;

    private readonly DateTimeOffset _since = time.GetUtcNow();

    /// <summary>Of this program, as its package has it.</summary>
    public static string Version { get; } =
        typeof(DaemonReports).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "";

    public Task<DaemonStatus> GetStatusAsync(CancellationToken cancellationToken)
    {
        IReadOnlyList<NetworkActor> networks = registry.All;
        List<NetworkTrouble> troubles = [];
        uint troubled = 0;
        foreach (NetworkActor network in networks)
        {
            if (TroubleOf(network) is { } trouble)
            {
                troubled++;
                if (troubles.Count < MostTroubles)
                {
                    troubles.Add(trouble);
                }
            }
        }

        return Task.FromResult(new DaemonStatus
        {
            Version = Version,
            Since = _since,
            Firewall = firewall,
            OtherFirewalls = neighbours?.Names ?? [],
            Networks = (uint)networks.Count,
            ActiveNetworks = (uint)networks.Count(network => network.Snapshot.IsActive),
            Clients = (uint)clients(),
            AreLeasesStored = !services.AreLeasesFailing,
            Repairs = [.. repairs.LastHour.Select(kind => new Counter(kind.Key, kind.Value))],
            Warnings = [.. conditions.Of(network: null).Select(condition => condition.Text)],
            Troubles = troubles,
            TroubledNetworks = troubled,
        });
    }

    public Task<string> GetMetricsAsync(NetworkRef? network, CancellationToken cancellationToken) =>
        metrics.WriteOfAsync(network is null ? null : registry.Find(network), cancellationToken);

    private NetworkTrouble? TroubleOf(NetworkActor network)
    {
        bool isActive = network.Snapshot.IsActive;
        string? text = isActive
            ? conditions.Of(network.Identity.Uuid) is [var first, ..] ? first.Text : null
            : network.WhyDown ?? (network.Snapshot.Autostart ? "it was stopped" : null);
        return text is null ? null : new NetworkTrouble(network.Identity, isActive, text);
    }
}
