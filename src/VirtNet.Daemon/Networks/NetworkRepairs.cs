namespace VirtNet.Daemon.Networks;

/// <summary>Repairs networks.</summary>
internal sealed class NetworkRepairs(NetworkRegistry registry)
    : NetworkWork(registry, (network, cancellationToken) => network.RepairAsync(cancellationToken));
