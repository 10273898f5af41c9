using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;
using VirtNet.Services.Sockets;

namespace VirtNet.Services.Dns.Listening;

/// <summary>
/// The TCP connections of one network's clients, bounded: beyond the network's bound the oldest gives way, so that idle
/// ones cannot shut others out; beyond a client's own bound its new ones are closed.
/// </summary>
internal sealed class StreamConnections(
    DatagramLoop loop, DnsEngine engine, DnsNetwork network, DnsOptions options, TimeProvider clock, ILogger logger)
    : IAsyncDisposable
{
    private readonly Lock _lock = new();
    private readonly LinkedList<StreamConnection> _open = [];
    private bool _closed;

    public DnsNetwork Network => network;

    public TimeProvider Clock => clock;

    public ILogger Logger => logger;

    public void Add(Socket socket)
    {
        NetEndpoint? client = socket.RemoteEndPoint is IPEndPoint peer
            ? new NetEndpoint(NetAddress.From(peer.Address), (ushort)peer.Port)
            : null;
        lock (_lock)
        {
            if (_closed || client is not { } known || IsFull(known.Address))
            {
                socket.Dispose();
                return;
            }

            if (_open.Count >= options.MaxConnectionsPerNetwork)
            {
                _open.First?.Value.Abort();
            }

            StreamConnection connection = new(socket, known, loop, engine, network, options, clock, logger);
            LinkedListNode<StreamConnection> node = _open.AddLast(connection);
            connection.Start(() => Remove(node));
        }
    }

    public async ValueTask DisposeAsync()
    {
        StreamConnection[] all;
        lock (_lock)
        {
            _closed = true;
            all = [.. _open];
            foreach (StreamConnection connection in all)
            {
                connection.Abort();
            }
        }

        await Task.WhenAll(all.Select(connection => connection.Ended)).ConfigureAwait(false);
    }

    private bool IsFull(NetAddress client) =>
        _open.Count(other => other.Peer.Address == client) >= options.MaxConnectionsPerClient;

    private void Remove(LinkedListNode<StreamConnection> node)
    {
        lock (_lock)
        {
            _open.Remove(node);
            node.Value.Dispose();
        }
    }
}
