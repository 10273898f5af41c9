namespace VirtNet.Host.Firewalld;

/// <summary>firewalld, the daemon that many distributions put before the kernel's firewall.</summary>
public interface IFirewalld
{
    /// <summary>Cheap where firewalld is not installed.</summary>
    Task<bool> IsRunningAsync(CancellationToken cancellationToken);

    Task<IReadOnlySet<string>> ListZonesAsync(CancellationToken cancellationToken);

    Task<IReadOnlySet<string>> ListPoliciesAsync(CancellationToken cancellationToken);

    /// <summary>The zone of each interface that has one.</summary>
    Task<IReadOnlyDictionary<string, string>> ListInterfacesAsync(CancellationToken cancellationToken);

    /// <summary>Moves an interface into a zone, from whichever it is in. Lasts until firewalld restarts or reloads.</summary>
    Task SetZoneAsync(string device, string zone, CancellationToken cancellationToken);

    /// <summary>Takes an interface out of its zone; succeeds when it is in none.</summary>
    Task UnsetZoneAsync(string device, CancellationToken cancellationToken);

    /// <summary>What happens to firewalld from now on. Ends when the bus does, or will not tell.</summary>
    IAsyncEnumerable<FirewalldSignal> WatchAsync(CancellationToken cancellationToken);
}

public enum FirewalldSignal
{
    /// <summary>It has taken its place on the bus; interfaces are in no zone of ours.</summary>
    Started,

    /// <summary>It has left the bus, and nothing is asked of it any more.</summary>
    Stopped,

    /// <summary>It has loaded its configuration anew, and forgot zones that were set meanwhile.</summary>
    Reloaded,
}
