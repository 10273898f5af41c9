using VirtNet.Model;
using VirtNet.Services.Sockets;

namespace VirtNet.Services.Dns.Forwarding;

/// <summary>Servers that are asked in this order, next only on failure.</summary>
/// <param name="id">
/// Tells answers of different lists apart in the cache: the same name may well mean something else to other servers.
/// </param>
internal sealed class UpstreamGroup(uint id, UpstreamServer[] servers)
{
    public uint Id { get; } = id;

    public UpstreamServer[] Servers { get; } = servers;
}

/// <summary>One group for each list of servers in use, and what has been learnt about each server, for all networks.</summary>
internal sealed class UpstreamDirectory(TimeProvider clock)
{
    /// <summary>Lists come with definitions and with changes of resolv.conf; beyond this the oldest knowledge goes.</summary>
    private const int MaxGroups = 1024;

    private readonly Dictionary<ValueList<NetEndpoint>, UpstreamGroup> _groups = [];
    private readonly Dictionary<NetEndpoint, UpstreamServer> _servers = [];
    private uint _lastId;

    public UpstreamGroup GroupOf(ValueList<NetEndpoint> endpoints)
    {
        if (_groups.TryGetValue(endpoints, out UpstreamGroup? group))
        {
            return group;
        }

        if (_groups.Count >= MaxGroups)
        {
            _groups.Clear();
            _servers.Clear();
        }

        group = new UpstreamGroup(++_lastId, [.. endpoints.Distinct().Select(ServerOf)]);
        _groups[endpoints] = group;
        return group;
    }

    private UpstreamServer ServerOf(NetEndpoint endpoint)
    {
        if (!_servers.TryGetValue(endpoint, out UpstreamServer? server))
        {
            _servers[endpoint] = server = new UpstreamServer(endpoint, clock);
        }

        return server;
    }
}
