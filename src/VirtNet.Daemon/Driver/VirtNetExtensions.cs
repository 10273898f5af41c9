using System.Net;
using VirtNet.Daemon.Files;
using VirtNet.Daemon.Networks;
using VirtNet.Daemon.Subnets;
using VirtNet.Host;
using VirtNet.Host.Neighbours;
using VirtNet.Host.Pci;
using VirtNet.Host.Publishing;
using VirtNet.Model;
using VirtNet.Model.Conditions;
using VirtNet.Model.Differences;
using VirtNet.Model.Publishing;
using VirtNet.Model.Xml;
using VirtNet.Rpc.Driver;
using VirtNet.Services.Leases;

namespace VirtNet.Daemon.Driver;

/// <summary>What the daemon offers beyond libvirt's API.</summary>
internal sealed class VirtNetExtensions(
    NetworkRegistry registry,
    NetworkEnvironment environment,
    DefinitionIntake intake,
    NetworkAdoption adoption,
    SubnetSearch subnets,
    DaemonReports reports,
    LogVerbosity verbosity,
    TimeProvider time)
    : IVirtNetExtensions
{
    /// <summary>Whoever just started a network asks what cuts it off; a host with very many rules is not waited for.</summary>
    private static readonly TimeSpan ConditionsLimit = TimeSpan.FromMilliseconds(300);

    /// <summary>Who says what is to be known of a network that hosts share.</summary>
    private const string SharingSource = "sharing";

    private const uint MaxLinkSeconds = 3600;

    private const RedefineFlags KnownRedefineFlags =
        RedefineFlags.Validate | RedefineFlags.Partial | RedefineFlags.DryRun | RedefineFlags.LiveOnly;

    public async Task<IReadOnlyList<PlanStep>> PlanAsync(string? name, string? xml, CancellationToken cancellationToken)
    {
        NetworkHostState desired = xml is not null ? Proposed(xml) : Known(name ?? "");
        if (Active(desired.Network) is { } active)
        {
            await adoption.ServedAsync(active, cancellationToken);
            environment.Check(active.Snapshot.Live, desired.Network, desired.Ports);
            if (active.Snapshot.Live is { } live)
            {
                await environment.CheckChangeAsync(live, desired, cancellationToken);
            }
        }
        else
        {
            desired = desired with { Network = VirtualFunctions.Resolve(desired.Network) };
            environment.ThrowIfNeverStarted(desired.Network);
            environment.Check(before: null, desired.Network, desired.Ports);
            await environment.Host.CheckStartAsync(desired, cancellationToken);
        }

        IReadOnlyList<HostChange> changes = await environment.Host.PlanAsync(desired, cancellationToken);
        return [.. changes.Select(PlanView.Of)];
    }

    public async Task<IReadOnlyList<DhcpLease>> ReleaseLeasesAsync(
        NetworkRef network, string? mac, string? address, CancellationToken cancellationToken)
    {
        NetworkActor actor = registry.Find(network);
        IReadOnlyList<Lease> ended = await actor.ReleaseLeasesAsync(Chosen(mac, address), cancellationToken);
        return ended.Count == 0
            ? throw VirtNetException.OperationInvalid(
                $"network '{actor.Identity.Name}' has no lease of {mac ?? address}")
            : [.. ended.Select(lease => LeaseView.Of(lease, actor.Snapshot.Current))];
    }

    public async Task<IReadOnlyList<Counter>> GetCountersAsync(NetworkRef network, CancellationToken cancellationToken)
    {
        NetworkActor found = registry.Find(network);
        await adoption.ServedAsync(found, cancellationToken);
        return [.. environment.Services.GetCounters(found.Identity.Uuid).Select(counter => new Counter(counter.Name, counter.Value))];
    }

    public async Task<IReadOnlyList<Condition>> GetConditionsAsync(NetworkRef? network, CancellationToken cancellationToken)
    {
        if (network is null)
        {
            return environment.Conditions.Of(null);
        }

        NetworkActor subject = registry.Find(network);
        await adoption.ServedAsync(subject, cancellationToken);
        await WaitForLookAsync(environment.Host.SettleAsync, cancellationToken);
        return
        [
            .. environment.Conditions.Of(subject.Identity.Uuid),

            // Nothing said of other firewalls may mean that nobody could look.
            .. subject.Snapshot.IsActive ? environment.Conditions.Of(network: null, Neighbourhood.LookSource) : [],
        ];
    }

    /// <summary>So that what is said of other programs' rules, which only networks can suffer from, is of now.</summary>
    private async Task WaitForLookAsync(Func<CancellationToken, Task> settle, CancellationToken cancellationToken)
    {
        using CancellationTokenSource limit = new(ConditionsLimit, time);
        using CancellationTokenSource either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            await settle(either.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            // what is known so far
        }
    }

    public async Task<Redefinition> RedefineAsync(
        string xml, RedefineFlags flags, CancellationToken cancellationToken)
    {
        if ((flags & ~KnownRedefineFlags) is not RedefineFlags.None and RedefineFlags unknown)
        {
            throw VirtNetException.UnsupportedFlags((uint)unknown, "virtnetRedefine");
        }

        using DefinitionClaim claim = intake.Claim(xml, flags.HasFlag(RedefineFlags.Validate), KeepIdentity);
        return RedefinitionView.Of(
            claim.Network.Identity, await claim.Network.RedefineAsync(claim.Definition, flags, cancellationToken));
    }

    public Task<IReadOnlyList<string>> GetWarningsAsync(string? name, string? xml, CancellationToken cancellationToken)
    {
        NetworkHostState subject = xml is not null ? Proposed(xml) : Known(name ?? "");
        return Task.FromResult<IReadOnlyList<string>>([.. intake.Warnings(subject.Network)]);
    }

    public Task<DaemonStatus> GetStatusAsync(CancellationToken cancellationToken) => reports.GetStatusAsync(cancellationToken);

    public Task<string> GetMetricsAsync(NetworkRef? network, CancellationToken cancellationToken) =>
        reports.GetMetricsAsync(network, cancellationToken);

    public Task<string> SetLogLevelAsync(string? level, CancellationToken cancellationToken)
    {
        if (level is not null)
        {
            verbosity.Set(level);
            environment.Logger.LogLevelIs(level);
        }

        return Task.FromResult(verbosity.Name);
    }

    public Task<SubnetAnswer> FindSubnetAsync(SubnetQuestion question, CancellationToken cancellationToken) =>
        subnets.FindAsync(question, cancellationToken);

    public Task<NetworkRef> RenameAsync(NetworkRef network, string name, CancellationToken cancellationToken) =>
        registry.RenameAsync(registry.Find(network), name, cancellationToken);

    public async Task<IReadOnlyList<PublicationInForce>> GetPublicationsAsync(
        NetworkRef? network, PublicationDetail detail, CancellationToken cancellationToken)
    {
        if ((detail & ~PublicationDetail.All) is not PublicationDetail.None and PublicationDetail unknown)
        {
            throw VirtNetException.UnsupportedFlags((uint)unknown, "virtnetGetPublications");
        }

        OpenConnections connections = new();
        if (network is not null)
        {
            NetworkActor subject = registry.Find(network);
            await adoption.ServedAsync(subject, cancellationToken);
            await SettleAsync();
            return await subject.GetPublicationsAsync(detail, connections, cancellationToken);
        }

        await SettleAsync();
        List<PublicationInForce> all = [];
        foreach (NetworkActor active in registry.All.Where(known => known.Snapshot.IsActive).OrderBy(known => known.Identity.Name, StringComparer.Ordinal))
        {
            try
            {
                await adoption.ServedAsync(active, cancellationToken);
                all.AddRange(await active.GetPublicationsAsync(detail, connections, cancellationToken));
            }
            catch (VirtNetException) when (!active.Snapshot.IsActive)
            {
                // it has ended meanwhile
            }
        }

        return all;

        Task SettleAsync() => detail.HasFlag(PublicationDetail.Warnings)
            ? WaitForLookAsync(environment.Host.SettleWarningsAsync, cancellationToken) : Task.CompletedTask;
    }

    public Task<string> ReconnectAsync(NetworkRef network, string mac, CancellationToken cancellationToken) =>
        new GuestCable(environment.Host, environment.StateFiles, time).ReconnectAsync(registry.Find(network), mac);

    public Task<int> ImportLeasesAsync(
        NetworkRef network, IReadOnlyList<DhcpLease> leases, string? serverDuid, CancellationToken cancellationToken)
    {
        NetworkActor actor = registry.Find(network);
        Lease[] read = [.. leases.Select(lease => LeaseIntake.Read(actor.Identity.Uuid, lease))];
        return actor.ImportLeasesAsync(read, serverDuid, cancellationToken);
    }

    public async Task<NetworkRef> AdoptAsync(
        NetworkRef network, string? liveXml, int bridgeIndex, string bridgeMac, CancellationToken cancellationToken)
    {
        NetworkActor actor = registry.Find(network);
        MacAddress mac = MacAddress.TryParse(bridgeMac, out MacAddress parsed)
            ? parsed
            : throw new VirtNetException(VirErrorCode.InvalidMac, $"invalid MAC address: {bridgeMac}");
        NetworkDefinition given = liveXml is null ? actor.Snapshot.Current : NetworkXml.Parse(liveXml).Definition;
        if (given.Name != actor.Identity.Name || given.Uuid != actor.Identity.Uuid)
        {
            throw VirtNetException.InvalidArgument($"what runs is network '{given.Name}' with uuid {given.Uuid}");
        }

        using DefinitionClaim claim = registry.Claim(given);
        await claim.Network.AdoptAsync(claim.Definition, new BridgeMark(bridgeIndex, mac), cancellationToken);
        return actor.Identity;
    }

    public async Task<IReadOnlyList<DhcpLease>> LetGoAsync(NetworkRef network, bool onlyServices, CancellationToken cancellationToken)
    {
        NetworkActor actor = registry.Find(network);
        NetworkDefinition definition = actor.Snapshot.Current;
        await (onlyServices ? actor.WithdrawAsync(cancellationToken) : actor.LetGoAsync(cancellationToken));
        return [.. environment.Services.GetShownLeases(actor.Identity.Uuid).Select(lease => LeaseView.Of(lease, definition))];
    }

    public Task ShareLeasesAsync(NetworkRef network, LeaseSharing sharing, CancellationToken cancellationToken)
    {
        NetworkActor actor = registry.Find(network);
        HeldLeasesUpdate update = new(
            sharing.Host,
            sharing.IsAll,
            [.. sharing.Put.Select(held => LeaseIntake.TryRead(actor.Identity.Uuid, held)).OfType<HeldLease>()],
            [.. sharing.Removed.Select(LeaseIntake.ReadAddress)]);
        int leftOut = sharing.Put.Count - update.Put.Count + environment.Services.ShareLeases(actor.Snapshot.Current, update);
        if (leftOut > 0)
        {
            environment.Logger.SharedLeasesLeftOut(actor.Identity.Name, leftOut);
        }

        Condition[] conditions = sharing is { Host: not null, Warning: { } warning } ? [new Condition(ConditionKind.Warning, warning)] : [];
        environment.Conditions.Set(actor.Identity.Uuid, SharingSource, conditions);
        return Task.CompletedTask;
    }

    public Task<SharedLeases> GetSharedLeasesAsync(NetworkRef network, CancellationToken cancellationToken)
    {
        NetworkActor actor = registry.Find(network);
        NetworkDefinition definition = actor.Snapshot.Current;
        HeldLeases held = environment.Services.GetHeldLeases(actor.Identity.Uuid);
        return Task.FromResult(new SharedLeases(
            held.Host,
            [
                .. environment.Services.GetLeases(actor.Identity.Uuid).Select(lease => new SharedLease(LeaseView.Of(lease, definition), Host: null)),
                .. held.Leases.Select(other => new SharedLease(LeaseView.Of(other.Lease, definition), other.Host, HasEnded: other.Host is null)),
            ]));
    }

    public Task KeepLinkedAsync(uint seconds, string? outage, CancellationToken cancellationToken)
    {
        TimeSpan span = TimeSpan.FromSeconds(Math.Min(seconds, MaxLinkSeconds));
        environment.Services.KeepLinked(outage is null ? span : TimeSpan.Zero);
        environment.Spanning.Fabric.Keep(span, outage);
        return Task.CompletedTask;
    }

    public Task TellSharedAsync(NetworkRef network, string? obstacle, CancellationToken cancellationToken)
    {
        environment.Spanning.TellShared(registry.Find(network).Identity.Uuid, obstacle);
        return Task.CompletedTask;
    }

    private NetworkActor? Active(NetworkDefinition network) =>
        network.Uuid is { } uuid && registry.TryFind(uuid, out NetworkActor? known) && known.Snapshot.IsActive ? known : null;

    private NetworkDefinition KeepIdentity(NetworkDefinition definition)
    {
        NetworkActor network = registry.TryFind(definition.Name, out NetworkActor? found)
            ? found
            : throw VirtNetException.NoNetworkWithName(definition.Name);
        return network.Snapshot.Live is { } live
            ? NetworkDifference.KeepIdentity(live, definition)
            : throw VirtNetException.OperationInvalid($"network '{definition.Name}' is not active");
    }

    private static Func<Lease, bool> Chosen(string? mac, string? address)
    {
        if (mac is not null)
        {
            return MacAddress.TryParse(mac, out MacAddress wantedMac)
                ? lease => lease.Mac == wantedMac
                : throw new VirtNetException(VirErrorCode.InvalidMac, $"invalid MAC address: {mac}");
        }

        return IPAddress.TryParse(address, out IPAddress? wanted)
            ? lease => lease.Address.Equals(wanted)
            : throw VirtNetException.InvalidArgument($"'{address}' is not an IP address");
    }

    private NetworkHostState Proposed(string xml)
    {
        NetworkDefinition given = SpanDefaults.Complete(intake.Read(xml).Definition);
        if (given.Uuid is null && registry.TryFind(given.Name, out NetworkActor? known))
        {
            given = given with { Uuid = known.Identity.Uuid }; // what would become of it if it took this one's place (net-define --update)
        }

        using DefinitionClaim claim = registry.Claim(given);
        NetworkDefinition definition = claim.Definition with { Mac = given.Mac }; // one that is made up now will be another one then
        return environment.StateOf(environment.Spanning.Complete(LiveDefinition.Of(definition)), claim.Network.Snapshot.Ports);
    }

    private NetworkHostState Known(string name)
    {
        NetworkSnapshot snapshot = registry.TryFind(name, out NetworkActor? network)
            ? network.Snapshot
            : throw VirtNetException.NoNetworkWithName(name);
        NetworkDefinition definition = snapshot.Config ?? snapshot.Current;
        return environment.StateOf(environment.Spanning.Complete(LiveDefinition.Of(definition)), snapshot.Ports);
    }
}
