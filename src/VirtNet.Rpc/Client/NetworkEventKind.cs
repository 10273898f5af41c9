namespace VirtNet.Rpc.Client;

/// <summary>What a client may subscribe to: virNetworkEventID, and what only virtnetd offers.</summary>
public enum NetworkEventKind
{
    Lifecycle = 0,
    MetadataChange = 1,

    /// <summary>Not libvirt's: registered for by virtnet's own program.</summary>
    Lease = int.MinValue,
}
