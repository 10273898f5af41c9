using System.Collections.Concurrent;
using System.Net;
using Microsoft.Extensions.Logging;
using VirtNet.Linux;
using VirtNet.Model;
using VirtNet.Services.Sockets;

namespace VirtNet.Services.Ra;

/// <summary>Router advertisements of all networks that have an IPv6 address.</summary>
internal sealed class RaService(KeptSockets kept, TimeProvider clock, Random random, ILogger<RaService> logger) : IGuestService
{
    /// <summary>Of every running network; null while it has no IPv6.</summary>
    private readonly ConcurrentDictionary<Guid, RaServer?> _servers = new();

    private readonly OnDemand<RaSockets> _sockets = new(() => new RaSockets(kept, clock, logger));

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
            server.Change(content);
            return;
        }

        foreach (IPNetwork subnet in RaSettings.Unserved(live))
        {
            logger.SubnetWithoutAddresses(live.Name, RaSettings.WhyUnserved(subnet));
        }

        bool guestsWait = isRunning && server is null;
        await StopAsync(network);
        _servers[network] = await OpenAsync(bridge, content, guestsWait);
    }

    public IEnumerable<NetworkCounter> CountersOf(Guid network) => _servers.GetValueOrDefault(network)?.Counters ?? [];

    public async Task StopAsync(Guid network)
    {
        if (_servers.TryRemove(network, out RaServer? server) && server is not null)
        {
            await server.DisposeAsync();
        }
    }

    public Task LeaveAsync() => _sockets.IfMade?.Loop.LeaveAsync(() => true) ?? Task.CompletedTask;

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

        if (_sockets.IfMade is { } sockets)
        {
            await sockets.DisposeAsync();
        }
    }

    private async Task<RaServer> OpenAsync(string bridge, RaContent content, bool guestsWait)
    {
        RaServer? server = null;
        try
        {
            server = new RaServer(bridge, content, guestsWait, _sockets.Value, clock, random, logger);
            server.Open();
            return server;
        }
        catch (SystemCallException e)
        {
            if (server is not null)
            {
                await server.LeaveAsync();
            }

            throw VirtNetException.System($"cannot advertise routes on {bridge}", e.Errno, e.Reason);
        }
    }
}
