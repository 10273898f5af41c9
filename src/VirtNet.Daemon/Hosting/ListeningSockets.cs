using System.Net.Sockets;
using Microsoft.Extensions.Logging;
using VirtNet.Daemon.Configuration;

namespace VirtNet.Daemon.Hosting;

/// <summary>The daemon's Unix sockets: inherited from systemd, or made here with the configured rights.</summary>
internal sealed class ListeningSockets : IDisposable
{
    private const int Backlog = 1000;
    private const string LibvirtDirectory = "/run/libvirt";

    private static readonly (string Name, bool ReadOnly)[] LibvirtNames =
        [("virtnetworkd-sock", false), ("virtnetworkd-sock-ro", true)];

    private readonly List<ListeningSocket> _sockets = [];
    private readonly List<string> _ownPaths = [];

    private ListeningSockets()
    {
    }

    public IReadOnlyList<ListeningSocket> All => _sockets;

    /// <exception cref="IOException">A socket's folder cannot be used.</exception>
    /// <exception cref="SocketException">A socket cannot be bound.</exception>
    public static ListeningSockets Open(DaemonPaths paths, DaemonOptions options, ILogger logger)
    {
        ListeningSockets sockets = new();
        IReadOnlyDictionary<string, Socket> inherited = SystemdSockets.Take();
        sockets.Add(inherited, "virtnet-sock", paths.Socket, readOnly: false, options, logger);
        sockets.Add(inherited, "virtnet-sock-ro", paths.ReadOnlySocket, readOnly: true, options, logger);
        foreach ((string name, bool readOnly) in LibvirtNames)
        {
            if (options.LibvirtSockets || inherited.ContainsKey(name))
            {
                sockets.Add(inherited, name, Path.Combine(LibvirtDirectory, name), readOnly, options, logger);
            }
        }

        return sockets;
    }

    /// <summary>Closes all, and removes the files of those that were made here.</summary>
    public void Dispose()
    {
        foreach (ListeningSocket socket in _sockets)
        {
            socket.Socket.Dispose();
        }

        foreach (string path in _ownPaths)
        {
            File.Delete(path);
        }
    }

    private void Add(
        IReadOnlyDictionary<string, Socket> inherited,
        string name,
        string path,
        bool readOnly,
        DaemonOptions options,
        ILogger logger)
    {
        if (!inherited.TryGetValue(name, out Socket? socket))
        {
            UnixFileMode mode = readOnly ? options.ReadOnlySocketMode : options.SocketMode;
            socket = Bind(path, mode, options.SocketGroup, logger);
            _ownPaths.Add(path);
        }

        _sockets.Add(new ListeningSocket(socket, path, readOnly));
        logger.Listening(path);
    }

    private static Socket Bind(string path, UnixFileMode mode, string group, ILogger logger)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);

        // Bound under another name first: nobody connects before group and mode are right.
        string temporary = path + ".new";
        File.Delete(temporary);
        Socket socket = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        socket.Bind(new UnixDomainSocketEndPoint(temporary));
        if (!SocketGroup.TryAssign(temporary, group))
        {
            logger.NoSocketGroup(group, path);
        }

        File.SetUnixFileMode(temporary, mode);
        socket.Listen(Backlog);
        File.Move(temporary, path, overwrite: true);
        return socket;
    }
}

/// <summary>A socket that clients connect to.</summary>
internal sealed record ListeningSocket(Socket Socket, string Path, bool ReadOnly);
