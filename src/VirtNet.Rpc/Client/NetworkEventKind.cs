namespace VirtNet.Rpc.Client;

/// <summary>What a client may subscribe to (virNetworkEventID).</summary>
public enum NetworkEventKind
{
    Lifecycle = 0,
    MetadataChange = 1,
}
