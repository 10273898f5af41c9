using System.Collections.Concurrent;
using VirtNet.Model;
using VirtNet.Services;
using VirtNet.Services.Leases;
using VirtNet.Services.Networks;

namespace VirtNet.Daemon.Tests.Fakes;

/// <summary>Services that remember what they serve, and may refuse to.</summary>
internal sealed class FakeNetworkServices : INetworkServices, IDisposable
{
    /// <summary>By network, what is served now. Networks are served side by side.</summary>
    public ConcurrentDictionary<Guid, NetworkDefinition> Served { get; } = [];

    /// <summary>All that was ever to be served, in order.</summary>
    public List<NetworkDefinition> Applied { get; } = [];

    /// <summary>Says why a network cannot be served; null = it can.</summary>
    public Func<NetworkDefinition, string?> Refuse { get; set; } = _ => null;

    /// <summary>Who wants to know of leases.</summary>
    public List<ILeaseObserver> Observers { get; } = [];

    public bool AreLeasesFailing { get; set; }

    public long LeaseCommits => 7;

    public int KeptDnsAnswers => 5;

    /// <summary>What every network counts.</summary>
    public List<NetworkCounter> Counters { get; } = [];

    /// <summary>What it makes of definitions before it serves them.</summary>
    public Func<NetworkDefinition, ServiceVerdict> Verdict { get; set; } = _ => new ServiceVerdict([], null);

    public ServiceVerdict Examine(NetworkDefinition definition) => Verdict(definition);

    public Task ApplyAsync(NetworkDefinition live, CancellationToken cancellationToken)
    {
        lock (Applied)
        {
            Applied.Add(live);
        }

        if (Refuse(live) is { } reason)
        {
            return Task.FromException(VirtNetException.Internal(reason));
        }

        Served[live.Uuid!.Value] = live;
        return Task.CompletedTask;
    }

    public Task StopAsync(NetworkDefinition live, CancellationToken cancellationToken)
    {
        Served.TryRemove(live.Uuid!.Value, out _);
        return Task.CompletedTask;
    }

    /// <summary>Networks that do not come back.</summary>
    public List<Guid> Forgotten { get; } = [];

    public Task ForgetAsync(NetworkDefinition definition, CancellationToken cancellationToken)
    {
        Forgotten.Add(definition.Uuid!.Value);
        return Task.CompletedTask;
    }

    public IReadOnlyList<Lease> GetLeases(Guid network) => [];

    public IReadOnlyList<Lease> GetShownLeases(Guid network) => [];

    public IReadOnlyList<NetworkCounter> GetCounters(Guid network) => Counters;

    public Task<IReadOnlyList<Lease>> ReleaseLeasesAsync(
        NetworkDefinition network, Func<Lease, bool> choose, CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyList<Lease>>([]);

    /// <summary>Leases of other servers that were handed over.</summary>
    public List<Lease> Imported { get; } = [];

    /// <summary>What those servers called themselves.</summary>
    public List<string> ServerDuids { get; } = [];

    public Task<int> ImportLeasesAsync(
        NetworkDefinition network, IReadOnlyList<Lease> leases, string? serverDuid, CancellationToken cancellationToken)
    {
        Imported.AddRange(leases);
        ServerDuids.AddRange(serverDuid is null ? [] : [serverDuid]);
        return Task.FromResult(leases.Count);
    }

    /// <summary>What was told of other hosts, by network.</summary>
    public ConcurrentDictionary<Guid, HeldLeasesUpdate> Shared { get; } = [];

    /// <summary>For how long the link to other hosts was last said to be up.</summary>
    public TimeSpan? Linked { get; private set; }

    public int ShareLeases(NetworkDefinition network, HeldLeasesUpdate update)
    {
        Shared[network.Uuid!.Value] = update;
        return 0;
    }

    public HeldLeases GetHeldLeases(Guid network) =>
        Shared.TryGetValue(network, out HeldLeasesUpdate? update) ? new HeldLeases(update.Host, update.Put) : HeldLeases.None;

    public void KeepLinked(TimeSpan time) => Linked = time;

    public IDisposable ObserveLeases(ILeaseObserver observer)
    {
        Observers.Add(observer);
        return this;
    }

    public void Dispose() => Observers.Clear();

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
