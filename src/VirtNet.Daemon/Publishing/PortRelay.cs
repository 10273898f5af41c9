using System.Net;
using System.Net.Sockets;
using VirtNet.Model.Publishing;

namespace VirtNet.Daemon.Publishing;

/// <summary>
/// One port of ::1, and who is behind it. The kernel translates what is sent to 127.0.0.1, but takes no answers for ::1 from a link;
/// so these are handed on by the daemon. Only this host reaches ::1.
/// </summary>
internal abstract class PortRelay : IAsyncDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private Task _loop = Task.CompletedTask;
    private int _next;

    protected PortRelay(Socket socket) => Socket = socket;

    /// <summary>Whom new clients get in turn, those with more weight more often. At least one.</summary>
    public IReadOnlyList<IPEndPoint> Targets { get; set; } = [];

    /// <summary>Where it listens.</summary>
    public IPEndPoint LocalEndPoint => (IPEndPoint)Socket.LocalEndPoint!;

    protected Socket Socket { get; }

    /// <summary>Cancelled when nothing is published there any more.</summary>
    protected CancellationToken Stopping => _stop.Token;

    /// <exception cref="SocketException">It cannot listen there.</exception>
    public static PortRelay Open(PublishedProtocol protocol, ushort port, IReadOnlyList<IPEndPoint> targets, RelayRoom room, TimeProvider time)
    {
        PortRelay relay = protocol == PublishedProtocol.Udp ? new DatagramRelay(room, time) : new StreamRelay(room, time);
        try
        {
            relay.Targets = targets;
            relay.Socket.DualMode = false;
            relay.Socket.Bind(new IPEndPoint(IPAddress.IPv6Loopback, port));
            relay.Listen();
        }
        catch
        {
            relay.Socket.Dispose();
            throw;
        }

        relay._loop = Task.Run(relay.RunAsync, CancellationToken.None);
        return relay;
    }

    public async ValueTask DisposeAsync()
    {
        Socket.Dispose(); // the port is free before this is waited for
        await _stop.CancelAsync();
        await _loop;
        _stop.Dispose();
    }

    /// <summary>Lets clients come, where that is a step of its own.</summary>
    protected virtual void Listen()
    {
    }

    /// <summary>Serves until <see cref="Stopping"/>; ends when all clients have been let go.</summary>
    protected abstract Task RunAsync();

    protected IPEndPoint NextTarget()
    {
        IReadOnlyList<IPEndPoint> targets = Targets;
        return targets[(int)((uint)Interlocked.Increment(ref _next) % (uint)targets.Count)];
    }
}
