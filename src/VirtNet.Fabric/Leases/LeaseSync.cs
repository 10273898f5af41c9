using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using Microsoft.Extensions.Logging;
using VirtNet.Fabric.Local;
using VirtNet.Fabric.Sharing;
using VirtNet.Fabric.Store;
using VirtNet.Fabric.Syncing;
using VirtNet.Rpc.Driver;

namespace VirtNet.Fabric.Leases;

/// <summary>
/// Brings what guests of this host have into the fabric, after virtnetd gave it, and what guests of others have to virtnetd. What is to
/// be done is seen from what both sides have, an address at a time: nothing is queued that a restart could lose. One call at a time for
/// each network.
/// </summary>
internal sealed class LeaseSync(
    ISharedStore store, FabricWatch watch, SyncedNetworks synced, BlockClaims blocks, string self, TimeProvider time, ILogger<LeaseSync> logger)
{
    /// <summary>Of one call to virtnetd.</summary>
    private const int MaxTold = 4096;

    private readonly ConcurrentDictionary<Guid, NetworkLeaseState> _states = [];

    /// <summary>Networks that were looked at.</summary>
    public ICollection<Guid> Networks => _states.Keys;

    /// <summary>What happened to a lease of this host.</summary>
    public void Note(NetworkEvent.LeaseChanged change)
    {
        if (_states.TryGetValue(change.Network.Uuid, out NetworkLeaseState? state))
        {
            state.Note(change);
        }
    }

    /// <summary>What changed in the fabric.</summary>
    public void Note(Guid network, IPAddress address)
    {
        if (_states.TryGetValue(network, out NetworkLeaseState? state))
        {
            state.Mark([address]);
        }
    }

    /// <summary>virtnetd, or the fabric, was away: both are compared anew.</summary>
    public void Forget()
    {
        foreach (NetworkLeaseState state in _states.Values)
        {
            state.Forget();
        }
    }

    /// <exception cref="StoreUnavailableException">The store cannot be asked; what could not be done is done by the next call.</exception>
    /// <exception cref="Model.VirtNetException">virtnetd cannot be asked; as after any other failure everything is looked at by the next call.</exception>
    public async Task ReconcileAsync(Guid network, ILocalNetworks local, CancellationToken cancellationToken)
    {
        if (watch.View is not { } view)
        {
            return;
        }

        NetworkRef reference = new(synced.Find(network)?.Name ?? "", network);
        if (synced.Find(network) is null || !view.Networks.TryGetValue(network, out StoredNetwork? shared))
        {
            await EndAsync(reference, local, cancellationToken);
            return;
        }

        NetworkLeaseState state = _states.GetOrAdd(network, _ => new NetworkLeaseState(self));
        try
        {
            if (!state.IsListed)
            {
                state.BeginList();
                SharedLeases here = await local.LeasesAsync(reference, cancellationToken);
                var there = watch.View!.LeasesOf(network);
                state.List(here, there.Keys);
                Told begin = new(IsAll: true, [.. here.Leases.Where(lease => IsStillThere(lease, there))], []);
                await TellAsync(reference, begin, state, shared, local, cancellationToken);
            }

            await ReconcileAsync(reference, state, shared, local, cancellationToken);
        }
        catch (Exception e) when (e is not StoreUnavailableException) // which addresses are still to be looked at, nobody knows any more
        {
            state.Forget();
            throw;
        }
    }

    /// <summary>
    /// Takes out leases that hosts had who are members no longer, when they have ended by all that was known, and finds those of this
    /// host that it knows nothing of.
    /// </summary>
    /// <returns>Networks that have such ones.</returns>
    public async Task<IReadOnlyCollection<Guid>> SweepAsync(CancellationToken cancellationToken)
    {
        if (watch is not { Outage: null, View: { } view })
        {
            return [];
        }

        long now = Now;
        HashSet<Guid> found = [];
        foreach ((Guid network, var leases) in view.Leases)
        {
            foreach ((IPAddress address, StoredLease lease) in leases)
            {
                if (lease.Lease.Expires == 0 || lease.Lease.Expires >= now)
                {
                    continue;
                }

                if (!view.Members.ContainsKey(lease.Lease.Host))
                {
                    await CommitAsync([Removal(network, address, lease.ModRevision)], cancellationToken);
                }
                else if (lease.Lease.Host == self)
                {
                    Note(network, address);
                    found.Add(network);
                }
            }
        }

        return found;
    }

    private long Now => time.GetUtcNow().ToUnixTimeSeconds();

    private async Task EndAsync(NetworkRef network, ILocalNetworks local, CancellationToken cancellationToken)
    {
        if (_states.TryRemove(network.Uuid, out _) && await local.FindAsync(network.Uuid, cancellationToken) is { } here)
        {
            await local.ShareLeasesAsync(here.Ref, new LeaseSharing(Host: null, IsAll: true, [], [], Warning: null), cancellationToken);
        }
    }

    private async Task ReconcileAsync(
        NetworkRef network, NetworkLeaseState state, StoredNetwork shared, ILocalNetworks local, CancellationToken cancellationToken)
    {
        IReadOnlyCollection<IPAddress> addresses = state.Take();
        var there = watch.View!.LeasesOf(network.Uuid);
        List<Change> changes = [];
        List<SharedLease> put = [];
        List<IPAddress> removed = [];
        long now = Now;
        foreach (IPAddress address in addresses)
        {
            (LocalLease? own, bool hasEnded, FabricLease? told) = state.Of(address);
            switch (LeaseDecision.Decide(own, hasEnded, there.GetValueOrDefault(address), self, now))
            {
                case LeaseDecision.Write write:
                    changes.Add(Writing(network.Uuid, address, write, own!));
                    break;
                case LeaseDecision.Release release:
                    changes.Add(Removal(network.Uuid, address, release.Before));
                    break;
                case LeaseDecision.Tell tell when told != tell.Lease || own is not null:
                    put.Add(new SharedLease(ToDhcp(address, tell.Lease), tell.Lease.Host) { Replaces = own?.Lease.Expires });
                    state.NoteTold(address, tell.Lease);
                    break;
                case LeaseDecision.Keep keep:
                    put.Add(new SharedLease(ToDhcp(address, keep.Lease), Host: null, HasEnded: true));
                    break;
                case LeaseDecision.Clash clash:
                    logger.Clash(network.Name, address, clash.Theirs.Host);
                    break;
                case LeaseDecision.Nothing when told is not null:
                    removed.Add(address);
                    break;
                default:
                    break;
            }
        }

        foreach (IPAddress address in removed)
        {
            state.NoteTold(address, lease: null);
        }

        await TellAsync(network, new Told(IsAll: false, put, removed), state, shared, local, cancellationToken);
        await WriteAsync(network, changes, state, shared, local, cancellationToken);
    }

    /// <summary>Some at once, and where one of them was changed by somebody meanwhile each by itself.</summary>
    private async Task WriteAsync(
        NetworkRef network, List<Change> changes, NetworkLeaseState state, StoredNetwork shared, ILocalNetworks local,
        CancellationToken cancellationToken)
    {
        int next = 0;
        try
        {
            foreach (Change[] some in changes.Chunk(StoreTransaction.MaxEntries))
            {
                List<Change> done = [];
                if (await CommitAsync(some, cancellationToken))
                {
                    done.AddRange(some);
                }
                else if (some.Length > 1)
                {
                    foreach (Change change in some)
                    {
                        if (await CommitAsync([change], cancellationToken))
                        {
                            done.Add(change);
                        }
                    }
                }

                next += some.Length; // what was not done is looked at again when it is known who was faster
                await ConcludeAsync(network, done, state, shared, local, cancellationToken);
            }
        }
        catch (StoreUnavailableException)
        {
            state.Mark(changes.Skip(next).Select(change => change.Address));
            throw;
        }
    }

    /// <summary>The fabric has it: so virtnetd may, too.</summary>
    private async Task ConcludeAsync(
        NetworkRef network, List<Change> done, NetworkLeaseState state, StoredNetwork shared, ILocalNetworks local, CancellationToken cancellationToken)
    {
        List<IPAddress> free = [];
        foreach (Change change in done)
        {
            if (change.Lease is not null)
            {
                state.NoteWritten(change.Address, change.Lease);
            }

            if (change.Lease is null || state.Of(change.Address).Told is not null)
            {
                free.Add(change.Address);
                state.NoteTold(change.Address, lease: null);
            }
        }

        await TellAsync(network, new Told(IsAll: false, [], free), state, shared, local, cancellationToken);
    }

    private async Task<bool> CommitAsync(IReadOnlyList<Change> changes, CancellationToken cancellationToken)
    {
        if (watch.Outage is { } outage)
        {
            throw new StoreUnavailableException(outage);
        }

        StoreOutcome outcome = await store.CommitAsync(
            new StoreTransaction([.. changes.Select(change => change.Condition)], [.. changes.Select(change => change.Write).OfType<StoreWrite>()]),
            cancellationToken);
        return outcome.Done;
    }

    private async Task TellAsync(
        NetworkRef network, Told told, NetworkLeaseState state, StoredNetwork shared, ILocalNetworks local, CancellationToken cancellationToken)
    {
        string? warning = blocks.WarningOf(shared, state.Used);
        if (!told.IsAll && told.Put.Count + told.Removed.Count == 0 && warning == state.Warning)
        {
            return;
        }

        int sent = 0;
        do
        {
            await local.ShareLeasesAsync(
                network,
                new LeaseSharing(
                    self, told.IsAll && sent == 0, [.. told.Put.Skip(sent).Take(MaxTold)],
                    [.. told.Removed.Skip(sent).Take(MaxTold).Select(address => address.ToString())], warning),
                cancellationToken);
            sent += MaxTold;
        }
        while (sent < Math.Max(told.Put.Count, told.Removed.Count));
        state.Warning = warning;
    }

    /// <summary>Whether what this host was told is another host's still.</summary>
    private bool IsStillThere(SharedLease told, ImmutableDictionary<IPAddress, StoredLease> there) =>
        told.Host is not null && IPAddress.TryParse(told.Lease.IpAddress, out IPAddress? address)
        && there.TryGetValue(address, out StoredLease? lease) && lease.Lease.Host != self;

    private static Change Writing(Guid network, IPAddress address, LeaseDecision.Write write, LocalLease lease) => new(
        address,
        new StoreCondition.Unchanged(FabricKeys.Lease(network, address), write.Before),
        new StoreWrite.Put(FabricKeys.Lease(network, address), JsonSerializer.Serialize(write.Lease, SharingJson.Default.FabricLease)),
        lease);

    private static Change Removal(Guid network, IPAddress address, long before)
    {
        string key = FabricKeys.Lease(network, address);
        return new Change(address, new StoreCondition.Unchanged(key, before), before == 0 ? null : new StoreWrite.Remove(key), Lease: null);
    }

    private static DhcpLease ToDhcp(IPAddress address, FabricLease lease) => new(
        Interface: "", lease.Expires, address.AddressFamily == AddressFamily.InterNetwork ? 0 : 1, lease.Mac, lease.Iaid, address.ToString(),
        Prefix: 0, lease.Name, lease.ClientId);

    /// <param name="Lease">What it makes known; null = it takes away.</param>
    private sealed record Change(IPAddress Address, StoreCondition Condition, StoreWrite? Write, LocalLease? Lease);

    private sealed record Told(bool IsAll, IReadOnlyList<SharedLease> Put, IReadOnlyList<IPAddress> Removed);
}

internal static partial class LeaseSyncLog
{
    [LoggerMessage(EventId = 2240, Level = LogLevel.Error,
        Message = "Network {Network}: {Address} was given to a guest here and to another one on {Host}; each keeps it until one of them ends")]
    public static partial void Clash(this ILogger logger, string network, System.Net.IPAddress address, string host);
}
