using System.Net.Sockets;
using Microsoft.Extensions.Logging;
using VirtNet.Daemon.Configuration;
using VirtNet.Daemon.Linux;

namespace VirtNet.Daemon.Hosting;

/// <summary>The daemon's Unix sockets: inherited from systemd, or made here with the configured rights.</summary>
internal sealed class ListeningSockets : IDisposable
{
    private const string LibvirtDirectory = "/run/libvirt";

    private static readonly (string Name, bool ReadOnly)[] LibvirtNames =
        [("virtnetworkd-sock", false), ("virtnetworkd-sock-ro", true)];

    private readonly List<ListeningSocket> _sockets = [];
    private readonly Dictionary<string, OwnSocket> _own = [];
    private readonly Dictionary<string, FileIdentity?> _inherited = [];

    private ListeningSockets()
    {
    }

    public IReadOnlyList<ListeningSocket> All => _sockets;

    /// <exception cref="IOException">A socket's folder cannot be used, or somebody else listens there.</exception>
    /// <exception cref="SocketException">A socket cannot be bound.</exception>
    public static ListeningSockets Open(DaemonPaths paths, DaemonOptions options, ILogger logger)
    {
        ListeningSockets sockets = new();
        try
        {
            using SystemdSockets inherited = SystemdSockets.Take();
            sockets.Add(inherited, "virtnet-sock", paths.Socket, readOnly: false, options, logger);
            sockets.Add(inherited, "virtnet-sock-ro", paths.ReadOnlySocket, readOnly: true, options, logger);
            foreach ((string name, bool readOnly) in LibvirtNames)
            {
                string path = Path.Combine(LibvirtDirectory, name);
                if (options.LibvirtSockets || inherited.Has(name, path))
                {
                    sockets.Add(inherited, name, path, readOnly, options, logger);
                }
            }

            foreach (string left in inherited.Left)
            {
                logger.UnknownSocket(left);
            }

            return sockets;
        }
        catch
        {
            sockets.Dispose();
            throw;
        }
    }

    /// <summary>Gives all the group and the rights of the settings; to systemd's only what the settings name.</summary>
    public void ApplyRights(DaemonOptions options, ILogger logger)
    {
        foreach (ListeningSocket socket in _sockets)
        {
            SocketRights rights = SocketRights.Of(options, socket.ReadOnly);
            (socket.IsInherited ? rights : rights.OrDefault(socket.ReadOnly)).Apply(socket.Path, socket.Path, socket.IsInherited, logger);
        }
    }

    /// <summary>
    /// Listens again where somebody removed or replaced the file of a socket. Whoever is connected stays so; systemd's
    /// sockets are systemd's to make.
    /// </summary>
    /// <param name="lost">Told of each where nobody reaches the daemon, and why.</param>
    /// <returns>The sockets that are new.</returns>
    public IReadOnlyList<ListeningSocket> Restore(DaemonOptions options, Action<string> lost, ILogger logger)
    {
        List<ListeningSocket> anew = [];
        for (int i = 0; i < _sockets.Count; i++)
        {
            ListeningSocket socket = _sockets[i];
            if (socket.IsInherited)
            {
                if (FileStatus.Of(socket.Path)?.Identity != _inherited[socket.Path])
                {
                    lost($"{socket.Path} was removed or replaced, and is systemd's to make: restart its socket unit and virtnetd.service");
                }
            }
            else if (!_own[socket.Path].IsInPlace)
            {
                try
                {
                    _own[socket.Path].Dispose(); // what is at its path by now is not removed
                    OwnSocket own = OwnSocket.Bind(socket.Path, SocketRights.Of(options, socket.ReadOnly), socket.ReadOnly, logger);
                    _own[socket.Path] = own;
                    anew.Add(_sockets[i] = socket with { Socket = own.Socket });
                    logger.FileMadeAnew(socket.Path);
                }
                catch (Exception e) when (e is SocketException or IOException or UnauthorizedAccessException)
                {
                    lost($"{socket.Path} was removed or replaced and cannot be made anew: {e.Message}");
                }
            }
        }

        return anew;
    }

    /// <summary>Closes all, and removes the files of those that were made here.</summary>
    public void Dispose()
    {
        foreach (ListeningSocket socket in _sockets)
        {
            socket.Socket.Dispose();
        }

        foreach (OwnSocket own in _own.Values)
        {
            own.Dispose();
        }
    }

    private void Add(
        SystemdSockets inherited, string name, string path, bool readOnly, DaemonOptions options, ILogger logger)
    {
        SocketRights rights = SocketRights.Of(options, readOnly);
        if (inherited.TryTake(name, path, out Socket? socket))
        {
            _sockets.Add(new ListeningSocket(socket, path, readOnly, IsInherited: true));
            _inherited[path] = FileStatus.Of(path)?.Identity;
            rights.Apply(path, path, isInherited: true, logger);
        }
        else
        {
            OwnSocket own = OwnSocket.Bind(path, rights, readOnly, logger);
            _own[path] = own;
            _sockets.Add(new ListeningSocket(own.Socket, path, readOnly, IsInherited: false));
        }

        logger.Listening(path);
    }
}

/// <summary>A socket that clients connect to.</summary>
internal sealed record ListeningSocket(Socket Socket, string Path, bool ReadOnly, bool IsInherited);
