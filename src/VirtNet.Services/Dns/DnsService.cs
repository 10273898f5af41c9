using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using VirtNet.Model;
using VirtNet.Services.Dns.Answers;
using VirtNet.Services.Dns.Forwarding;
using VirtNet.Services.Dns.Listening;
using VirtNet.Services.Dns.Zone;
using VirtNet.Services.Dnsmasq.Zone;
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
    private readonly GuestBridges _guestBridges = new();
    private readonly DatagramLoop _loop;
    private readonly ILeaseDirectory _leases;
    private readonly KeptSockets _kept;
    private readonly DnsOptions _options;
    private readonly TimeProvider _clock;
    private readonly ILogger _logger;
    private readonly UpstreamTransport _transport;
    private readonly DnsEngine _engine;
    private readonly AddressMonitor _monitor;
    private readonly LoopTimer _retry;
    private readonly IHostLinks _links;

    // Who is concerned by a change of a link; changed by whoever follows.
    private readonly Dictionary<int, HashSet<Guid>> _byIndex = [];
    private readonly HashSet<Guid> _failing = [];
    private Task _follow = Task.CompletedTask;
    private uint _lastShare;
    private volatile bool _stopping;

    /// <param name="links">Null = those of this host.</param>
    public DnsService(
        ILeaseDirectory leases, DnsOptions options, KeptSockets kept, TimeProvider clock, ILogger<DnsService> logger,
        IHostLinks? links = null)
    {
        // Not shared with other services: a flood of questions must not delay DHCP.
        _loop = new DatagramLoop("virtnet-dns", kept, clock, logger);
        _leases = leases;
        _kept = kept;
        _options = options;
        _clock = clock;
        _logger = logger;
        _links = links ?? new KernelLinks();
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
        _monitor = new AddressMonitor(_loop, Follow);
        UpstreamPaths paths = new(
            _guestBridges.Find, endpoint => HostRoutes.InterfaceTowards(endpoint, _monitor.Addresses.LinkOf), clock);
        _engine = engine = new DnsEngine(options, _transport, tick.Start, IsOwnAddress, paths, clock, logger);
        _retry = _loop.CreateTimer(() => Follow(new LinkChanges()));
    }

    /// <exception cref="VirtNetException">Port 53 of an address is taken, or an option of the definition is malformed.</exception>
    public async Task ApplyAsync(NetworkDefinition live, CancellationToken cancellationToken)
    {
        Guid id = live.Uuid ?? throw new ArgumentException("A network that is served has a UUID.", nameof(live));
        string? bridge = live.OwnsBridge ? live.BridgeName : null;
        int index = bridge is null ? 0 : _links.IndexOf(bridge);
        _guestBridges.Set(id, bridge, index);
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
            await _loop.InvokeAsync(() => _engine.Use(served.Network, zone.AnswerRules)).ConfigureAwait(false);
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
            await FollowAsync(id, served, listeners => listeners.AttachAsync(index, _links, required: isNew)).ConfigureAwait(false);
            _networks[id] = served;
        }
        catch when (isNew)
        {
            Forget(id, served);
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
        _guestBridges.Set(network, null, 0);
    }

    /// <inheritdoc cref="DnsEngine.KeptAnswers"/>
    public int KeptAnswers => _engine.KeptAnswers;

    public IEnumerable<NetworkCounter> CountersOf(Guid network) =>
        _networks.TryGetValue(network, out ServedNetwork? served) ? served.Network.Share.Counters.All() : [];

    public async Task LeaveAsync()
    {
        _stopping = true;
        await _following.WaitAsync().ConfigureAwait(false);
        try
        {
            await Task.WhenAll(_networks.Values.Select(served => served.Listeners.LeaveAsync())).ConfigureAwait(false);
        }
        finally
        {
            _following.Release();
        }

        await _loop.LeaveAsync(() => _engine.IsAnswered).ConfigureAwait(false);
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
            Forget(network, served);
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
        NetworkShare share = new(Interlocked.Increment(ref _lastShare), live.Name) { AnswerRules = zone.AnswerRules };
        DnsNetwork network = new(live.Name, live.BridgeName!, zone, _leases.NamesOf(id), share);
        DnsOptions options = _options with { Port = port };
        return new ServedNetwork(network, new BridgeListeners(_loop, _engine, network, options, _kept, _clock, _logger), port);
    }

    /// <summary>On the loop's thread; the work itself goes elsewhere, since it opens and closes sockets of many networks.</summary>
    private void Follow(LinkChanges changes)
    {
        if (!_stopping)
        {
            _follow = FollowAllAsync(changes, after: _follow);
        }
    }

    /// <summary>It does not fail, or nothing would be followed after it.</summary>
    private async Task FollowAllAsync(LinkChanges changes, Task after)
    {
        await Task.Yield();
        await after.ConfigureAwait(false);
        await _following.WaitAsync().ConfigureAwait(false);
        bool failing = false;
        try
        {
            foreach (Guid id in Concerned(changes))
            {
                try
                {
                    if (_networks.TryGetValue(id, out ServedNetwork? served))
                    {
                        await FollowAsync(id, served, listeners => listeners.FollowAsync(_links)).ConfigureAwait(false);
                    }
                }
                catch (Exception e)
                {
                    _failing.Add(id); // what was announced is not announced again: it is tried again, and the others are followed
                    _logger.CannotFollow(e);
                }
            }
        }
        finally
        {
            failing = _failing.Count > 0;
            _following.Release();
        }

        if (failing)
        {
            _loop.Post(() => _retry.Start(RetryInterval));
        }
    }

    /// <summary>Networks whose bridge it may be, and those that lack an address.</summary>
    private HashSet<Guid> Concerned(LinkChanges changes) => changes.Everything
        ? [.. _networks.Keys]
        : [
            .. changes.Indexes.SelectMany(index => _byIndex.GetValueOrDefault(index) ?? []),
            .. _failing,
        ];

    /// <summary>Only by whoever follows.</summary>
    private async Task FollowAsync(Guid id, ServedNetwork served, Func<BridgeListeners, Task> follow)
    {
        int before = served.Listeners.BridgeIndex;
        await follow(served.Listeners).ConfigureAwait(false);
        if (before != served.Listeners.BridgeIndex)
        {
            RemoveIndex(before, id);
        }

        AddIndex(served.Listeners.BridgeIndex, id);
        _ = served.Listeners.HasFailures ? _failing.Add(id) : _failing.Remove(id);
    }

    private void Forget(Guid id, ServedNetwork served)
    {
        RemoveIndex(served.Listeners.BridgeIndex, id);
        _failing.Remove(id);
    }

    private void AddIndex(int index, Guid network)
    {
        if (!_byIndex.TryGetValue(index, out HashSet<Guid>? networks))
        {
            _byIndex.Add(index, networks = []);
        }

        networks.Add(network);
    }

    private void RemoveIndex(int index, Guid network)
    {
        if (_byIndex.TryGetValue(index, out HashSet<Guid>? networks) && networks.Remove(network) && networks.Count == 0)
        {
            _byIndex.Remove(index);
        }
    }

    /// <summary>The loop's thread only.</summary>
    private bool IsOwnAddress(NetAddress address) => address.IsLoopback || _monitor.Addresses.Contains(address);

    private sealed record ServedNetwork(DnsNetwork Network, BridgeListeners Listeners, ushort Port);
}
