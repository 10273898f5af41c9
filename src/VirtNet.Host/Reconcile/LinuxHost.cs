using VirtNet.Host.Bus;
using VirtNet.Host.Firewall;
using VirtNet.Host.Firewalld;
using VirtNet.Host.Flows;
using VirtNet.Host.Hairpins;
using VirtNet.Host.Link;
using VirtNet.Host.Netlink;
using VirtNet.Host.Resolved;
using VirtNet.Host.Spanning;
using VirtNet.Host.Tc;
using VirtNet.Model;

namespace VirtNet.Host.Reconcile;

/// <summary>The kernel: links, addresses and routes by netlink, settings by /proc/sys, rules by the firewall backend.</summary>
internal sealed class LinuxHost : IHost, IDisposable
{
    private readonly IFirewallBackend? _firewall;
    private readonly FirewalldZones? _zones;
    private readonly LinkNameServers? _nameServers;
    private readonly RtnetlinkClient _netlink;
    private readonly OwnBridges _own;
    private readonly LinkChanges _links;
    private readonly SpanChanges _spans;
    private readonly GuestEntries _guests;
    private readonly GuestGuard _guard;
    private readonly SpanFirewall? _spanFirewall;
    private readonly HairpinPorts? _hairpins;
    private readonly FlowTable? _flows;
    private readonly AddressClaims _claims;
    private readonly TrafficControl _trafficControl;
    private readonly BatchedCalls<IReadOnlyCollection<string>, HostSnapshot> _snapshots;
    private readonly BatchedCalls<IReadOnlyCollection<FirewallRules>, IReadOnlySet<Guid>> _intactRules;
    private readonly BatchedCalls<IReadOnlyCollection<BridgeZone>, IReadOnlySet<BridgeZone>> _zonesInPlace;
    private readonly OwnRuleChanges _ruleChanges;

    public LinuxHost(
        RtnetlinkClient netlink, OwnBridges own, LinkChanges links, ICommandRunner commands, IFirewallBackend? firewall,
        FirewalldZones? zones, LinkNameServers? nameServers, SpanFirewall? spanFirewall, GuestGuard guard, HairpinPorts? hairpins,
        FlowTable? flows, OwnRuleChanges ruleChanges)
    {
        _netlink = netlink;
        _firewall = firewall;
        _zones = zones;
        _nameServers = nameServers;
        _ruleChanges = ruleChanges;
        _own = own;
        _links = links;
        _spans = new SpanChanges(netlink);
        _guests = new GuestEntries(netlink);
        _guard = guard;
        _spanFirewall = spanFirewall;
        _hairpins = hairpins;
        _flows = flows;
        _claims = new AddressClaims(netlink);
        _trafficControl = new TrafficControl(netlink, commands);
        _snapshots = new(requests => Task.FromResult(
            HostSnapshot.Take(netlink, [.. requests.SelectMany(names => names).Distinct()])));
        _intactRules = new(async requests => firewall is null
            ? new HashSet<Guid>()
            : await firewall.FindIntactAsync([.. requests.SelectMany(rules => rules)], CancellationToken.None));
        _zonesInPlace = new(async requests => zones is null
            ? new HashSet<BridgeZone>()
            : await zones.FindInPlaceAsync([.. requests.SelectMany(bridges => bridges)], CancellationToken.None));
    }

    public async Task<IReadOnlyDictionary<string, HostResource>> ReadAsync(
        IReadOnlyCollection<HostResource> wanted, CancellationToken cancellationToken)
    {
        HashSet<string> bridges =
            [.. wanted.Select(BridgeOf).Concat(wanted.OfType<SpanLink>().Select(tunnel => tunnel.Bridge)).OfType<string>()];
        FirewallRules[] rules = [.. wanted.OfType<FirewallRules>()];
        HostSnapshot snapshot = await _snapshots.RunAsync(bridges, cancellationToken);
        IReadOnlySet<Guid> intact = rules.Length == 0
            ? new HashSet<Guid>()
            : await ReadAsync(() => _intactRules.RunAsync(rules, cancellationToken));
        BridgeZone[] zones = [.. wanted.OfType<BridgeZone>()];
        IReadOnlySet<BridgeZone> inPlace = zones.Length == 0
            ? new HashSet<BridgeZone>()
            : await ReadAsync(() => _zonesInPlace.RunAsync(zones, cancellationToken));
        SpanRules[] spans = [.. wanted.OfType<SpanRules>()];
        IReadOnlySet<SpanRules> contained = spans.Length == 0 || _spanFirewall is null
            ? new HashSet<SpanRules>()
            : await ReadAsync(() => _spanFirewall.FindIntactAsync(spans, cancellationToken));
        SpanBindings[] bindings = [.. wanted.OfType<SpanBindings>()];
        IReadOnlySet<SpanBindings> bound = bindings.Length == 0 || _spanFirewall is null
            ? new HashSet<SpanBindings>()
            : await ReadAsync(() => _spanFirewall.FindIntactAsync(bindings, cancellationToken));
        Dictionary<string, GuestLocks> locked = await ReadLocksAsync(wanted.OfType<GuestLocks>(), snapshot, cancellationToken);
        Dictionary<string, HairpinGuests> hairpins = [];
        foreach (HairpinGuests guests in wanted.OfType<HairpinGuests>())
        {
            hairpins[guests.Key] = await ReadAsync(guests, snapshot.Link(guests.Bridge), cancellationToken);
        }

        Dictionary<string, FlowOffload?> flows = [];
        foreach (FlowOffload offload in wanted.OfType<FlowOffload>())
        {
            flows[offload.Key] = await AskAsync(
                () => _flows?.ReadAsync(offload, snapshot.Link(offload.Bridge), cancellationToken) ?? Task.FromResult<FlowOffload?>(null));
        }

        Dictionary<string, LinkTraffic> traffic = [];
        LinkNameServer[] registered = await FindRegisteredAsync(wanted.OfType<LinkNameServer>(), snapshot, cancellationToken);
        return wanted
            .Select(resource => resource switch
            {
                FirewallRules own => intact.Contains(own.Network) ? own : null,
                BridgeZone zone => inPlace.Contains(zone) ? zone : null,
                SpanRules span => contained.Contains(span) ? span : null,
                SpanBindings span => bound.Contains(span) ? span : null,
                GuestLocks locks => locked.GetValueOrDefault(locks.Key),
                SpanLink tunnel => Read(tunnel, snapshot),
                HairpinGuests guests => hairpins[guests.Key],
                FlowOffload offload => flows[offload.Key],
                LinkNameServer server => registered.Contains(server) ? server : null,
                TrafficLimit limit => Read(limit, snapshot, traffic),
                ClaimedAddress claim => _claims.Read(claim),
                _ => Read(resource, snapshot),
            })
            .OfType<HostResource>()
            .ToDictionary(have => have.Key);
    }

    public Task ApplyAsync(HostChange change, CancellationToken cancellationToken)
    {
        bool wanted = change.After is not null;
        HostResource? subject = change.After ?? change.Before;

        // A bridge that is to be renamed is known by the name that it has.
        string? device = subject is FirewallRules || (subject is FlowOffload && !wanted) ? null : (subject is BridgeLink ? change.Before ?? subject : subject)?.Device;
        LinkMessage? link = device is null ? null : _netlink.FindLink(device);
        if (link is not null && subject!.Owner is { } owner && !IsOurs(subject, link, owner))
        {
            return !wanted ? Task.CompletedTask // nothing on it is ours to remove
                : throw (subject is SpanLink ? LinkErrors.TunnelNameTaken(device!)
                    : subject is BridgeLink ? LinkErrors.CreatingBridge(device!, LinkErrors.Exists) : LinkErrors.NotOurs(device!));
        }

        switch (subject)
        {
            case BridgeLink bridge when !wanted:
                return _links.RemoveAsync(bridge, link);
            case BridgeLink bridge:
                _links.Apply((BridgeLink?)change.Before, bridge, link);
                break;
            case BridgeAddress address when !wanted:
                _links.Remove(address, link);
                break;
            case BridgeAddress address:
                _links.Apply((BridgeAddress?)change.Before, address, link);
                break;
            case BridgeUp up:
                _links.Apply((BridgeUp?)change.Before, up, wanted);
                break;
            case BridgeVlanFiltering filtering:
                _links.Apply(filtering, wanted);
                break;
            case StaticRoute route:
                _links.Apply(route, wanted, link);
                break;
            case Sysctl sysctl when wanted:
                SysctlChanges.Write(sysctl);
                if (sysctl.GuardsAgainstAdvertisements && change.Before is not null && link is not null)
                {
                    _links.ForgetLearntRoutes(link); // the kernel keeps what it learnt meanwhile
                }

                break;
            case Sysctl { Otherwise: { } otherwise } sysctl:
                SysctlChanges.Write(sysctl with { Value = otherwise });
                break;
            case Sysctl:
                break; // it goes with its bridge, or stays
            case FirewallRules when _firewall is not null:
                return _ruleChanges.RunAsync(() => _firewall.ApplyAsync(
                    (FirewallRules?)change.Before, (FirewallRules?)change.After, cancellationToken));
            case SpanLink tunnel when wanted:
                _spans.Apply((SpanLink?)change.Before, tunnel, link);
                break;
            case SpanLink:
                _spans.Remove(link);
                break;
            case SubnetSource source:
                _spans.Apply(source, wanted, link);
                break;
            case SpanGuests when link is not null:
                _guests.Apply((SpanGuests?)change.Before, (SpanGuests?)change.After, link);
                break;
            case SpanGuests guests:
                return wanted ? throw LinkErrors.Refused($"cannot set the {guests.Key}", LinkErrors.NoSuchDevice) : Task.CompletedTask;
            case GuestLocks when link is not null:
                return _guard.ApplyAsync((GuestLocks?)change.Before, (GuestLocks?)change.After, link, cancellationToken);
            case GuestLocks locks:
                return wanted ? throw LinkErrors.Refused($"cannot set the {locks.Key}", LinkErrors.NoSuchDevice) : Task.CompletedTask;
            case SpanBindings when _spanFirewall is not null:
                return _spanFirewall.ApplyAsync((SpanBindings?)change.Before, (SpanBindings?)change.After, cancellationToken);
            case SpanRules when _spanFirewall is not null:
                return _spanFirewall.ApplyAsync((SpanRules?)change.Before, (SpanRules?)change.After, cancellationToken);
            case HairpinGuests guests when _hairpins is not null:
                return _hairpins.ApplyAsync(wanted ? guests : guests with { Guests = [] }, link, cancellationToken);
            case HairpinGuests:
                break; // nothing on this host is asked for it
            case FlowOffload offload when _flows is not null && (link is not null || !wanted):
                return _flows.ApplyAsync(offload.Bridge, (FlowOffload?)change.After, link, cancellationToken);
            case FlowOffload offload:
                return wanted ? throw LinkErrors.Refused($"cannot set the {offload.Key}", LinkErrors.NoSuchDevice) : Task.CompletedTask;
            case BridgeZone when _zones is not null:
                return _zones.ApplyAsync((BridgeZone?)change.Before, (BridgeZone?)change.After, cancellationToken);
            case LinkNameServer:
                return _nameServers is not null && link is not null
                    ? _nameServers.ApplyAsync((LinkNameServer?)change.After, link.Index, cancellationToken)
                    : Task.CompletedTask;
            case ClaimedAddress:
                _claims.Apply((ClaimedAddress?)change.Before, (ClaimedAddress?)change.After);
                break;
            case TrafficLimit:
                return _trafficControl.ApplyAsync(change, link, cancellationToken);
            default:
                throw new InvalidOperationException($"no way to apply {change}");
        }

        return Task.CompletedTask;
    }

    public void Dispose()
    {
        _snapshots.Dispose();
        _intactRules.Dispose();
        _zonesInPlace.Dispose();
    }

    private async Task<HairpinGuests> ReadAsync(HairpinGuests wanted, LinkMessage? bridge, CancellationToken cancellationToken) =>
        _hairpins is null || (bridge is not null && wanted.Owner is { } owner && !_own.IsOurs(bridge, owner)) ? wanted
            : await AskAsync(() => _hairpins.ReadAsync(wanted, bridge, cancellationToken)) ?? wanted with { Guests = [] };

    private bool IsOurs(HostResource resource, LinkMessage link, Guid owner) =>
        resource is SpanLink ? SpanLink.IsOurs(link, owner) : _own.IsOurs(link, owner);

    /// <summary>The link that must be looked at to read this; rules and zones are read elsewhere.</summary>
    private static string? BridgeOf(HostResource resource) =>
        resource is FirewallRules or BridgeZone ? null : resource.Device;

    /// <summary>
    /// What cannot be asked for counts as missing, so that nothing else has to wait for it. Whoever then sets it is told why
    /// that is impossible.
    /// </summary>
    private static async Task<T?> AskAsync<T>(Func<Task<T>> question)
        where T : class?
    {
        try
        {
            return await question();
        }
        catch (Exception e) when (e is VirtNetException or BusException)
        {
            return null;
        }
    }

    private static async Task<IReadOnlySet<T>> ReadAsync<T>(Func<Task<IReadOnlySet<T>>> question) =>
        await AskAsync(question) ?? new HashSet<T>();

    private async Task<Dictionary<string, GuestLocks>> ReadLocksAsync(
        IEnumerable<GuestLocks> wanted, HostSnapshot snapshot, CancellationToken cancellationToken)
    {
        Dictionary<string, GuestLocks> found = [];
        foreach (GuestLocks locks in wanted)
        {
            if (snapshot.Link(locks.Bridge) is { Kind: BridgeOptions.Kind } link && (locks.Owner is not { } owner || _own.IsOurs(link, owner))
                && await AskAsync(() => _guard.ReadAsync(locks, link, cancellationToken)) is { } have)
            {
                found.Add(have.Key, have);
            }
        }

        return found;
    }

    private async Task<LinkNameServer[]> FindRegisteredAsync(
        IEnumerable<LinkNameServer> wanted, HostSnapshot snapshot, CancellationToken cancellationToken)
    {
        List<LinkNameServer> found = [];
        foreach (LinkNameServer server in wanted)
        {
            if (_nameServers is { } nameServers && snapshot.Link(server.Bridge) is { } link
                && await AskAsync(() => nameServers.ReadAsync(server, link.Index, cancellationToken)) is { } have)
            {
                found.Add(have);
            }
        }

        return [.. found];
    }

    /// <param name="traffic">By link, what was looked at already.</param>
    private HostResource? Read(TrafficLimit wanted, HostSnapshot snapshot, Dictionary<string, LinkTraffic> traffic)
    {
        if (snapshot.Link(wanted.Bridge) is not { } link || (wanted.Owner is { } owner && !_own.IsOurs(link, owner)))
        {
            return null;
        }

        if (!traffic.TryGetValue(wanted.Bridge, out LinkTraffic? looked))
        {
            traffic.Add(wanted.Bridge, looked = _trafficControl.Of(link));
        }

        return looked.Read(wanted);
    }

    private SpanLink? Read(SpanLink wanted, HostSnapshot snapshot) =>
        snapshot.Link(wanted.Name) is { } link && SpanLink.IsOurs(link, wanted.Owner ?? Guid.Empty)
            ? wanted.Observe(link, wanted.Bridge is { } bridge ? snapshot.Link(bridge)?.Index ?? 0 : 0, _netlink.ListTunnelEntries(link.Index))
            : null;

    private HostResource? Read(HostResource wanted, HostSnapshot snapshot)
    {
        if (wanted is Sysctl sysctl)
        {
            return SysctlChanges.Read(sysctl.Path) is { } value ? sysctl with { Value = value }
                : sysctl.MayBeMissing && snapshot.Link(sysctl.Bridge!) is not null ? sysctl : null;
        }

        // Of a link that is somebody else's nothing is ours to change or remove.
        return BridgeOf(wanted) is { } name && snapshot.Link(name) is { Kind: BridgeOptions.Kind } link
            && (wanted.Owner is not { } owner || _own.IsOurs(link, owner))
            ? wanted switch
            {
                BridgeLink bridge => bridge.Observe(link),
                BridgeAddress address => Observe(address, snapshot, link),
                BridgeUp up => Observe(up, snapshot, link),
                BridgeVlanFiltering => link.Bridge is { VlanFiltering: true } ? wanted : null,
                SpanGuests guests => _guests.Read(guests, link),
                SubnetSource source => snapshot.HasRoute(link, source.Subnet, source.PrefixLength, source.IsIn) ? wanted : null,
                StaticRoute route => snapshot.HasRoute(link, route.Destination, route.PrefixLength, have => IsSame(route, have))
                    ? wanted : null,
                _ => null,
            }
            : null;
    }

    private static BridgeUp? Observe(BridgeUp wanted, HostSnapshot snapshot, LinkMessage link) => !link.Up ? null : wanted with
    {
        LinkLocal = wanted.LinkLocal && AddressGeneration.KindOf(wanted.Bridge) switch
        {
            null => true, // no IPv6 that an address could be missed of
            AddressGeneration.None => false,
            _ => link.State != OperationalState.Up || snapshot.AddressesOf(link).Any(address => address.Address.IsIPv6LinkLocal),
        },
    };

    private static BridgeAddress? Observe(BridgeAddress wanted, HostSnapshot snapshot, LinkMessage link)
    {
        AddressMessage? have = snapshot.AddressesOf(link).FirstOrDefault(
            address => address.PrefixLength == wanted.PrefixLength && address.Address.Equals(wanted.Address));
        if (have is null)
        {
            return null;
        }

        // While the link is down there are no routes, and none are missed: they come with the link.
        bool routed = wanted.Routed && (!link.Up || snapshot.HasRoute(
            link, wanted.Subnet, wanted.PrefixLength, route => route.Gateway is null));
        return wanted with { Broadcast = have.Broadcast, Routed = routed };
    }

    private static bool IsSame(StaticRoute wanted, RouteMessage have) =>
        have.Metric == wanted.Metric && wanted.Gateway.Equals(have.Gateway);
}
