namespace VirtNet.Rpc.Driver;

/// <summary>Something that happened to a network and that clients can register for.</summary>
public abstract record NetworkEvent(NetworkRef Network)
{
    /// <summary>virNetworkEventLifecycleType, event id 0.</summary>
    public sealed record Lifecycle(NetworkRef Network, NetworkLifecycle Change) : NetworkEvent(Network);

    /// <summary>Event id 1; the namespace is given for type 2 (element) only.</summary>
    public sealed record MetadataChanged(NetworkRef Network, int Type, string? NamespaceUri) : NetworkEvent(Network);

    /// <summary>virtnet's own, for clients that ask for it by virtnet's own program.</summary>
    public sealed record LeaseChanged(NetworkRef Network, LeaseChangeKind Change, DhcpLease Lease) : NetworkEvent(Network);
}

public enum NetworkLifecycle
{
    Defined = 0,
    Undefined = 1,
    Started = 2,
    Stopped = 3,
}

/// <summary>What happened to a lease; for the last two it is one that is gone.</summary>
public enum LeaseChangeKind
{
    Added = 0,

    /// <summary>Prolonged, or something about its client changed.</summary>
    Renewed = 1,

    /// <summary>Given back, taken away, or replaced by a lease of another address or client.</summary>
    Released = 2,
    Expired = 3,
}

/// <summary>Where events come from, in causal order for each network.</summary>
public interface INetworkEventSource
{
    /// <param name="handler">Called on the causing operation's thread; must not block or throw.</param>
    IDisposable Subscribe(Action<NetworkEvent> handler);
}
