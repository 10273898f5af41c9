using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace VirtNet.Linux.Processes;

/// <summary>
/// Tells the service manager how a daemon is (sd_notify(3)); where none asked for it, nothing. What the daemon starts does
/// not speak for it: the variables are taken out of the environment.
/// </summary>
internal sealed class ServiceNotifier : IDisposable
{
    private readonly FileDescriptor? _socket;
    private readonly SocketAddress? _manager;

    private ServiceNotifier(string? address, TimeSpan? watchdog)
    {
        WatchdogTime = watchdog;
        if (address is ['/' or '@', _, ..])
        {
            _manager = new UnixDomainSocketEndPoint(address[0] == '@' ? '\0' + address[1..] : address).Serialize();
            _socket = Libc.Checked(Libc.Socket(Libc.AfUnix, Libc.SockDgram | Libc.SockCloseOnExec, 0), "socket");
        }
    }

    /// <summary>How long the manager waits for a sign of life; null = it does not.</summary>
    public TimeSpan? WatchdogTime { get; }

    /// <summary>Whether anybody is told.</summary>
    public bool IsThere => _manager is not null;

    public static ServiceNotifier FromEnvironment()
    {
        string mine = Environment.ProcessId.ToString(CultureInfo.InvariantCulture);
        bool isForUs = Take("WATCHDOG_PID") is not { } process || process == mine;
        TimeSpan? watchdog =
            long.TryParse(Take("WATCHDOG_USEC"), NumberStyles.None, CultureInfo.InvariantCulture, out long time) && time > 0 && isForUs
                ? TimeSpan.FromMicroseconds(time)
                : null;
        return new ServiceNotifier(Take("NOTIFY_SOCKET"), watchdog);
    }

    /// <summary>Others that are to start after this one may now.</summary>
    public void Ready(string status) => Send($"READY=1\nSTATUS={OneLine(status)}");

    /// <summary>What <c>systemctl status</c> shows.</summary>
    public void Status(string status) => Send($"STATUS={OneLine(status)}");

    public void IsAlive() => Send("WATCHDOG=1");

    public void Stopping() => Send("STOPPING=1");

    public void Dispose() => _socket?.Dispose();

    /// <summary>Tells it; waits while it is busy. One that is gone, or restarts, is not told.</summary>
    /// <param name="descriptors">What it has too from then on.</param>
    public void Send(string state, params ReadOnlySpan<int> descriptors)
    {
        if (_socket is not null)
        {
            _ = Libc.TrySend(_socket, _manager!.Buffer.Span[.._manager.Size], Encoding.UTF8.GetBytes(state), descriptors, flags: 0);
        }
    }

    private static string OneLine(string text) => text.ReplaceLineEndings(" ");

    private static string? Take(string variable)
    {
        string? value = Environment.GetEnvironmentVariable(variable);
        Environment.SetEnvironmentVariable(variable, null);
        return value;
    }
}
