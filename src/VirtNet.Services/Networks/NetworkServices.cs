using System.Collections.Concurrent;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;
using VirtNet.Model;
using VirtNet.Model.Conditions;
using VirtNet.Services.Dhcp4;
using VirtNet.Services.Dhcp6;
using VirtNet.Services.Dns;
using VirtNet.Services.Dns.Answers;
using VirtNet.Services.Dnsmasq.Reading;
using VirtNet.Services.Leases;
using VirtNet.Services.Ra;
using VirtNet.Services.Sockets;
using VirtNet.Services.Tftp;

namespace VirtNet.Services.Networks;

/// <summary>All services of all networks, and the leases they share.</summary>
public sealed class NetworkServices : INetworkServices
{
    private readonly ConcurrentDictionary<Guid, LeaseStatusFile> _statusFiles = new();
    private readonly ConcurrentDictionary<Guid, bool> _served = new();
    private readonly NetworkServicesOptions _options;
    private readonly KeptSockets _kept;
    private readonly TimeProvider _clock;
    private readonly ILogger<NetworkServices> _logger;
    private readonly LeaseStore _leases;
    private readonly DnsService _dns;
    private readonly IGuestService[] _services;

    /// <summary>Opens the leases; nothing is served yet.</summary>
    public NetworkServices(
        NetworkServicesOptions options, KeptSockets kept, TimeProvider clock, ConditionBoard conditions, ILoggerFactory loggers)
    {
        _kept = kept;
        _options = options;
        _clock = clock;
        _logger = loggers.CreateLogger<NetworkServices>();
        _leases = new LeaseStore(options.StateDirectory, clock, conditions, loggers.CreateLogger<LeaseStore>());
        _dns = new DnsService(
            _leases,
            new DnsOptions { ResolvConfPath = options.ResolvConfPath, HostsPath = options.HostsPath },
            kept,
            clock,
            loggers.CreateLogger<DnsService>());
        _services =
        [
            new Dhcp4Server(_leases, kept, clock, loggers.CreateLogger<Dhcp4Server>()),
            new Dhcp6Server(options.StateDirectory, _leases, kept, clock, loggers.CreateLogger<Dhcp6Server>()),
            new RaService(kept, clock, Random.Shared, loggers.CreateLogger<RaService>()),
            _dns,
            new TftpService(options.TftpFollowLinks, kept, clock, loggers.CreateLogger<TftpService>()),
        ];
    }

    public ServiceVerdict Examine(NetworkDefinition definition)
    {
        DnsmasqReading lines = DnsmasqReader.Read(definition);
        string? root = TftpService.RootOf(lines.Network);
        VirtNetException? noRoot = root is null ? null : TftpFolder.WhyInaccessible(root) is { } reason
            ? VirtNetException.Internal($"network '{definition.Name}': TFTP directory {root} inaccessible: {reason}") : null;
        string[] warnings =
        [
            .. lines.Warnings,
            .. noRoot is not null && lines.TftpRootMayBeMissing ? [noRoot.Message] : Array.Empty<string>(),
            .. RaSettings.Unserved(lines.Network).Select(RaSettings.WhyUnserved),
        ];
        VirtNetException? refusal = lines.Refusal ?? (lines.TftpRootMayBeMissing ? null : noRoot);
        if (refusal is null && !(definition.Uuid is { } network && _served.ContainsKey(network)))
        {
            refusal = DescriptorReserve.Objection(definition.Name);
        }

        return new ServiceVerdict(warnings.ToValueList(), refusal);
    }

    /// <remarks>When a service of a network that was not served before cannot start, none of them is left running.</remarks>
    public async Task ApplyAsync(NetworkDefinition live, CancellationToken cancellationToken)
    {
        Guid network = UuidOf(live);
        live = DnsmasqReader.Read(live).ThrowIfRefused().Network; // a root of TFTP that went while the network ran may come back
        try
        {
            foreach (IGuestService service in _services)
            {
                cancellationToken.ThrowIfCancellationRequested();
                await service.ApplyAsync(live, cancellationToken);
            }

            FollowLeases(live);
            _served[network] = true;
        }
        catch when (!_served.ContainsKey(network))
        {
            await StopAsync(live, CancellationToken.None);
            throw;
        }
    }

    public async Task StopAsync(NetworkDefinition live, CancellationToken cancellationToken)
    {
        Guid network = UuidOf(live);
        _served.TryRemove(network, out _);
        foreach (IGuestService service in _services)
        {
            await service.StopAsync(network);
        }

        if (_statusFiles.TryRemove(network, out LeaseStatusFile? file))
        {
            file.Dispose();
        }
    }

    public async Task ForgetAsync(NetworkDefinition definition, CancellationToken cancellationToken)
    {
        await StopAsync(definition, cancellationToken);
        _leases.Forget(UuidOf(definition));
        ServerDuid.Forget(_options.StateDirectory, UuidOf(definition));
        await _leases.CommittedAsync(cancellationToken);
        if (definition.BridgeName is { } bridge && InterfaceName.IsPossible(bridge))
        {
            File.Delete(StatusPath(bridge));
        }
    }

    public IReadOnlyList<Lease> GetLeases(Guid network) => _leases.Snapshot(network);

    public IReadOnlyList<Lease> GetShownLeases(Guid network) => _leases.ShownSnapshot(network);

    public bool AreLeasesFailing => _leases.IsFailing;

    public long LeaseCommits => _leases.Commits;

    public int KeptDnsAnswers => _dns.KeptAnswers;

    public IReadOnlyList<NetworkCounter> GetCounters(Guid network)
    {
        IReadOnlyList<Lease> leases = GetLeases(network);
        int ipv4 = leases.Count(lease => lease.Address.AddressFamily == AddressFamily.InterNetwork);
        return
        [
            new NetworkCounter("leases.ipv4", ipv4),
            new NetworkCounter("leases.ipv6", leases.Count - ipv4),
            .. _services.SelectMany(service => service.CountersOf(network)),
        ];
    }

    public async Task<IReadOnlyList<Lease>> ReleaseLeasesAsync(
        NetworkDefinition network, Func<Lease, bool> choose, CancellationToken cancellationToken)
    {
        NetworkLeases leases = _leases.Of(UuidOf(network));
        Lease[] released = [.. _leases.Snapshot(leases.Network).Where(lease => choose(lease) && leases.Remove(lease))];
        if (released.Length > 0)
        {
            BringStatusFileUpToDate(network, leases);
            await _leases.CommittedAsync(cancellationToken);
        }

        return released;
    }

    public async Task<int> ImportLeasesAsync(
        NetworkDefinition network, IReadOnlyList<Lease> leases, string? serverDuid, CancellationToken cancellationToken)
    {
        ForeignLeases.Check(network, leases);
        NetworkLeases known = _leases.Of(UuidOf(network));
        if (serverDuid is not null)
        {
            ServerDuid.Keep(_options.StateDirectory, known.Network, ForeignLeases.CheckedDuid(serverDuid));
        }

        int taken = known.Import(leases, _clock.GetUtcNow());
        if (taken > 0)
        {
            BringStatusFileUpToDate(network, known);
            await _leases.CommittedAsync(cancellationToken);
        }

        return taken;
    }

    public int ShareLeases(NetworkDefinition network, HeldLeasesUpdate update)
    {
        HeldLeasesUpdate sifted = SharedLeaseCheck.Sift(network, update);
        _leases.Of(UuidOf(network)).Apply(sifted);
        return update.Put.Count - sifted.Put.Count;
    }

    public HeldLeases GetHeldLeases(Guid network) => _leases.HeldSnapshot(network);

    public void KeepLinked(TimeSpan time) => _leases.KeepLinked(time);

    public IDisposable ObserveLeases(ILeaseObserver observer) => _leases.Observe(observer);

    public async ValueTask DisposeAsync()
    {
        _kept.Leave();
        await Task.WhenAll(_services.Select(service => service.LeaveAsync()));
        foreach (IGuestService service in _services)
        {
            await service.DisposeAsync();
        }

        foreach (LeaseStatusFile file in _statusFiles.Values)
        {
            file.Dispose();
        }

        _leases.Dispose();
    }

    private static Guid UuidOf(NetworkDefinition network) =>
        network.Uuid ?? throw new ArgumentException("a live network has a UUID", nameof(network));

    private string StatusPath(string bridge) => Path.Combine(_options.StateDirectory, $"{bridge}.status");

    private void BringStatusFileUpToDate(NetworkDefinition network, NetworkLeases leases)
    {
        if (_statusFiles.TryGetValue(leases.Network, out LeaseStatusFile? file))
        {
            file.Flush();
        }
        else if (network.BridgeName is { } bridge && InterfaceName.IsPossible(bridge) && File.Exists(StatusPath(bridge)))
        {
            // The network is stopped: its file is as it was left.
            new LeaseStatusFile(StatusPath(bridge), leases, _clock, _logger).Dispose();
        }
    }

    // libvirt keeps such a file for every network that has a server.
    private void FollowLeases(NetworkDefinition live)
    {
        if (!live.OwnsBridge || live.BridgeName is not { } bridge || live.Ips.Count == 0)
        {
            return;
        }

        Guid network = UuidOf(live);
        string path = StatusPath(bridge);
        if (_statusFiles.TryGetValue(network, out LeaseStatusFile? file))
        {
            if (file.Path == path)
            {
                return;
            }

            file.Dispose();
            File.Delete(file.Path);
        }

        _statusFiles[network] = new LeaseStatusFile(path, _leases.Of(network), _clock, _logger);
    }
}
