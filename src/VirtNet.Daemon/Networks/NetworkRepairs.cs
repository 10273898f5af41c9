namespace VirtNet.Daemon.Networks;

/// <summary>Repairs networks. One that cannot be repaired is told of by the host when something changes there, not tried again by itself.</summary>
internal sealed class NetworkRepairs(NetworkRegistry registry)
    : NetworkWork(registry, TimeProvider.System, async (network, cancellationToken) =>
    {
        await network.RepairAsync(cancellationToken);
        return true;
    });
