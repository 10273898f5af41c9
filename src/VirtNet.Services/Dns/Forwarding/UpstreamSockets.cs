using VirtNet.Linux;
using VirtNet.Services.Sockets;

namespace VirtNet.Services.Dns.Forwarding;

/// <summary>
/// The ports that questions leave from, of one address family: many, chosen by the kernel at random, opened when first
/// needed and replaced after some use. All questions of one turn of the loop share a port, so that they leave in one
/// batch; which port, nobody outside can know. The loop's thread only.
/// </summary>
internal sealed class UpstreamSockets(
    DatagramLoop loop,
    NetAddress any,
    RandomSource random,
    TimeProvider clock,
    DatagramHandler received,
    UndeliveredHandler undelivered) : IAsyncDisposable
{
    private const int PortCount = 64;
    private const int MaxTurnsPerPort = 256;
    private const int ReceiveBuffer = 1 << 20;

    /// <summary>How long a port is used at most.</summary>
    private static readonly TimeSpan MaxAge = TimeSpan.FromSeconds(30);

    /// <summary>How long a replaced port stays open for answers under way: longer than any question waits.</summary>
    private static readonly TimeSpan Linger = TimeSpan.FromSeconds(10);

    private readonly Port?[] _ports = new Port?[PortCount];
    private readonly Queue<Port> _retired = [];
    private DatagramSocket? _current;
    private long _turn = -1;

    /// <summary>The port for this turn. Throws <see cref="SystemCallException"/> where none can be opened.</summary>
    public DatagramSocket Current()
    {
        if (_turn != loop.Turn || _current is null)
        {
            _turn = loop.Turn;
            _current = null; // the last turn's, which may be about to close
            CloseRetired();
            _current = Choose();
        }

        return _current;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (Port port in _ports.OfType<Port>().Concat(_retired))
        {
            await port.Socket.DisposeAsync().ConfigureAwait(false);
        }

        Array.Clear(_ports);
        _retired.Clear();
    }

    private DatagramSocket Choose()
    {
        ref Port? port = ref _ports[random.NextUInt16() % PortCount];
        if (port is null || port.Turns >= MaxTurnsPerPort || clock.GetElapsedTime(port.OpenedAt) > MaxAge)
        {
            Port fresh = new(loop.Open(Options(), received), clock.GetTimestamp());
            if (port is not null)
            {
                port.RetiredAt = clock.GetTimestamp();
                _retired.Enqueue(port);
            }

            port = fresh;
        }

        port.Turns++;
        return port.Socket;
    }

    private DatagramSocketOptions Options() =>
        new(new NetEndpoint(any, 0)) { ReceiveBuffer = ReceiveBuffer, Undelivered = undelivered };

    private void CloseRetired()
    {
        while (_retired.TryPeek(out Port? oldest) && clock.GetElapsedTime(oldest.RetiredAt) > Linger)
        {
            _retired.Dequeue();
            oldest.Socket.Close();
        }
    }

    private sealed class Port(DatagramSocket socket, long openedAt)
    {
        public DatagramSocket Socket { get; } = socket;

        public long OpenedAt { get; } = openedAt;

        public long RetiredAt { get; set; }

        public int Turns { get; set; }
    }
}
