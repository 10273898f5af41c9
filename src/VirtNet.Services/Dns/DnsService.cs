using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using VirtNet.Model;
using VirtNet.Services.Dns.Forwarding;
using VirtNet.Services.Dns.Listening;
using VirtNet.Services.Dns.Zone;
using VirtNet.Services.Leases;
using VirtNet.Services.Sockets;

namespace VirtNet.Services.Dns;

/// <summary>
/// DNS for the guests of all networks: each network's own names, and everybody else's by way of the host's or the
/// definition's name servers.
/// </summary>
internal sealed class DnsService : IGuestService
{
    private static readonly TimeSpan RetryInterval = TimeSpan.FromSeconds(5);

    private readonly ConcurrentDictionary<Guid, ServedNetwork> _networks = new();
    private readonly SemaphoreSlim _following = new(1, 1);
    private readonly GuestBridges _guestBridges = new(Libc.InterfaceName);
    private readonly DatagramLoop _loop;
    private readonly ILeaseDirectory _leases;
    private readonly DnsOptions _options;
    private readonly TimeProvider _clock;
    private readonly ILogger _logger;
    private readonly UpstreamTransport _transport;
    private readonly DnsEngine _engine;
    private readonly AddressMonitor _monitor;
    private readonly LoopTimer _retry;
    private volatile HashSet<NetAddress> _ownAddresses = [];
    private Task _follow = Task.CompletedTask;
    private uint _lastShare;
    private volatile bool _stopping;

    public DnsService(ILeaseDirectory leases, DnsOptions options, TimeProvider clock, ILogger<DnsService> logger)
    {
        // Not shared with other services: a flood of questions must not delay DHCP.
        _loop = new DatagramLoop("virtnet-dns", clock, logger);
        _leases = leases;
        _options = options;
        _clock = clock;
        _logger = logger;
        DnsEngine? engine = null;
        _transport = new UpstreamTransport(
            _loop,
            options.Forwarding,
            clock,
            (DatagramSocket port, in Datagram datagram) =>
                engine?.OnResponse(port, datagram.Peer, datagram.InterfaceIndex, datagram.Payload),
            (port, server, arrival, question) => engine?.OnUndelivered(port, server, arrival, question),
            logger);
        LoopTimer tick = _loop.CreateTimer(() => engine?.Tick());
        UpstreamPaths paths = new(_guestBridges.Find, HostRoutes.InterfaceTowards, clock);
        _engine = engine = new DnsEngine(options, _transport, tick.Start, IsOwnAddress, paths, clock, logger);
        _retry = _loop.CreateTimer(OnAddressesChanged);
        _monitor = new AddressMonitor(_loop, OnAddressesChanged);
    }

    /// <exception cref="VirtNetException">Port 53 of an address is taken, or an option of the definition is malformed.</exception>
    public async Task ApplyAsync(NetworkDefinition live, CancellationToken cancellationToken)
    {
        Guid id = live.Uuid ?? throw new ArgumentException("A network that is served has a UUID.", nameof(live));
        _guestBridges.Set(id, live.OwnsBridge ? live.BridgeName : null);
        if (!DefinitionZone.IsServed(live))
        {
            await StopServingAsync(id).ConfigureAwait(false);
            return;
        }

        LocalZone zone = DefinitionZone.Build(live);
        if (zone.Port == 0)
        {
            await StopServingAsync(id).ConfigureAwait(false);
            return;
        }

        ushort port = zone.Port ?? _options.Port;
        if (_networks.TryGetValue(id, out ServedNetwork? served) && served.Network.Bridge == live.BridgeName
            && served.Port == port)
        {
            served.Network.Zone = zone;
        }
        else
        {
            await StopServingAsync(id).ConfigureAwait(false);
            served = null;
        }

        bool isNew = served is null;
        served ??= NewNetwork(live, zone, id, port);
        await _following.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            await served.Listeners.FollowAsync(ReadAddresses(), required: isNew).ConfigureAwait(false);
            _networks[id] = served;
        }
        catch when (isNew)
        {
            await served.Listeners.DisposeAsync().ConfigureAwait(false);
            throw;
        }
        finally
        {
            _following.Release();
        }
    }

    public async Task StopAsync(Guid network)
    {
        await StopServingAsync(network).ConfigureAwait(false);
        _guestBridges.Set(network, null);
    }

    public async ValueTask DisposeAsync()
    {
        _stopping = true;
        await _monitor.DisposeAsync().ConfigureAwait(false);
        await _loop.InvokeAsync(_retry.Stop).ConfigureAwait(false);
        await _follow.ConfigureAwait(false);
        foreach (Guid network in _networks.Keys)
        {
            await StopAsync(network).ConfigureAwait(false);
        }

        await _transport.DisposeAsync().ConfigureAwait(false);
        await _loop.DisposeAsync().ConfigureAwait(false);
        _following.Dispose();
    }

    private async Task StopServingAsync(Guid network)
    {
        if (!_networks.TryRemove(network, out ServedNetwork? served))
        {
            return;
        }

        await _following.WaitAsync().ConfigureAwait(false);
        try
        {
            await served.Listeners.DisposeAsync().ConfigureAwait(false);
        }
        finally
        {
            _following.Release();
        }

        await _loop.InvokeAsync(() => _engine.Forget(served.Network)).ConfigureAwait(false);
    }

    private ServedNetwork NewNetwork(NetworkDefinition live, LocalZone zone, Guid id, ushort port)
    {
        NetworkShare share = new(Interlocked.Increment(ref _lastShare), live.Name);
        DnsNetwork network = new(live.Name, live.BridgeName!, zone, _leases.NamesOf(id), share);
        DnsOptions options = _options with { Port = port };
        return new ServedNetwork(network, new BridgeListeners(_loop, _engine, network, options, _clock, _logger), port);
    }

    /// <summary>On the loop's thread; the work itself goes elsewhere, since it opens and closes sockets of many networks.</summary>
    private void OnAddressesChanged()
    {
        _guestBridges.Forget();
        if (!_stopping)
        {
            _follow = FollowAllAsync(after: _follow);
        }
    }

    private async Task FollowAllAsync(Task after)
    {
        await Task.Yield();
        await after.ConfigureAwait(false);
        await _following.WaitAsync().ConfigureAwait(false);
        try
        {
            ILookup<int, NetAddress> addresses = ReadAddresses();
            foreach (Guid id in _networks.Keys)
            {
                if (_networks.TryGetValue(id, out ServedNetwork? served))
                {
                    await served.Listeners.FollowAsync(addresses, required: false).ConfigureAwait(false);
                }
            }
        }
        catch (SystemCallException e)
        {
            _logger.CannotFollow(e);
        }
        finally
        {
            _following.Release();
        }

        if (_networks.Values.Any(served => served.Listeners.HasFailures))
        {
            _loop.Post(() => _retry.Start(RetryInterval));
        }
    }

    /// <summary>The addresses of all interfaces, by interface.</summary>
    private ILookup<int, NetAddress> ReadAddresses()
    {
        IReadOnlyList<HostAddress> addresses = HostAddresses.Read();
        _ownAddresses = [.. addresses.Select(one => one.Address)];
        return addresses.ToLookup(one => one.InterfaceIndex, one => one.Address);
    }

    private bool IsOwnAddress(NetAddress address) => address.IsLoopback || _ownAddresses.Contains(address);

    private sealed record ServedNetwork(DnsNetwork Network, BridgeListeners Listeners, ushort Port);
}
