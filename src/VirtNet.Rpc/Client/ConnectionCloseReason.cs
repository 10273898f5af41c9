namespace VirtNet.Rpc.Client;

/// <summary>Why a connection ended (virConnectCloseReason).</summary>
public enum ConnectionCloseReason
{
    /// <summary>Reading or writing failed, or the server broke the protocol.</summary>
    Error = 0,

    /// <summary>The server closed it.</summary>
    EndOfFile = 1,

    /// <summary>The server stopped answering.</summary>
    KeepAlive = 2,

    /// <summary>This side closed it.</summary>
    Client = 3,
}
