using System.Diagnostics.CodeAnalysis;
using System.Net.Sockets;
using VirtNet.Linux;
using VirtNet.Services.Sockets;

namespace VirtNet.Daemon.Hosting;

/// <summary>
/// Sockets for clients that were passed on to this process: by the names of systemd's socket units, or, where nobody gave
/// names, by where they are bound. Those that nobody takes are closed.
/// </summary>
internal sealed class SystemdSockets : IDisposable
{
    /// <summary>What is bound under this name is given its own when group and mode are right.</summary>
    public const string UnfinishedSuffix = ".new";

    private readonly List<InheritedSocket> _sockets = [];

    /// <summary>What nobody has taken yet.</summary>
    public IEnumerable<string> Left => _sockets.Select(socket => $"{socket.Name} ({socket.Path})");

    /// <summary>Those for clients; the others of a daemon before this one are left with what is kept, and strange ones to be closed.</summary>
    public static SystemdSockets Of(IEnumerable<PassedSocket> passed, KeptSockets kept)
    {
        SystemdSockets clients = new();
        foreach (PassedSocket one in passed)
        {
            bool isOurs = one.Name is null || KeptSockets.IsOurs(one.Name);
            if (PassedSocket.FamilyOf(one.Descriptor) is not Libc.AfUnix and var family && (isOurs || family is null))
            {
                kept.Adopt(isOurs ? one.Name : null, one.Descriptor);
                continue;
            }

            Socket socket = new(new SafeSocketHandle(one.Descriptor, ownsHandle: true));
            string path = (socket.LocalEndPoint as UnixDomainSocketEndPoint)?.ToString() ?? "";
            clients._sockets.Add(new InheritedSocket(one.Name ?? "", isOurs ? Finished(path) : path, socket, isOurs));
        }

        return clients;
    }

    public bool Has(string name, string path) => _sockets.Any(socket => socket.Is(name, path));

    public bool TryTake(string name, string path, [NotNullWhen(true)] out InheritedSocket? socket)
    {
        socket = _sockets.FirstOrDefault(candidate => candidate.Is(name, path));
        return socket is not null && _sockets.Remove(socket);
    }

    public void Dispose()
    {
        foreach (InheritedSocket socket in _sockets)
        {
            socket.Socket.Dispose();
        }

        _sockets.Clear();
    }

    private static string Finished(string path) =>
        path.EndsWith(UnfinishedSuffix, StringComparison.Ordinal) ? path[..^UnfinishedSuffix.Length] : path;
}

/// <param name="IsOurs">Made by a daemon before this one, not by systemd; <paramref name="Name"/> is by which it is held, if it is.</param>
internal sealed record InheritedSocket(string Name, string Path, Socket Socket, bool IsOurs)
{
    public bool Is(string name, string path) => (Name == name && !IsOurs) || Path == path;
}
