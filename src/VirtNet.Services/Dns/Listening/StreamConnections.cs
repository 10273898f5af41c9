using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;
using VirtNet.Services.Dns.Answers;
using VirtNet.Services.Sockets;

namespace VirtNet.Services.Dns.Listening;

/// <summary>
/// The TCP connections of one network's clients, bounded. Beyond the network's bound the oldest of the client with most of
/// them gives way, so that neither idle connections nor many of one guest shut others out; beyond a client's own bound its
/// new ones are closed.
/// </summary>
internal sealed class StreamConnections(
    DatagramLoop loop, DnsEngine engine, DnsNetwork network, DnsOptions options, TimeProvider clock, ILogger logger)
    : IAsyncDisposable
{
    private readonly Lock _lock = new();
    private readonly LinkedList<StreamConnection> _open = [];
    private readonly WarningRate _crowding = new(clock);
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
            if (_closed || client is not { } known || !HasRoom(known.Address))
            {
                socket.Dispose();
                return;
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

    /// <summary>Makes room for one more of this client, if need be and if it may have more.</summary>
    private bool HasRoom(NetAddress client)
    {
        StreamConnection[] live = [.. _open.Where(connection => !connection.IsAborted)];
        int own = live.Count(connection => connection.Peer.Address == client);
        if (own >= options.MaxConnectionsPerClient)
        {
            Report(client, own, "new ones are closed");
            return false;
        }

        if (live.Length < options.MaxConnectionsPerNetwork)
        {
            return true;
        }

        // Grouping keeps the order: of several with as many, the one that came first.
        IGrouping<NetAddress, StreamConnection> most =
            live.GroupBy(connection => connection.Peer.Address).MaxBy(connections => connections.Count())!;
        if (most.Count() > 1)
        {
            Report(most.Key, most.Count(), "the oldest gives way to other clients");
        }

        most.First().Abort();
        return true;
    }

    private void Report(NetAddress client, int count, string outcome)
    {
        if (_crowding.TryTake(out _))
        {
            logger.ClientConnects(network.Name, client, count, outcome);
        }
    }

    private void Remove(LinkedListNode<StreamConnection> node)
    {
        lock (_lock)
        {
            _open.Remove(node);
            node.Value.Dispose();
        }
    }
}
