using System.Net.Sockets;
using Microsoft.Extensions.Logging;
using VirtNet.Daemon.Configuration;

namespace VirtNet.Daemon.Hosting;

/// <summary>The daemon's Unix sockets: inherited from systemd, or made here with the configured rights.</summary>
internal sealed class ListeningSockets : IDisposable
{
    private const string LibvirtDirectory = "/run/libvirt";

    private static readonly (string Name, bool ReadOnly)[] LibvirtNames =
        [("virtnetworkd-sock", false), ("virtnetworkd-sock-ro", true)];

    private readonly List<ListeningSocket> _sockets = [];
    private readonly List<OwnSocket> _own = [];

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

    /// <summary>Closes all, and removes the files of those that were made here.</summary>
    public void Dispose()
    {
        foreach (ListeningSocket socket in _sockets)
        {
            socket.Socket.Dispose();
        }

        foreach (OwnSocket own in _own)
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
            rights.Apply(path, path, isInherited: true, logger);
        }
        else
        {
            OwnSocket own = OwnSocket.Bind(path, rights, readOnly, logger);
            _own.Add(own);
            _sockets.Add(new ListeningSocket(own.Socket, path, readOnly, IsInherited: false));
        }

        logger.Listening(path);
    }
}

/// <summary>A socket that clients connect to.</summary>
internal sealed record ListeningSocket(Socket Socket, string Path, bool ReadOnly, bool IsInherited);
