namespace VirtNet.Rpc.Protocol;

/// <summary>
/// What the two sides ask each other before relying on it (virDrvFeature), as far as it concerns networks.
/// </summary>
internal enum RemoteFeature
{
    DescriptorPassing = 8,
    TypedParameterStrings = 9,

    /// <summary>Asked before CONNECT_OPEN. From then on the server may send PINGs.</summary>
    KeepAlive = 10,

    /// <summary>Events go to registered callbacks, each with its id.</summary>
    EventCallbacks = 14,
    CloseCallback = 15,

    /// <summary>NETWORK_UPDATE has its command before its section; servers before 7.2 have them swapped.</summary>
    UpdateArgumentOrder = 16,
}
