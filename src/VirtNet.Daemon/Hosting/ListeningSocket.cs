using System.Net.Sockets;
using Microsoft.Extensions.Logging;
using VirtNet.Linux.Files;
using VirtNet.Services.Sockets;

namespace VirtNet.Daemon.Hosting;

/// <summary>A socket that clients connect to: inherited from systemd, or made by the daemon, which removes its file at the end.</summary>
internal sealed class ListeningSocket : IDisposable
{
    private const int Backlog = 1000;
    private const int StartingAttempts = 10;

    private static readonly TimeSpan StartingPause = TimeSpan.FromMilliseconds(10);

    private readonly FileIdentity? _identity;
    private readonly KeptSockets _kept;
    private bool _isClosed;

    private ListeningSocket(
        Socket socket, string path, FileIdentity? identity, bool readOnly, bool isInherited, KeptSockets kept)
    {
        _kept = kept;
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

    /// <summary>Takes one over from systemd, or from the daemon before this one.</summary>
    public static ListeningSocket Inherit(
        InheritedSocket socket, string path, SocketRights rights, bool readOnly, KeptSockets kept, ILogger logger)
    {
        FileIdentity? identity = FileStatus.Of(path)?.Identity;
        bool isSystemds = !socket.IsOurs;
        (isSystemds ? rights : rights.OrDefault(readOnly)).Apply(path, path, isSystemds, logger);
        if (socket.IsOurs)
        {
            kept.Keep(socket.Socket.SafeHandle, socket.Name.Length > 0 ? socket.Name : null);
        }

        return new ListeningSocket(socket.Socket, path, identity, readOnly, isSystemds, kept);
    }

    /// <exception cref="SocketHeldException">Somebody listens there.</exception>
    /// <exception cref="IOException">The folder cannot be used.</exception>
    /// <exception cref="SocketException">The socket cannot be bound.</exception>
    public static ListeningSocket Bind(string path, SocketRights rights, bool readOnly, KeptSockets kept, ILogger logger)
    {
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(path)!);

        // Bound under another name first: nobody connects before group and mode are right.
        string temporary = path + SystemdSockets.UnfinishedSuffix;
        if (IsSomebodyThere(path, temporary))
        {
            throw new SocketHeldException(path);
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
            kept.Keep(socket.SafeHandle);
            return new ListeningSocket(socket, path, identity, readOnly, isInherited: false, kept);
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

    /// <summary>
    /// Closes it. The file of the daemon's own goes too, unless somebody has put another one in its place, or clients who
    /// connect meanwhile wait for the next daemon.
    /// </summary>
    public void Dispose()
    {
        if (_isClosed)
        {
            return; // the second time it would not be known any more who has it still
        }

        _isClosed = true;
        bool staysOpen = _kept.OutlivesUs(Socket.SafeHandle);
        _kept.Release(Socket.SafeHandle);
        Socket.Dispose();
        if (!IsInherited && !staysOpen && IsInPlace)
        {
            File.Delete(Path);
        }
    }
}
