using VirtNet.Cli.Connections;

namespace VirtNet.Cli.Grammar;

/// <summary>Which daemon the options before the command mean.</summary>
internal static class TargetOptions
{
    /// <summary><c>-c</c>, then <c>--socket</c>, then the environment, then the daemon's own socket.</summary>
    /// <param name="environmentUri">VIRTNET_DEFAULT_URI.</param>
    public static ConnectionTarget Choose(GlobalOptions options, string? environmentUri)
    {
        string? uri = options.Uri
            ?? (options.Socket is { } socket ? ConnectionTarget.SocketUri(Absolute(socket)) : null)
            ?? (string.IsNullOrEmpty(environmentUri) ? null : environmentUri);
        string suffix = options.ReadOnly ? ConnectionTarget.ReadOnlySuffix : "";
        return new ConnectionTarget(uri ?? ConnectionTarget.SocketUri(ConnectionTarget.DefaultSocket + suffix))
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
}
