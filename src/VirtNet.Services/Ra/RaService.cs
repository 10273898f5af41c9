using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;
using VirtNet.Model;
using VirtNet.Services.Sockets;

namespace VirtNet.Services.Ra;

/// <summary>Router advertisements of all networks that have an IPv6 address.</summary>
internal sealed class RaService(KeptSockets kept, TimeProvider clock, Random random, ILogger<RaService> logger) : IGuestService
{
    /// <summary>Of every running network; null while it has no IPv6.</summary>
    private readonly ConcurrentDictionary<Guid, RaServer?> _servers = new();

    public async Task ApplyAsync(NetworkDefinition live, CancellationToken cancellationToken)
    {
        Guid network = live.Uuid ?? throw new ArgumentException("a live network has a UUID", nameof(live));
        bool isRunning = _servers.TryGetValue(network, out RaServer? server);
        if (RaSettings.ContentOf(live) is not { } content || live.BridgeName is not { } bridge)
        {
            _servers[network] = null;
            if (server is not null)
            {
                await server.WithdrawAsync();
            }

            return;
        }

        if (server?.Serves(bridge) == true)
        {
            await server.ChangeAsync(content);
            return;
        }

        foreach (IPNetwork subnet in RaSettings.Unserved(live))
        {
            logger.SubnetWithoutAddresses(live.Name, subnet);
        }

        bool guestsWait = isRunning && server is null;
        await StopAsync(network);
        try
        {
            _servers[network] = new RaServer(bridge, content, guestsWait, kept, clock, random, logger);
        }
        catch (SocketException e)
        {
            throw VirtNetException.System($"cannot advertise routes on {bridge}", e.NativeErrorCode, e.Message);
        }
    }

    public IEnumerable<NetworkCounter> CountersOf(Guid network) => _servers.GetValueOrDefault(network)?.Counters ?? [];

    public async Task StopAsync(Guid network)
    {
        if (_servers.TryRemove(network, out RaServer? server) && server is not null)
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
        foreach (RaServer server in _servers.Values.OfType<RaServer>())
        {
            await server.LeaveAsync();
        }
    }
}
