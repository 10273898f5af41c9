using VirtNet.Rpc.Client;

namespace VirtNet.Cli.Connections;

/// <summary>Where to connect to, and how.</summary>
/// <param name="Uri">What <c>-c</c> takes, e.g. <c>network:///system?socket=/run/virtnet/virtnet-sock</c>.</param>
internal sealed record ConnectionTarget(string Uri)
{
    /// <summary>virtnetd's socket unless somebody says otherwise.</summary>
    public const string DefaultSocket = "/run/virtnet/virtnet-sock";

    /// <summary>Behind a socket's path: the one for reading only.</summary>
    public const string ReadOnlySuffix = "-ro";

    public bool ReadOnly { get; init; }

    /// <summary>Nobody said where to connect to: a daemon may be started there.</summary>
    public bool IsDefault { get; init; }

    /// <summary>Seconds, 0 = none, -1 = the client's default.</summary>
    public int KeepaliveInterval { get; init; } = -1;

    /// <summary>-1 = the client's default.</summary>
    public int KeepaliveCount { get; init; } = -1;

    /// <summary>Whether the socket bears the name of virtnetd's own, not of one of libvirt's daemons.</summary>
    public bool IsOfVirtnetd => Path.GetFileName(LibvirtUri.Parse(Uri).Socket) is { } name && name.StartsWith("virtnet-", StringComparison.Ordinal);

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
    public static string SocketUri(string path) => LibvirtUri.ForSocket(path).Text.Replace("%2F", "/");
}
