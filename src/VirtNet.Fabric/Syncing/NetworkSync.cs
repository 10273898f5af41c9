using System.Collections.Concurrent;
using System.Text.Json;
using Microsoft.Extensions.Logging;
using VirtNet.Fabric.Definitions;
using VirtNet.Fabric.Local;
using VirtNet.Fabric.Sharing;
using VirtNet.Fabric.Store;
using VirtNet.Model;
using VirtNet.Rpc.Driver;

namespace VirtNet.Fabric.Syncing;

/// <summary>
/// Brings this host and the fabric to the same definition of a network, in whichever direction it changed. One call at a time for each network.
/// </summary>
internal sealed class NetworkSync(
    ISharedStore store, FabricWatch watch, SyncedNetworks synced, BlockClaims blocks, SyncProblems problems, Member self,
    ILogger<NetworkSync> logger) : IDisposable
{
    /// <summary>Each failure is somebody's success: of another network of this host, or of another host.</summary>
    private const int MaxAttempts = 50;

    private static readonly TimeSpan ViewPatience = TimeSpan.FromSeconds(2);

    /// <summary>One definition of this host at a time: each would find the guard changed by the others, and begin anew.</summary>
    private readonly SemaphoreSlim _turn = new(1, 1);

    /// <summary>What networks that run were last brought to.</summary>
    private readonly ConcurrentDictionary<Guid, string> _inForce = [];

    public void Dispose() => _turn.Dispose();

    /// <summary>It was undefined here by somebody: the fabric is to follow, as soon as it can.</summary>
    public void NoteUndefined(Guid uuid)
    {
        if (synced.Find(uuid) is { Undefined: false } last)
        {
            synced.Save(last with { Undefined = true });
        }
    }

    /// <summary>It was defined here by somebody.</summary>
    public void NoteDefined(Guid uuid)
    {
        if (synced.Find(uuid) is { Undefined: true } last)
        {
            synced.Save(last with { Undefined = false });
        }
    }

    /// <exception cref="StoreUnavailableException">The store cannot be asked; nothing was changed here.</exception>
    /// <exception cref="VirtNetException">virtnetd cannot be asked.</exception>
    public async Task ReconcileAsync(Guid uuid, ILocalNetworks local, CancellationToken cancellationToken)
    {
        if (watch.View is not { } view)
        {
            return; // until the store was read once nobody knows what changed
        }

        SyncedNetwork? last = synced.Find(uuid);
        StoredNetwork? there = view.Networks.GetValueOrDefault(uuid);
        LocalNetwork? here = await local.FindAsync(uuid, cancellationToken);
        SpanDefinition? definition = here is null ? null : SpanDefinition.TryRead(here.Xml);
        SyncDecision decision = SyncDecision.Decide(
            here is null ? null : new LocalState(definition is not null, definition is null ? "" : HashOf(definition.Shared(last?.Given), here.Autostart)),
            last,
            there is null ? null : new SharedState(there.ModRevision, HashOf(there.Network.Xml, there.Network.Autostart)));
        switch (decision)
        {
            case SyncDecision.Refresh or SyncDecision.Take:
                await GiveAsync(there!, here, local, isNew: decision is SyncDecision.Take, cancellationToken);
                break;
            case SyncDecision.Share:
                await ShareAsync(here!, definition!, last, local, cancellationToken);
                break;
            case SyncDecision.Withdraw:
                await WithdrawAsync(last!, cancellationToken);
                break;
            case SyncDecision.Drop:
                await DropAsync(here!, local, cancellationToken);
                logger.Dropped(here!.Ref.Name);
                break;
            case SyncDecision.Conflict conflict:
                problems.Set(uuid, here!.Ref.Name, conflict.Reason);
                break;
            case SyncDecision.Forget:
                synced.Remove(uuid);
                problems.Clear(uuid);
                break;
            default:
                problems.Clear(uuid);
                break;
        }
    }

    private static string HashOf(string xml, bool autostart) => $"{SpanDefinition.HashOf(xml)}{(autostart ? "+" : "")}";

    /// <summary>Gives the fabric what this host has.</summary>
    private async Task ShareAsync(
        LocalNetwork here, SpanDefinition definition, SyncedNetwork? last, ILocalNetworks local, CancellationToken cancellationToken)
    {
        RequireStore(here.Ref.Uuid, here.Ref.Name);
        StoredNetwork? stored;
        await _turn.WaitAsync(cancellationToken);
        try
        {
            stored = await PutAsync(here, definition, last, cancellationToken);
        }
        finally
        {
            _turn.Release();
        }

        if (stored is not null)
        {
            await GiveAsync(stored, here, local, isNew: false, cancellationToken);
        }
    }

    /// <returns>Null: it cannot be the fabric's, or somebody was faster, and what is to be done is decided anew.</returns>
    private async Task<StoredNetwork?> PutAsync(
        LocalNetwork here, SpanDefinition definition, SyncedNetwork? last, CancellationToken cancellationToken)
    {
        Guid uuid = here.Ref.Uuid;
        for (int attempt = 0; attempt < MaxAttempts; attempt++)
        {
            FabricView view = watch.View!;
            SpanDefinition numbered = definition.Vni == 0 ? definition.WithVni(view.FreeVni(uuid)) : definition;
            SharedNetwork network = new(
                uuid, here.Ref.Name, numbered.Vni, numbered.Subnets, self.Name, here.Autostart, numbered.Shared(last?.Given));
            if (WhyNot(network, definition, view) is { } reason)
            {
                problems.Set(uuid, network.Name, reason);
                return null;
            }

            StoredNetwork? present = view.Networks.GetValueOrDefault(uuid);
            if (present is not null && present.ModRevision != last?.ModRevision)
            {
                return null;
            }

            StoreOutcome outcome = await store.CommitAsync(
                new StoreTransaction(
                    [
                        new StoreCondition.Unchanged(FabricKeys.Guard, view.GuardRevision),
                        new StoreCondition.Unchanged(FabricKeys.Network(uuid), present?.ModRevision ?? 0),
                    ],
                    [
                        new StoreWrite.Put(FabricKeys.Guard, self.Name),
                        new StoreWrite.Put(FabricKeys.Network(uuid), JsonSerializer.Serialize(network, SharingJson.Default.SharedNetwork)),
                    ]),
                cancellationToken);
            if (outcome.Done)
            {
                logger.Shared(network.Name);
                problems.Clear(uuid); // the other hosts have it from now on, whenever this one's own watch says so
                await watch.ReachesAsync(outcome.Revision, ViewPatience, cancellationToken);
                synced.Save(new SyncedNetwork(
                    uuid, network.Name, outcome.Revision, network.Xml, HashOf(network.Xml, network.Autostart), [.. definition.Ranges.Select(AddressBlock.Format)]));
                return new StoredNetwork(network, outcome.Revision);
            }

            if (!await watch.ReachesAsync(outcome.Revision, ViewPatience, cancellationToken))
            {
                throw new StoreUnavailableException("etcd changed, and does not tell how");
            }
        }

        throw new StoreUnavailableException("etcd changes faster than this host can follow");
    }

    /// <summary>Why a definition cannot be the fabric's; null = nothing speaks against it.</summary>
    private static string? WhyNot(SharedNetwork network, SpanDefinition definition, FabricView view)
    {
        HashSet<string> members = [.. view.Members.Values.Select(member => member.Address)];
        return network.Vni == 0 ? "all VNIs are taken"
            : view.Members.Keys.All(member => !definition.IsFor(member)) ? "no member of the fabric has a name that its <vn:hosts> matches"
            : definition.Hosts.FirstOrDefault(host => !members.Contains(host)) is { } stranger
                ? $"it names host {stranger}, which is no member of the fabric: its list of hosts stays as it is"
            : view.Networks.Values.Where(other => other.Network.Uuid != network.Uuid)
                .Select(other => network.ClashWith(other.Network)).FirstOrDefault(clash => clash is not null);
    }

    /// <summary>
    /// Gives this host what the fabric has, with what is its own of it. What somebody changes here meanwhile stays, and is told next.
    /// </summary>
    /// <param name="isNew">Whether it differs by more than hosts and blocks from what this host had.</param>
    private async Task GiveAsync(
        StoredNetwork there, LocalNetwork? here, ILocalNetworks local, bool isNew, CancellationToken cancellationToken)
    {
        SharedNetwork network = there.Network;
        if (SpanDefinition.TryRead(network.Xml) is not { } shared || shared.Uuid != network.Uuid)
        {
            problems.Set(network.Uuid, network.Name, $"what {network.Host} has put into the fabric is no definition that this version understands");
            return;
        }

        if (!shared.IsFor(self.Name))
        {
            if (here is not null)
            {
                await DropAsync(here, local, cancellationToken);
                logger.NotHere(network.Name);
            }

            problems.Clear(network.Uuid);
            return;
        }

        if (watch.Outage is null && shared.Ranges.Count > 0)
        {
            IReadOnlyList<string> leased = here is { IsActive: true } ? await local.LeasedAddressesAsync(here.Ref, cancellationToken) : [];
            await blocks.EnsureAsync(there, shared.Ranges, leased, cancellationToken);
        }

        FabricView view = watch.View!;
        SpanDefinition? present = here is null ? null : SpanDefinition.TryRead(here.Xml);
        string wanted = shared.Render(
            HostsOf(view, shared), blocks.Own(view, network.Uuid, shared.Ranges), present?.BridgeName, learns: self.BgpPort == 0);
        SpanDefinition rendered = SpanDefinition.TryRead(wanted)!;
        try
        {
            if (here is not null && here.Ref.Name != network.Name)
            {
                await local.RenameAsync(here.Ref, network.Name, cancellationToken);
                here = await local.FindAsync(network.Uuid, cancellationToken);
            }

            LocalNetwork? seen = here;

            if (present is null || !HasOwn(present, rendered) || (isNew && !IsAsWanted(present, rendered)) || RunsOtherwise(here!, rendered, wanted))
            {
                if (seen is not null && (await local.FindAsync(network.Uuid, cancellationToken))?.Xml != seen.Xml)
                {
                    return;
                }

                NetworkRef defined = await local.DefineAsync(wanted, here?.IsActive == true, cancellationToken);
                if (here?.IsActive == true)
                {
                    _inForce[network.Uuid] = wanted;
                }

                here = await local.FindAsync(defined.Uuid, cancellationToken);
                logger.Defined(network.Name, network.Host);
            }

            if (here is null || SpanDefinition.TryRead(here.Xml) is not { } after)
            {
                return; // somebody was faster, and it will be told
            }

            GivenDefinition given = new(network.Xml, [.. after.Ranges.Select(AddressBlock.Format)]);
            synced.Save(new SyncedNetwork(
                network.Uuid, network.Name, there.ModRevision, network.Xml, HashOf(after.Shared(given), network.Autostart), given.Ranges));
            problems.Clear(network.Uuid);
            if (here.Autostart != network.Autostart && (seen is null || here.Autostart == seen.Autostart))
            {
                await local.SetAutostartAsync(here.Ref, network.Autostart, cancellationToken);
            }

            if (seen is null && network.Autostart)
            {
                await local.StartAsync(here.Ref, cancellationToken);
            }
        }
        catch (VirtNetException e) when (e.Code is not (VirErrorCode.SystemError or VirErrorCode.Rpc))
        {
            problems.Set(network.Uuid, network.Name, $"this host refuses it: {e.Message}");
        }
    }

    private string[] HostsOf(FabricView view, SpanDefinition shared) =>
    [
        .. view.Members.Values.Where(member => shared.IsFor(member.Name)).Select(member => member.Address)
            .Append(self.Address).Distinct().Order(StringComparer.Ordinal),
    ];

    /// <summary>Whether the host has the number, the list of hosts, the ranges and the way to know where guests are that it is to have.</summary>
    private static bool HasOwn(SpanDefinition present, SpanDefinition rendered) =>
        present.Vni == rendered.Vni && present.Hosts.Order(StringComparer.Ordinal).SequenceEqual(rendered.Hosts)
        && present.Ranges.SequenceEqual(rendered.Ranges) && present.Learns == rendered.Learns;

    /// <summary>
    /// Whether it runs with other hosts or ranges than it is to: it was started while they were changed. What did not help once is not
    /// tried again.
    /// </summary>
    private bool RunsOtherwise(LocalNetwork here, SpanDefinition rendered, string wanted) =>
        here.LiveXml is { } text && SpanDefinition.TryRead(text) is { } live && !HasOwn(live, rendered)
        && _inForce.GetValueOrDefault(here.Ref.Uuid) != wanted;

    /// <summary>Whether it has the rest.</summary>
    private static bool IsAsWanted(SpanDefinition present, SpanDefinition rendered) =>
        SpanDefinition.HashOf(present.Shared(given: null)) == SpanDefinition.HashOf(rendered.Shared(given: null));

    /// <exception cref="StoreUnavailableException">It is known to be away: nobody waits for it.</exception>
    private void RequireStore(Guid uuid, string network)
    {
        if (watch.Outage is { } outage)
        {
            problems.Set(uuid, network, $"what was done here is in force on this host alone until etcd answers ({outage})");
            throw new StoreUnavailableException(outage);
        }
    }

    private async Task WithdrawAsync(SyncedNetwork last, CancellationToken cancellationToken)
    {
        RequireStore(last.Uuid, last.Name);
        StoreOutcome outcome = await store.CommitAsync(
            new StoreTransaction(
                [new StoreCondition.Unchanged(FabricKeys.Network(last.Uuid), last.ModRevision)],
                [
                    new StoreWrite.Remove(FabricKeys.Network(last.Uuid)),
                    new StoreWrite.RemoveAll(FabricKeys.BlocksOf(last.Uuid)),
                    new StoreWrite.RemoveAll(FabricKeys.LeasesOf(last.Uuid)),
                    new StoreWrite.Put(FabricKeys.Guard, self.Name),
                ]),
            cancellationToken);
        await watch.ReachesAsync(outcome.Revision, ViewPatience, cancellationToken);
        if (outcome.Done)
        {
            logger.Withdrawn(last.Name);
            synced.Remove(last.Uuid);
            problems.Clear(last.Uuid);
        }
    }

    private async Task DropAsync(LocalNetwork here, ILocalNetworks local, CancellationToken cancellationToken)
    {
        await local.UndefineAsync(here.Ref, cancellationToken);
        _inForce.TryRemove(here.Ref.Uuid, out _);
        synced.Remove(here.Ref.Uuid);
        problems.Clear(here.Ref.Uuid);
    }
}

internal static partial class NetworkSyncLog
{
    [LoggerMessage(EventId = 2140, Level = LogLevel.Information, Message = "Network {Network} of this host is the fabric's")]
    public static partial void Shared(this ILogger logger, string network);

    [LoggerMessage(EventId = 2141, Level = LogLevel.Information, Message = "Network {Network} is defined as {Host} has it")]
    public static partial void Defined(this ILogger logger, string network, string host);

    [LoggerMessage(EventId = 2142, Level = LogLevel.Information, Message = "Network {Network} was undefined here and is the fabric's no longer")]
    public static partial void Withdrawn(this ILogger logger, string network);

    [LoggerMessage(EventId = 2143, Level = LogLevel.Information, Message = "Network {Network} is the fabric's no longer and is undefined here")]
    public static partial void Dropped(this ILogger logger, string network);

    [LoggerMessage(EventId = 2144, Level = LogLevel.Information, Message = "Network {Network} is none of this host's by its <vn:hosts>, and is not defined here")]
    public static partial void NotHere(this ILogger logger, string network);
}
