using System.Collections.Concurrent;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;
using VirtNet.Linux;
using VirtNet.Model;
using VirtNet.Services.Leases;
using VirtNet.Services.Sockets;

namespace VirtNet.Services.Dhcp6;

/// <summary>DHCPv6 of all networks: one thread, and one socket a bridge (<see cref="Dhcp6Sockets"/>).</summary>
internal sealed class Dhcp6Server : IGuestService
{
    private readonly ConcurrentDictionary<Guid, Dhcp6Endpoint> _endpoints = new();
    private readonly ConcurrentDictionary<Guid, NetworkDefinition> _applied = new();
    private readonly string _folder;
    private readonly KeptSockets _kept;
    private readonly SharedPlaces _places;
    private readonly LeaseStore _store;
    private readonly TimeProvider _clock;
    private readonly ILogger _logger;
    private readonly OnDemand<Machinery> _machinery;

    /// <param name="folder">Where the server's DUID is kept; it exists.</param>
    /// <param name="mostSharing">How many networks have sockets of the kind that share a place (<see cref="Dhcp6Sockets"/>).</param>
    public Dhcp6Server(
        string folder,
        LeaseStore store,
        KeptSockets kept,
        TimeProvider clock,
        ILogger<Dhcp6Server> logger,
        int mostSharing = SharedPlaces.Usual)
    {
        _folder = folder;
        _kept = kept;
        _places = new SharedPlaces(mostSharing);
        _store = store;
        _clock = clock;
        _logger = logger;
        _machinery = new OnDemand<Machinery>(() => new Machinery(folder, store, kept, clock, logger));
    }

    public IEnumerable<NetworkCounter> CountersOf(Guid network) =>
        _endpoints.GetValueOrDefault(network)?.AllCounters() ?? [];

    public async Task ApplyAsync(NetworkDefinition live, CancellationToken cancellationToken)
    {
        Guid network = live.Uuid ?? throw new ArgumentException("a live network has a UUID", nameof(live));
        if (Dhcp6SettingsReader.Read(live) is not { } settings)
        {
            await StopAsync(network);
            return;
        }

        if (!live.Equals(_applied.GetValueOrDefault(network)))
        {
            Warn(live, settings);
        }

        if (_endpoints.TryGetValue(network, out Dhcp6Endpoint? endpoint) && endpoint.Serves(settings.Bridge))
        {
            await _machinery.Value.Loop.InvokeAsync(() => endpoint.Use(settings));
        }
        else
        {
            await StopAsync(network);
            await OpenAsync(settings, _machinery.ValueOr(e => CannotServe(settings.Bridge, e)));
        }

        _applied[network] = live;
    }

    public async Task StopAsync(Guid network)
    {
        _applied.TryRemove(network, out _);
        if (_endpoints.TryRemove(network, out Dhcp6Endpoint? endpoint))
        {
            await _machinery.Value.Loop.InvokeAsync(endpoint.Close);
            await CloseAsync(endpoint);
            _logger.Stopped(endpoint.Bridge);
        }
    }

    public Task LeaveAsync() => _machinery.IfMade is { } machinery
        ? machinery.Loop.LeaveAsync(() => machinery.Outbox.IsEmpty)
        : Task.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        foreach (Guid network in _endpoints.Keys)
        {
            await StopAsync(network);
        }

        if (_machinery.IfMade is { } machinery)
        {
            await machinery.DisposeAsync();
        }
    }


    private async Task OpenAsync(Dhcp6Settings settings, Machinery machinery)
    {
        byte[] duid = ServerDuid.Find(_folder, settings.Network, _logger) ?? machinery.Duid;
        int device = (int)Libc.InterfaceIndex(settings.Bridge);
        if (device == 0)
        {
            throw CannotServe(settings.Bridge, new SystemCallException("if_nametoindex", SystemCallException.NoSuchDevice));
        }

        bool isSharing = _places.TryTake(Dhcp6Sockets.KindLeft(device, _kept));
        Dhcp6Sockets sockets = new(settings.Bridge, device, isSharing, machinery.Groups, machinery.Sender);
        Dhcp6Endpoint endpoint = new(settings, device, sockets, duid, _store, machinery.Outbox, _clock, _logger);
        try
        {
            endpoint.Open(machinery.Loop);
        }
        catch (SystemCallException e)
        {
            await CloseAsync(endpoint);
            throw CannotServe(settings.Bridge, e);
        }

        _endpoints[settings.Network] = endpoint;
        _logger.Serving(settings.Name, settings.Bridge);
    }

    private async Task CloseAsync(Dhcp6Endpoint endpoint)
    {
        await endpoint.DisposeAsync();
        if (endpoint.Sockets.IsSharing)
        {
            _places.Leave();
        }
    }

    private static VirtNetException CannotServe(string bridge, SystemCallException e) =>
        VirtNetException.System($"cannot serve DHCPv6 on {bridge}", e.Errno, e.Reason);

    private void Warn(NetworkDefinition live, Dhcp6Settings settings)
    {
        foreach (DhcpHost host in live.Ips.Where(ip => ip.IsIpv6).SelectMany(ip => ip.Hosts))
        {
            if (host.Id is { } id && Duid.Normalize(id) is null)
            {
                _logger.NotADuid(live.Name, id);
            }

            if (host.Address is { AddressFamily: AddressFamily.InterNetworkV6 } address
                && !settings.InSubnet(AddressKey.Of(address)))
            {
                _logger.UnreachableReservation(live.Name, address, host.Id ?? host.Name ?? "");
            }
        }
    }

    /// <summary>What all endpoints share; made with the first of them.</summary>
    private sealed class Machinery : IAsyncDisposable
    {
        private readonly BridgePorts _ports;

        public Machinery(string folder, LeaseStore store, KeptSockets kept, TimeProvider clock, ILogger logger)
        {
            using OpenedSoFar opened = new();
            Duid = ServerDuid.Load(folder, logger);
            Groups = new GroupMemberships(kept);
            _ports = opened.Add(new BridgePorts());
            Sender = opened.Add(new Ipv6Sender());
            Loop = new DatagramLoop("virtnet-dhcp6", kept, clock, logger);
            Outbox = new Dhcp6Outbox(Loop, _ports, store);
            Loop.TurnEnding = Outbox.EndTurn;
            Loop.Coalescing = new Coalescing(clock);
            opened.Keep();
        }

        public byte[] Duid { get; }

        public DatagramLoop Loop { get; }

        public Dhcp6Outbox Outbox { get; }

        public GroupMemberships Groups { get; }

        public Ipv6Sender Sender { get; }

        public async ValueTask DisposeAsync()
        {
            await Loop.DisposeAsync();
            Groups.Dispose();
            Sender.Dispose();
            _ports.Dispose();
        }
    }
}
