using VirtNet.Rpc.Driver;
using VirtNet.Rpc.Transport;

namespace VirtNet.Rpc.Server;

/// <summary>
/// What the server knows about one client. Changed only by calls of kind <see cref="Protocol.CallKind.Connection"/>,
/// which run one at a time and before any later call is looked at.
/// </summary>
internal sealed class ClientSession(UnixPeer peer, bool readOnlySocket, bool isAuthenticated)
{
    private volatile bool _isAuthenticated = isAuthenticated; // a timer looks at it too

    public UnixPeer Peer { get; } = peer;

    /// <summary>
    /// Whether calls that change things are refused: by the socket, or because the client asked for it.
    /// </summary>
    public bool IsReadOnly { get; private set; } = readOnlySocket;

    public bool IsAuthenticated => _isAuthenticated;

    /// <summary>The name given to CONNECT_OPEN; null before.</summary>
    public OpenedUri? Opened { get; private set; }

    /// <summary>On whose behalf the client acts; empty for its own.</summary>
    public IReadOnlyList<TypedParameter> Identity { get; set; } = [];

    /// <summary>Never taken back.</summary>
    public void Authenticate() => _isAuthenticated = true;

    public void Open(OpenedUri uri, bool readOnly)
    {
        Opened = uri;
        IsReadOnly |= readOnly;
    }
}
