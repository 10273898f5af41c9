using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using VirtNet.Linux;
using VirtNet.Model;
using VirtNet.Services.Dnsmasq.Reading;
using VirtNet.Services.Sockets;

namespace VirtNet.Services.Tftp;

/// <summary>
/// Read-only TFTP for networks that ask for it (<c>&lt;tftp root=…/&gt;</c>; libvirt serves the first such root on all
/// addresses of the bridge). It has a loop of its own: a slow disk must not hold up DHCP and DNS.
/// </summary>
/// <param name="followLinks">Whether links may lead out of a root.</param>
internal sealed class TftpService(bool followLinks, KeptSockets kept, TimeProvider clock, ILogger<TftpService> logger) : IGuestService
{
    private const int EthernetMtu = 1500;

    private readonly ConcurrentDictionary<Guid, TftpServer> _servers = new();
    private readonly OnDemand<DatagramLoop> _loop = new(() => new DatagramLoop("virtnet-tftp", kept, clock, logger));

    public async Task ApplyAsync(NetworkDefinition live, CancellationToken cancellationToken)
    {
        Guid network = live.Uuid ?? throw new ArgumentException("a live network has a UUID", nameof(live));
        string? root = RootOf(live);
        if (root is null || live.BridgeName is not { } bridge)
        {
            await StopAsync(network);
            return;
        }

        TftpFolder folder = new(root, followLinks) { Rules = DnsmasqReader.Read(live).Tftp };
        int mtu = Math.Min(live.Mtu > 0 ? (int)Math.Min(live.Mtu, int.MaxValue) : EthernetMtu, folder.Rules.Mtu ?? int.MaxValue);
        if (_servers.TryGetValue(network, out TftpServer? server) && server.Serves(bridge))
        {
            await server.ChangeAsync(folder, mtu);
            return;
        }

        await StopAsync(network);
        try
        {
            _servers[network] = new TftpServer(live.Name, bridge, mtu, folder, _loop.Value, clock, logger);
        }
        catch (SystemCallException e)
        {
            throw VirtNetException.System($"cannot serve TFTP on {bridge}", e.Errno, e.Reason);
        }
    }

    /// <summary>The folder that is served; null for none.</summary>
    public static string? RootOf(NetworkDefinition network) =>
        network.OwnsBridge ? network.Ips.FirstOrDefault(ip => ip.TftpRoot is not null)?.TftpRoot : null;

    public IEnumerable<NetworkCounter> CountersOf(Guid network) => _servers.GetValueOrDefault(network)?.Counters ?? [];

    public Task LeaveAsync() => _loop.IfMade?.LeaveAsync(static () => true) ?? Task.CompletedTask;

    public async Task StopAsync(Guid network)
    {
        if (_servers.TryRemove(network, out TftpServer? server))
        {
            await server.DisposeAsync();
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (Guid network in _servers.Keys)
        {
            await StopAsync(network);
        }

        if (_loop.IfMade is { } loop)
        {
            await loop.DisposeAsync();
        }
    }
}
