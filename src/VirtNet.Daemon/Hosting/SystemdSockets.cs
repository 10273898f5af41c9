using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Net.Sockets;
using VirtNet.Linux;

namespace VirtNet.Daemon.Hosting;

/// <summary>
/// Sockets that systemd opened and passed on (sd_listen_fds(3)): by the names of the socket units, or, where nobody gave
/// names, by where they are bound. Those that nobody takes are closed.
/// </summary>
internal sealed class SystemdSockets : IDisposable
{
    private const int FirstDescriptor = 3;
    private const int SetDescriptorFlags = 2; // F_SETFD
    private const int CloseOnExec = 1; // FD_CLOEXEC

    private readonly List<InheritedSocket> _sockets = [];

    private SystemdSockets()
    {
    }

    /// <summary>What nobody has taken yet.</summary>
    public IEnumerable<string> Left => _sockets.Select(socket => $"{socket.Name} ({socket.Path})");

    /// <summary>Those of this process; none when systemd passed it none. What it starts is not to believe that they are its.</summary>
    public static SystemdSockets Take()
    {
        SystemdSockets taken = new();
        string mine = Environment.ProcessId.ToString(CultureInfo.InvariantCulture);
        if (Environment.GetEnvironmentVariable("LISTEN_PID") == mine
            && int.TryParse(Environment.GetEnvironmentVariable("LISTEN_FDS"), CultureInfo.InvariantCulture, out int count))
        {
            string[] names = (Environment.GetEnvironmentVariable("LISTEN_FDNAMES") ?? "").Split(':');
            for (int i = 0; i < count; i++)
            {
                int descriptor = FirstDescriptor + i;
                _ = Libc.Control(descriptor, SetDescriptorFlags, CloseOnExec); // hooks and nft are no listeners
                Socket socket = new(new SafeSocketHandle(descriptor, ownsHandle: true));
                string path = (socket.LocalEndPoint as UnixDomainSocketEndPoint)?.ToString() ?? "";
                taken._sockets.Add(new InheritedSocket(i < names.Length ? names[i] : "", path, socket));
            }
        }

        foreach (string variable in (string[])["LISTEN_PID", "LISTEN_FDS", "LISTEN_FDNAMES"])
        {
            Environment.SetEnvironmentVariable(variable, null);
        }

        return taken;
    }

    public bool Has(string name, string path) => _sockets.Any(socket => socket.Is(name, path));

    public bool TryTake(string name, string path, [NotNullWhen(true)] out Socket? socket)
    {
        InheritedSocket? found = _sockets.FirstOrDefault(candidate => candidate.Is(name, path));
        socket = found?.Socket;
        return found is not null && _sockets.Remove(found);
    }

    public void Dispose()
    {
        foreach (InheritedSocket socket in _sockets)
        {
            socket.Socket.Dispose();
        }
    }

    private sealed record InheritedSocket(string Name, string Path, Socket Socket)
    {
        public bool Is(string name, string path) => Name == name || Path == path;
    }
}
