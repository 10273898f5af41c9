using System.Collections.Concurrent;

namespace VirtNet.Daemon.Spanning;

/// <summary>
/// What the daemon of this host's fabric says: that it is there, which it says again and again, and what keeps networks from being
/// shared. Where nobody says anything there is no fabric. Thread-safe.
/// </summary>
internal sealed class FabricLink(TimeProvider time)
{
    private readonly ConcurrentDictionary<Guid, string> _obstacles = [];
    private volatile Word? _last;

    /// <summary>Something else is said than before. Handlers wait for nobody.</summary>
    public event Action? Changed;

    public bool IsUp => _last is { } last && time.GetTimestamp() < last.Until;

    /// <summary>Why the fabric does nothing for networks now; null = it does, or is not there.</summary>
    public string? Outage => IsUp ? _last?.Outage : null;

    /// <param name="span">For how long it is there, unless that is said again.</param>
    public void Keep(TimeSpan span, string? outage)
    {
        _last = new Word(time.GetTimestamp() + (long)(span.TotalSeconds * time.TimestampFrequency), outage);
        Changed?.Invoke();
    }

    /// <param name="obstacle">What keeps the network from being the same on all hosts; null = nothing.</param>
    public void Tell(Guid network, string? obstacle)
    {
        if (obstacle is null)
        {
            _obstacles.TryRemove(network, out _);
        }
        else
        {
            _obstacles[network] = obstacle;
        }

        Changed?.Invoke();
    }

    /// <summary>What was told last; null = nothing keeps it.</summary>
    public string? ObstacleOf(Guid network) => _obstacles.GetValueOrDefault(network);

    private sealed record Word(long Until, string? Outage);
}
