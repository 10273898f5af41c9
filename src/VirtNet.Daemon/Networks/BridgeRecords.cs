namespace VirtNet.Daemon.Networks;

/// <summary>Has on disk who is on the bridges of networks, a moment after somebody came or went.</summary>
internal sealed class BridgeRecords(NetworkRegistry registry, TimeProvider time)
    : NetworkWork(registry, time, async (network, cancellationToken) =>
    {
        await Task.Delay(Calm, time, cancellationToken);
        await network.RecordBridgeAsync(cancellationToken);
        return true;
    })
{
    /// <summary>Guests come in swarms, and one that is moved leaves and comes.</summary>
    private static readonly TimeSpan Calm = TimeSpan.FromMilliseconds(200);
}
