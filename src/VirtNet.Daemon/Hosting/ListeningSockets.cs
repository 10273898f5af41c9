using System.Net.Sockets;
using Microsoft.Extensions.Logging;
using VirtNet.Daemon.Configuration;
using VirtNet.Services.Sockets;

namespace VirtNet.Daemon.Hosting;

/// <summary>The daemon's Unix sockets: inherited from systemd, or made here with the configured rights.</summary>
internal sealed class ListeningSockets : IDisposable
{
    private const string LibvirtFolder = "/run/libvirt";

    private static readonly (string Name, bool ReadOnly)[] LibvirtNames =
        [("virtnetworkd-sock", false), ("virtnetworkd-sock-ro", true)];

    private readonly List<ListeningSocket> _sockets = [];

    /// <summary>Those of libvirt's clients where its own daemon listens still: they are had as soon as it ends.</summary>
    private readonly List<(string Path, bool ReadOnly)> _awaited = [];

    private readonly KeptSockets _kept;

    private ListeningSockets(KeptSockets kept) => _kept = kept;

    public IReadOnlyList<ListeningSocket> All => _sockets;

    /// <summary>Whether somebody else listens where libvirt's clients are to find the daemon.</summary>
    public bool IsWaiting => _awaited.Count > 0
        || _sockets.Any(socket => !socket.IsInherited && !socket.IsInPlace && Path.GetDirectoryName(socket.Path) == LibvirtFolder);

    /// <exception cref="IOException">A socket's folder cannot be used, or somebody else listens there.</exception>
    /// <exception cref="SocketException">A socket cannot be bound.</exception>
    /// <param name="inherited">What is not taken of it is closed.</param>
    public static ListeningSockets Open(
        DaemonPaths paths, DaemonOptions options, SystemdSockets inherited, KeptSockets kept, ILogger logger)
    {
        ListeningSockets sockets = new(kept);
        try
        {
            sockets.Add(inherited, "virtnet-sock", paths.Socket, readOnly: false, options, logger);
            sockets.Add(inherited, "virtnet-sock-ro", paths.ReadOnlySocket, readOnly: true, options, logger);
            foreach ((string name, bool readOnly) in LibvirtNames)
            {
                string path = Path.Combine(LibvirtFolder, name);
                if (options.LibvirtSockets || inherited.Has(name, path))
                {
                    sockets.AddOrAwait(inherited, name, path, readOnly, options, logger);
                }
            }

            foreach (string left in inherited.Left)
            {
                logger.UnknownSocket(left);
            }

            inherited.Dispose();
            return sockets;
        }
        catch
        {
            sockets.Dispose();
            throw;
        }
    }

    /// <summary>Tells when libvirt's own daemon, which listens still, removes a socket: it does when it ends.</summary>
    public static FolderWatch WatchLibvirts(Action gone) => new(LibvirtFolder, LibvirtNames.Select(socket => socket.Name), gone);

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
    /// Listens again where somebody removed or replaced the file of a socket, and for the first time where libvirt's own daemon has
    /// left. Whoever is connected stays so; systemd's sockets are systemd's to make.
    /// </summary>
    /// <param name="lost">Told of each where nobody reaches the daemon, and why.</param>
    /// <returns>The sockets that are new.</returns>
    public IReadOnlyList<ListeningSocket> Restore(DaemonOptions options, Action<string> lost, ILogger logger)
    {
        List<ListeningSocket> anew = [.. Awaited(options, lost, logger)];
        for (int i = 0; i < _sockets.Count; i++)
        {
            ListeningSocket socket = _sockets[i];
            if (socket.IsInPlace)
            {
                continue;
            }

            if (socket.IsInherited)
            {
                lost($"{socket.Path} was removed or replaced, and is systemd's to make: restart its socket unit and virtnetd.service");
                continue;
            }

            try
            {
                socket.Dispose(); // what is at its path by now is not removed
                _sockets[i] = ListeningSocket.Bind(
                    socket.Path, SocketRights.Of(options, socket.ReadOnly), socket.ReadOnly, _kept, logger);
                anew.Add(_sockets[i]);
                logger.FileMadeAnew(socket.Path);
            }
            catch (Exception e) when (e is SocketException or IOException or UnauthorizedAccessException)
            {
                lost($"{socket.Path} was removed or replaced and cannot be made anew: {e.Message}");
            }
        }

        return anew;
    }

    /// <summary>Closes all, and removes the files of those that were made here.</summary>
    public void Dispose()
    {
        foreach (ListeningSocket socket in _sockets)
        {
            socket.Dispose();
        }
    }

    private IEnumerable<ListeningSocket> Awaited(DaemonOptions options, Action<string> lost, ILogger logger)
    {
        foreach ((string path, bool readOnly) in _awaited.ToArray())
        {
            ListeningSocket? socket = null;
            try
            {
                socket = ListeningSocket.Bind(path, SocketRights.Of(options, readOnly), readOnly, _kept, logger);
            }
            catch (Exception e) when (e is SocketException or IOException or UnauthorizedAccessException)
            {
                lost($"libvirt's clients do not find virtnetd: {e.Message}");
            }

            if (socket is not null)
            {
                _awaited.Remove((path, readOnly));
                _sockets.Add(socket);
                logger.Listening(path);
                yield return socket;
            }
        }
    }

    private void AddOrAwait(
        SystemdSockets inherited, string name, string path, bool readOnly, DaemonOptions options, ILogger logger)
    {
        try
        {
            Add(inherited, name, path, readOnly, options, logger);
        }
        catch (SocketHeldException)
        {
            _awaited.Add((path, readOnly)); // by whom is said as long as it is so
        }
    }

    private void Add(
        SystemdSockets inherited, string name, string path, bool readOnly, DaemonOptions options, ILogger logger)
    {
        SocketRights rights = SocketRights.Of(options, readOnly);
        _sockets.Add(inherited.TryTake(name, path, out InheritedSocket? socket)
            ? ListeningSocket.Inherit(socket, path, rights, readOnly, _kept, logger)
            : ListeningSocket.Bind(path, rights, readOnly, _kept, logger));
        logger.Listening(path);
    }
}
