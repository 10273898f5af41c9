using VirtNet.Services.Sockets;

namespace VirtNet.Services.Dns.Forwarding;

/// <summary>
/// Counts exchanges over TCP under way. Where n networks have some, each may have an n-th of all, and its clients likewise
/// among themselves: a lone client may have all, and still a newcomer finds room at once.
/// </summary>
/// <param name="limit">For a lone client. All together have at most a few times as many (n networks, 2 ln n).</param>
internal sealed class StreamSlots(int limit)
{
    private readonly Dictionary<NetworkShare, Network> _networks = [];

    public bool TryTake(NetworkShare network, NetAddress client)
    {
        Network? known = _networks.GetValueOrDefault(network);
        int networks = _networks.Count + (known is null ? 1 : 0);
        int clients = known is null ? 1 : known.Clients.Count + (known.Clients[client] > 0 ? 0 : 1);
        int share = Math.Max(1, limit / networks);
        int own = known?.Clients[client] ?? 0;
        if (own >= Math.Max(1, share / clients) || known?.Taken >= 2 * share)
        {
            return false;
        }

        if (known is null)
        {
            _networks[network] = known = new Network();
        }

        known.Taken++;
        known.Clients.Add(client, 1);
        return true;
    }

    public void Release(NetworkShare network, NetAddress client)
    {
        Network known = _networks[network];
        known.Taken--;
        known.Clients.Add(client, -1);
        if (known.Taken == 0)
        {
            _networks.Remove(network);
        }
    }

    private sealed class Network
    {
        public int Taken { get; set; }

        public Tally<NetAddress> Clients { get; } = new();
    }
}
