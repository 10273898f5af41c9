using System.Collections.Concurrent;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;
using VirtNet.Linux;
using VirtNet.Model;
using VirtNet.Services.Leases;
using VirtNet.Services.Sockets;
using VirtNet.Wire.Ethernet;

namespace VirtNet.Services.Dhcp4;

/// <summary>DHCPv4 of all networks: one thread, sockets of its own for each, and two packet sockets for all of them.</summary>
internal sealed class Dhcp4Server : IGuestService
{
    private readonly ConcurrentDictionary<Guid, Dhcp4Endpoint> _endpoints = new();
    private readonly ConcurrentDictionary<int, Dhcp4Endpoint> _byInterface = new();
    private readonly ConcurrentDictionary<Guid, NetworkDefinition> _applied = new();
    private readonly SharedPlaces _places;
    private readonly KeptSockets _kept;
    private readonly LeaseStore _store;
    private readonly TimeProvider _clock;
    private readonly ILogger _logger;
    private readonly OnDemand<Machinery> _machinery;

    /// <param name="mostSharing">How many networks have sockets of the kind that share a place (<see cref="Dhcp4Sockets"/>).</param>
    public Dhcp4Server(
        LeaseStore store, KeptSockets kept, TimeProvider clock, ILogger<Dhcp4Server> logger, int mostSharing = SharedPlaces.Usual)
    {
        _places = new SharedPlaces(mostSharing);
        _kept = kept;
        _store = store;
        _clock = clock;
        _logger = logger;
        _machinery = new OnDemand<Machinery>(() => new Machinery(store, kept, clock, logger, OnArpFrame));
    }

    public IEnumerable<NetworkCounter> CountersOf(Guid network) =>
        _endpoints.GetValueOrDefault(network)?.AllCounters() ?? [];

    public async Task ApplyAsync(NetworkDefinition live, CancellationToken cancellationToken)
    {
        Guid network = live.Uuid ?? throw new ArgumentException("a live network has a UUID", nameof(live));
        if (Dhcp4SettingsReader.Read(live) is not { } settings)
        {
            await StopAsync(network);
            return;
        }

        if (!live.Equals(_applied.GetValueOrDefault(network)))
        {
            Warn(live, settings);
        }

        Machinery machinery = _machinery.ValueOr(e => CannotServe(settings.Bridge, e));
        Dhcp4Link link = FindLink(settings.Bridge, machinery.Frames);
        if (_endpoints.TryGetValue(network, out Dhcp4Endpoint? endpoint)
            && endpoint.Link.Bridge == link.Bridge && endpoint.Link.Index == link.Index
            && endpoint.Sockets.AreFor(settings))
        {
            await machinery.Loop.InvokeAsync(() => endpoint.Use(settings, link.Mac));
        }
        else
        {
            await StopAsync(network);
            await OpenAsync(settings, link, machinery);
        }

        _applied[network] = live;
    }

    public async Task StopAsync(Guid network)
    {
        _applied.TryRemove(network, out _);
        if (_endpoints.TryRemove(network, out Dhcp4Endpoint? endpoint))
        {
            _byInterface.TryRemove(KeyValuePair.Create(endpoint.Link.Index, endpoint));
            await _machinery.Value.Loop.InvokeAsync(endpoint.Close);
            await CloseAsync(endpoint);
            _logger.Stopped(endpoint.Link.Bridge);
        }
    }

    public Task LeaveAsync() => _machinery.IfMade is { } machinery
        ? machinery.Loop.LeaveAsync(() => machinery.Outbox.IsEmpty && _endpoints.Values.All(endpoint => !endpoint.IsProbing))
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


    private async Task OpenAsync(Dhcp4Settings settings, Dhcp4Link link, Machinery machinery)
    {
        Dhcp4Sockets sockets = new(link, settings, _places.TryTake(Dhcp4Sockets.KindLeft(link, _kept)));
        Dhcp4Endpoint endpoint = new(
            settings, link, sockets, _store, machinery.Outbox, machinery.Loop, _clock, Random.Shared, _logger);
        try
        {
            endpoint.Open(machinery.Loop);
        }
        catch (SystemCallException e)
        {
            await CloseAsync(endpoint);
            throw CannotServe(link.Bridge, e);
        }

        _endpoints[settings.Network] = endpoint;
        _byInterface[link.Index] = endpoint;
        _logger.Serving(settings.Name, link.Bridge);
    }

    private async Task CloseAsync(Dhcp4Endpoint endpoint)
    {
        await endpoint.DisposeAsync();
        if (endpoint.Sockets.IsSharing)
        {
            _places.Leave();
        }
    }

    private static Dhcp4Link FindLink(string bridge, PacketSender frames)
    {
        int index = (int)Libc.InterfaceIndex(bridge);
        return index != 0 && frames.FindMac(bridge) is { } mac
            ? new Dhcp4Link(bridge, index, mac)
            : throw CannotServe(bridge, new SystemCallException("if_nametoindex", SystemCallException.NoSuchDevice));
    }

    private static VirtNetException CannotServe(string bridge, SystemCallException e) =>
        VirtNetException.System($"cannot serve DHCP on {bridge}", e.Errno, e.Reason);

    private void OnArpFrame(int interfaceIndex, ReadOnlySpan<byte> frame)
    {
        if (_byInterface.TryGetValue(interfaceIndex, out Dhcp4Endpoint? endpoint)
            && ArpMessage.TryParse(frame, out ArpMessage message) && message.Operation == ArpMessage.Reply)
        {
            endpoint.OnArpReply(message, new MacAddress(frame.Slice(MacAddress.Length, MacAddress.Length)));
        }
    }

    private void Warn(NetworkDefinition live, Dhcp4Settings settings)
    {
        foreach (DhcpHost host in live.Ips.Where(ip => !ip.IsIpv6).SelectMany(ip => ip.Hosts))
        {
            if (host.Address is { AddressFamily: AddressFamily.InterNetwork } address
                && !settings.InSubnet(Subnet.ToUInt32(address)))
            {
                _logger.UnreachableReservation(live.Name, address, host.Mac ?? host.Name ?? "");
            }
        }
    }

    /// <summary>What all endpoints share; made with the first of them.</summary>
    private sealed class Machinery : IAsyncDisposable
    {
        private readonly ArpListener _arp;
        private readonly BridgePorts _ports;
        private readonly IAsyncDisposable _arpWatch;

        public Machinery(
            LeaseStore store, KeptSockets kept, TimeProvider clock, ILogger logger, ArpListener.FrameHandler onArp)
        {
            using OpenedSoFar opened = new();
            _arp = new ArpListener();
            opened.Add(_arp.Descriptor);
            _ports = opened.Add(new BridgePorts());
            Frames = opened.Add(new PacketSender(logger));
            Loop = opened.AddAsync(new DatagramLoop("virtnet-dhcp4", kept, clock, logger));
            Outbox = new Dhcp4Outbox(Loop, Frames, _ports, store, clock);
            Loop.TurnEnding = Outbox.EndTurn;
            Loop.Coalescing = new Coalescing(clock);
            _arpWatch = Loop.Watch(_arp.Descriptor, () => _arp.Read(onArp));
            opened.Keep();
        }

        public DatagramLoop Loop { get; }

        public PacketSender Frames { get; }

        public Dhcp4Outbox Outbox { get; }

        public async ValueTask DisposeAsync()
        {
            await _arpWatch.DisposeAsync();
            await Loop.DisposeAsync();
            Frames.Dispose();
            _ports.Dispose();
        }
    }
}
