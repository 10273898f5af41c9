using System.Collections.Concurrent;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;
using VirtNet.Model;

namespace VirtNet.Services.Ra;

/// <summary>Router advertisements of all networks that have an IPv6 address.</summary>
internal sealed class RaService(TimeProvider clock, Random random, ILogger<RaService> logger) : IGuestService
{
    private readonly ConcurrentDictionary<Guid, RaServer> _servers = new();

    /// <summary>Networks that run without IPv6: if it comes, their guests are there already.</summary>
    private readonly ConcurrentDictionary<Guid, bool> _without = new();

    public async Task ApplyAsync(NetworkDefinition live, CancellationToken cancellationToken)
    {
        Guid network = live.Uuid ?? throw new ArgumentException("a live network has a UUID", nameof(live));
        if (RaSettings.For(live) is not { } advertisement || live.BridgeName is not { } bridge)
        {
            if (_servers.TryRemove(network, out RaServer? former))
            {
                await former.WithdrawAsync();
            }

            _without[network] = true;
            return;
        }

        RaContent content = new(advertisement, RaSettings.OffersDns(live));
        if (_servers.TryGetValue(network, out RaServer? server) && server.Serves(bridge))
        {
            await server.ChangeAsync(content);
            return;
        }

        bool guestsWait = _without.ContainsKey(network);
        await StopAsync(network);
        try
        {
            _servers[network] = new RaServer(bridge, content, guestsWait, clock, random, logger);
        }
        catch (SocketException e)
        {
            throw VirtNetException.System($"cannot advertise routes on {bridge}", e.NativeErrorCode, e.Message);
        }
    }

    public async Task StopAsync(Guid network)
    {
        _without.TryRemove(network, out _);
        if (_servers.TryRemove(network, out RaServer? server))
        {
            await server.DisposeAsync();
        }
    }

    /// <summary>
    /// The daemon ends, the networks go on: their servers go without a final advertisement, which would take the
    /// guests' default route away.
    /// </summary>
    public async ValueTask DisposeAsync()
    {
        foreach (RaServer server in _servers.Values)
        {
            await server.LeaveAsync();
        }
    }
}
