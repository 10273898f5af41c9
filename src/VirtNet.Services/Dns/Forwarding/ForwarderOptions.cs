namespace VirtNet.Services.Dns.Forwarding;

/// <summary>Bounds and times of forwarding.</summary>
internal sealed record ForwarderOptions
{
    /// <summary>How long to wait before each further attempt; after the last wait the question has failed.</summary>
    public IReadOnlyList<TimeSpan> Waits { get; init; } =
    [
        TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(1.5), TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(1.5),
    ];

    /// <summary>How long one exchange over TCP may take.</summary>
    public TimeSpan StreamWait { get; init; } = TimeSpan.FromSeconds(4);

    /// <summary>Exchanges over TCP at one time, as far as one client of one network alone has any.</summary>
    public int MaxStreams { get; init; } = 64;

    /// <summary>Questions under way for one network.</summary>
    public int MaxPendingPerNetwork { get; init; } = 1024;

    /// <summary>Questions under way for all networks: far fewer than there are ids, which must stay hard to guess.</summary>
    public int MaxPending { get; init; } = 8192;

    /// <summary>Memory for kept answers.</summary>
    public int CacheBytes { get; init; } = 4 * 1024 * 1024;
}
