using System.Globalization;
using System.Net.Sockets;

namespace VirtNet.Daemon.Hosting;

/// <summary>Listening sockets that systemd passed on (sd_listen_fds(3)), by the names of the socket units.</summary>
internal static class SystemdSockets
{
    private const int FirstDescriptor = 3;

    /// <summary>Name to socket; empty when systemd passed none to this process.</summary>
    public static IReadOnlyDictionary<string, Socket> Take()
    {
        Dictionary<string, Socket> sockets = [];
        string mine = Environment.ProcessId.ToString(CultureInfo.InvariantCulture);
        if (Environment.GetEnvironmentVariable("LISTEN_PID") == mine
            && int.TryParse(Environment.GetEnvironmentVariable("LISTEN_FDS"), CultureInfo.InvariantCulture, out int count))
        {
            string[] names = (Environment.GetEnvironmentVariable("LISTEN_FDNAMES") ?? "").Split(':');
            for (int i = 0; i < count && i < names.Length; i++)
            {
                sockets[names[i]] = new Socket(new SafeSocketHandle(FirstDescriptor + i, ownsHandle: true));
            }
        }

        return sockets;
    }
}
