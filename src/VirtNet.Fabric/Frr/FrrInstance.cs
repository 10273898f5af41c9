namespace VirtNet.Fabric.Frr;

/// <summary>An FRRouting of this host that the fabric has neighbours in.</summary>
/// <param name="settings">What it is to be told.</param>
/// <param name="bgpd">Where its bgpd listens.</param>
internal abstract class FrrInstance(FrrSettings settings, string bgpd)
{
    public FrrSettings Settings { get; } = settings;

    public string Bgpd { get; } = bgpd;

    /// <summary>How often it is looked whether it still knows all, which nobody tells; null = it needs not be.</summary>
    public abstract TimeSpan? LookInterval { get; }

    /// <summary>Has it know the neighbours when it starts, too, if that is the fabric's business.</summary>
    /// <exception cref="IOException">Its files cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">The same.</exception>
    public abstract void Keep(IReadOnlyCollection<BgpNeighbour> neighbours);

    /// <summary>Addresses of neighbours that are somebody else's, and stay so.</summary>
    /// <param name="running">bgpd's own account of what it does.</param>
    public abstract IReadOnlySet<string> NeighboursOfOthers(string running);

    /// <summary>What bgpd has to be told before it can be told of neighbours; empty = nothing.</summary>
    /// <param name="running">Its own account of what it does.</param>
    /// <exception cref="Configuration.FabricException">It cannot have them.</exception>
    public abstract Task<IReadOnlyList<string>> PrepareAsync(string running, CancellationToken cancellationToken);
}
