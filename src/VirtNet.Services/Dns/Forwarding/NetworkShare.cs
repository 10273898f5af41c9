using VirtNet.Services.Dns.Zone;
using VirtNet.Services.Sockets;

namespace VirtNet.Services.Dns.Forwarding;

/// <summary>
/// One network's part of what all share: questions under way (what it holds), each accounted to the client that asked it
/// first, and kept answers. Nothing is taken before it is needed. The loop's thread only.
/// </summary>
/// <param name="id">Tells networks apart in the cache; never used again for another.</param>
internal sealed class NetworkShare(uint id, string name) : Holder
{
    /// <summary>Room for clients that is kept for the next time when none has a question under way.</summary>
    private const int SpareCapacity = 16;

    private Dictionary<NetAddress, ClientShare>? _clients;

    public uint Id { get; } = id;

    public string Name { get; } = name;

    /// <summary>Its clients that have questions under way.</summary>
    public Holders<ClientShare> Clients { get; } = new();

    /// <summary>Its part of the cache; null while it has none.</summary>
    public AnswerCache.Ring? Answers { get; set; }

    /// <summary>How often it is said that one of its clients asks too much; null while that was never said.</summary>
    public WarningRate? Crowding { get; set; }

    /// <summary>The same of answers that lead into private networks.</summary>
    public WarningRate? Rebinding { get; set; }

    public DnsCounters Counters { get; } = new();

    /// <summary>What is done to answers before its guests get them.</summary>
    public AnswerRules AnswerRules { get; set; } = AnswerRules.None;

    public ClientShare? FindClient(NetAddress address) => _clients?.GetValueOrDefault(address);

    /// <summary>Accounts a question to its client.</summary>
    public void Add(PendingQuery query, NetAddress address)
    {
        if (FindClient(address) is not { } client)
        {
            client = new ClientShare(this, address);
            (_clients ??= [])[address] = client;
        }

        query.Client = client;
        client.Queries.AddLast(query.ClientNode);
        Clients.Grow(client);
    }

    public void Remove(PendingQuery query)
    {
        ClientShare client = query.Client;
        client.Queries.Remove(query.ClientNode);
        Clients.Shrink(client);
        if (client.Held == 0)
        {
            _clients!.Remove(client.Address);
            if (_clients.Count == 0 && _clients.Capacity > SpareCapacity)
            {
                _clients = null;
            }
        }
    }
}

/// <summary>Questions under way, oldest first, that one client was the first to ask.</summary>
internal sealed class ClientShare(NetworkShare network, NetAddress address) : Holder
{
    public NetworkShare Network { get; } = network;

    public NetAddress Address { get; } = address;

    public LinkedList<PendingQuery> Queries { get; } = [];
}
