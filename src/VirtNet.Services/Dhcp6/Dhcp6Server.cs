using System.Collections.Concurrent;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;
using VirtNet.Linux;
using VirtNet.Model;
using VirtNet.Services.Leases;
using VirtNet.Services.Sockets;

namespace VirtNet.Services.Dhcp6;

/// <summary>DHCPv6 of all networks: one thread, and one socket a bridge.</summary>
internal sealed class Dhcp6Server : IGuestService
{
    private readonly ConcurrentDictionary<Guid, Dhcp6Endpoint> _endpoints = new();
    private readonly ConcurrentDictionary<Guid, NetworkDefinition> _applied = new();
    private readonly string _folder;
    private readonly LeaseStore _store;
    private readonly TimeProvider _clock;
    private readonly ILogger _logger;
    private readonly Lazy<Machinery> _machinery;

    /// <param name="folder">Where the server's DUID is kept; it exists.</param>
    public Dhcp6Server(string folder, LeaseStore store, KeptSockets kept, TimeProvider clock, ILogger<Dhcp6Server> logger)
    {
        _folder = folder;
        _store = store;
        _clock = clock;
        _logger = logger;
        _machinery = new Lazy<Machinery>(() => new Machinery(folder, store, kept, clock, logger));
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
            await OpenAsync(settings, _machinery.Value);
        }

        _applied[network] = live;
    }

    public async Task StopAsync(Guid network)
    {
        _applied.TryRemove(network, out _);
        if (_endpoints.TryRemove(network, out Dhcp6Endpoint? endpoint))
        {
            await _machinery.Value.Loop.InvokeAsync(endpoint.Close);
            await endpoint.DisposeAsync();
            _logger.Stopped(endpoint.Bridge);
        }
    }

    public Task LeaveAsync() => _machinery.IsValueCreated
        ? _machinery.Value.Loop.LeaveAsync(() => _machinery.Value.Outbox.IsEmpty)
        : Task.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        foreach (Guid network in _endpoints.Keys)
        {
            await StopAsync(network);
        }

        if (_machinery.IsValueCreated)
        {
            await _machinery.Value.DisposeAsync();
        }
    }

    private async Task OpenAsync(Dhcp6Settings settings, Machinery machinery)
    {
        byte[] duid = ServerDuid.Find(_folder, settings.Network, _logger) ?? machinery.Duid;
        Dhcp6Endpoint endpoint = new(settings, duid, _store, machinery.Outbox, _clock, _logger);
        try
        {
            endpoint.Open(machinery.Loop);
        }
        catch (SystemCallException e)
        {
            await endpoint.DisposeAsync();
            throw VirtNetException.System($"cannot serve DHCPv6 on {settings.Bridge}", e.Errno, e.Reason);
        }

        _endpoints[settings.Network] = endpoint;
        _logger.Serving(settings.Name, settings.Bridge);
    }

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
        private readonly BridgePorts _ports = new();

        public Machinery(string folder, LeaseStore store, KeptSockets kept, TimeProvider clock, ILogger logger)
        {
            Duid = ServerDuid.Load(folder, logger);
            Loop = new DatagramLoop("virtnet-dhcp6", kept, clock, logger);
            Outbox = new Dhcp6Outbox(Loop, _ports, store);
            Loop.TurnEnding = Outbox.EndTurn;
            Loop.Coalescing = new Coalescing(clock);
        }

        public byte[] Duid { get; }

        public DatagramLoop Loop { get; }

        public Dhcp6Outbox Outbox { get; }

        public async ValueTask DisposeAsync()
        {
            await Loop.DisposeAsync();
            _ports.Dispose();
        }
    }
}
