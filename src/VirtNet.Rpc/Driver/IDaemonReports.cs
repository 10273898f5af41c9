namespace VirtNet.Rpc.Driver;

/// <summary>What the daemon tells of itself to whoever watches it.</summary>
public interface IDaemonReports
{
    Task<DaemonStatus> GetStatusAsync(CancellationToken cancellationToken);

    /// <summary>Metrics in Prometheus' text form.</summary>
    /// <param name="network">Those of a network; null = those of none.</param>
    Task<string> GetMetricsAsync(NetworkRef? network, CancellationToken cancellationToken);

    /// <summary>From which level on the daemon logs: debug, info, warning or error.</summary>
    /// <param name="level">From now on, until the daemon ends; null = as it is.</param>
    /// <returns>The level in force.</returns>
    /// <exception cref="Model.VirtNetException">There is no such level.</exception>
    Task<string> SetLogLevelAsync(string? level, CancellationToken cancellationToken);
}
