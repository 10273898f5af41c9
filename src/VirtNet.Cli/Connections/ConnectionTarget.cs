using VirtNet.Cli.Grammar;
using VirtNet.Rpc.Client;

namespace VirtNet.Cli.Connections;

/// <summary>Where to connect to, and how.</summary>
/// <param name="Uri">What <c>-c</c> takes, e.g. <c>network:///system?socket=/run/virtnet/virtnet-sock</c>.</param>
internal sealed record ConnectionTarget(string Uri)
{
    /// <summary>virtnetd's socket unless somebody says otherwise.</summary>
    public const string DefaultSocket = "/run/virtnet/virtnet-sock";

    private const string ReadOnlySuffix = "-ro";

    public bool ReadOnly { get; init; }

    /// <summary>Nobody said where to connect to: a daemon may be started there.</summary>
    public bool IsDefault { get; init; }

    /// <summary>Seconds, 0 = none, -1 = the client's default.</summary>
    public int KeepaliveInterval { get; init; } = -1;

    /// <summary>-1 = the client's default.</summary>
    public int KeepaliveCount { get; init; } = -1;

    /// <summary><c>-c</c>, then <c>--socket</c>, then the environment, then the daemon's own socket.</summary>
    /// <param name="environmentUri">VIRTNET_DEFAULT_URI.</param>
    public static ConnectionTarget Choose(GlobalOptions options, string? environmentUri)
    {
        string? uri = options.Uri
            ?? (options.Socket is { } socket ? SocketUri(Absolute(socket)) : null)
            ?? (string.IsNullOrEmpty(environmentUri) ? null : environmentUri);
        return new ConnectionTarget(uri ?? SocketUri(options.ReadOnly ? DefaultSocket + ReadOnlySuffix : DefaultSocket))
        {
            ReadOnly = options.ReadOnly,
            IsDefault = uri is null,
            KeepaliveInterval = options.KeepaliveInterval,
            KeepaliveCount = options.KeepaliveCount,
        };
    }

    private static string Absolute(string socket)
    {
        if (socket.Length == 0)
        {
            throw new UsageException("option '--socket' requires an argument");
        }

        try
        {
            return Path.GetFullPath(socket);
        }
        catch (FileNotFoundException)
        {
            throw new UsageException($"--socket {socket}: the current folder was removed");
        }
    }

    /// <summary>The door beside this one that is open for everybody who only reads; null where this is it.</summary>
    public ConnectionTarget? ForReading()
    {
        if (ReadOnly)
        {
            return null;
        }

        string? socket = LibvirtUri.Parse(Uri).Socket;
        return this with
        {
            ReadOnly = true,
            IsDefault = false, // whoever is refused cannot start a daemon either
            Uri = socket is null ? Uri : SocketUri(socket + ReadOnlySuffix),
        };
    }

    /// <summary>A slash needs no escape, and without one people can read it.</summary>
    private static string SocketUri(string path) => LibvirtUri.ForSocket(path).Text.Replace("%2F", "/");
}
