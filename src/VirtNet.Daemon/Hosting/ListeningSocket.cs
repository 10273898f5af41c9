using System.Net.Sockets;
using Microsoft.Extensions.Logging;
using VirtNet.Linux.Files;

namespace VirtNet.Daemon.Hosting;

/// <summary>A socket that clients connect to: inherited from systemd, or made by the daemon, which removes its file at the end.</summary>
internal sealed class ListeningSocket : IDisposable
{
    private const int Backlog = 1000;
    private const int StartingAttempts = 10;

    private static readonly TimeSpan StartingPause = TimeSpan.FromMilliseconds(10);

    private readonly FileIdentity? _identity;

    private ListeningSocket(Socket socket, string path, FileIdentity? identity, bool readOnly, bool isInherited)
    {
        Socket = socket;
        Path = path;
        _identity = identity;
        ReadOnly = readOnly;
        IsInherited = isInherited;
    }

    public Socket Socket { get; }

    public string Path { get; }

    public bool ReadOnly { get; }

    /// <summary>Made by systemd, which also keeps its file.</summary>
    public bool IsInherited { get; }

    /// <summary>Whether clients who connect to its path come to it.</summary>
    public bool IsInPlace => FileStatus.Of(Path)?.Identity == _identity;

    /// <summary>Takes one over from systemd.</summary>
    public static ListeningSocket Inherit(Socket socket, string path, SocketRights rights, bool readOnly, ILogger logger)
    {
        FileIdentity? identity = FileStatus.Of(path)?.Identity;
        rights.Apply(path, path, isInherited: true, logger);
        return new ListeningSocket(socket, path, identity, readOnly, isInherited: true);
    }

    /// <exception cref="IOException">The folder cannot be used, or somebody listens there.</exception>
    /// <exception cref="SocketException">The socket cannot be bound.</exception>
    public static ListeningSocket Bind(string path, SocketRights rights, bool readOnly, ILogger logger)
    {
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(path)!);

        // Bound under another name first: nobody connects before group and mode are right.
        string temporary = path + ".new";
        if (IsSomebodyThere(path, temporary))
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
            return new ListeningSocket(socket, path, identity, readOnly, isInherited: false);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>
    /// Whether another program listens there. One of our own that is being started has copies of our sockets until it runs,
    /// which is a matter of milliseconds: that one is waited for.
    /// </summary>
    private static bool IsSomebodyThere(string path, string temporary)
    {
        for (int attempt = 0; attempt < StartingAttempts; attempt++)
        {
            if (!UnixListeners.Contains(path) && !UnixListeners.Contains(temporary))
            {
                return false;
            }

            Thread.Sleep(StartingPause);
        }

        return true;
    }

    /// <summary>Closes it. The file of the daemon's own goes too, unless somebody has put another one in its place.</summary>
    public void Dispose()
    {
        Socket.Dispose();
        if (!IsInherited && IsInPlace)
        {
            File.Delete(Path);
        }
    }
}
