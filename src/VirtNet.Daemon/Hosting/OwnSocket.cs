using System.Net.Sockets;
using Microsoft.Extensions.Logging;
using VirtNet.Daemon.Linux;

namespace VirtNet.Daemon.Hosting;

/// <summary>A listening socket that the daemon made itself, and whose file it removes at the end.</summary>
internal sealed class OwnSocket : IDisposable
{
    private const int Backlog = 1000;

    private readonly string _path;
    private readonly FileIdentity? _identity;

    private OwnSocket(Socket socket, string path, FileIdentity? identity)
    {
        Socket = socket;
        _path = path;
        _identity = identity;
    }

    public Socket Socket { get; }

    /// <summary>Whether clients who connect to its path come to it.</summary>
    public bool IsInPlace => FileStatus.Of(_path)?.Identity == _identity;

    /// <exception cref="IOException">The folder cannot be used, or somebody listens there.</exception>
    /// <exception cref="SocketException">The socket cannot be bound.</exception>
    public static OwnSocket Bind(string path, SocketRights rights, bool readOnly, ILogger logger)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);

        // Bound under another name first: nobody connects before group and mode are right.
        string temporary = path + ".new";
        if (UnixListeners.Contains(path) || UnixListeners.Contains(temporary))
        {
            throw new IOException($"another program, or systemd for it, listens on {path}");
        }

        File.Delete(temporary);
        Socket socket = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            socket.Bind(new UnixDomainSocketEndPoint(temporary));
            rights.OrDefault(readOnly).Apply(temporary, path, isInherited: false, logger);
            socket.Listen(Backlog);
            FileIdentity? identity = FileStatus.Of(temporary)?.Identity;
            File.Move(temporary, path, overwrite: true);
            return new OwnSocket(socket, path, identity);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>Closes it. Its file goes too, unless somebody has put another one in its place.</summary>
    public void Dispose()
    {
        Socket.Dispose();
        if (_identity is not null && FileStatus.Of(_path)?.Identity == _identity)
        {
            File.Delete(_path);
        }
    }
}
