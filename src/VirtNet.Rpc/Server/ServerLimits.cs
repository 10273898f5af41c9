namespace VirtNet.Rpc.Server;

/// <summary>
/// Bounds on what one client can make the server hold. They are the server's own, not the protocol's.
/// </summary>
internal static class ServerLimits
{
    /// <summary>
    /// The largest payload that is kept: NETWORK_SET_METADATA with its three strings at their limit. Anything longer
    /// can only be undecodable and is thrown away as it arrives.
    /// </summary>
    public const int Payload = (3 * RpcLimits.String) + (64 * 1024);

    /// <summary>The same for read-only connections, which anybody may have: they send names, never documents.</summary>
    public const int ReadOnlyPayload = 64 * 1024;

    /// <summary>
    /// What packets beyond ordinary size may take together, from their arrival until their call is done.
    /// </summary>
    public const long LargePackets = 32 * 1024 * 1024;

    /// <summary>
    /// Events and PONGs that wait for a client to take them, in bytes of memory; beyond it the client is dropped.
    /// </summary>
    public const int QueuedMessages = 4 * 1024 * 1024;

    /// <summary>Events of leases that wait to be told; when there are more, those who wanted to know them are dropped.</summary>
    public const int QueuedLeaseEvents = 16 * 1024;

    /// <summary>Connections at a time that are told why they are refused; others are only closed.</summary>
    public const int Refusals = 20;

    /// <summary>How long one that is refused has to ask its first question.</summary>
    public static readonly TimeSpan RefusalTime = TimeSpan.FromSeconds(1);

    /// <summary>Event registrations of one connection; there is one for each event id and network.</summary>
    public const int Registrations = 1024;

    /// <summary>Characters of each of an error's texts. Names in it may be as long as a string can be.</summary>
    public const int ErrorText = 64 * 1024;
}
