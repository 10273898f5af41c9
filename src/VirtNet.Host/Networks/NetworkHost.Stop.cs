using VirtNet.Host.Firewall;
using VirtNet.Host.Link;
using VirtNet.Host.Netlink;
using VirtNet.Host.Watch;
using VirtNet.Linux.Netlink;
using VirtNet.Model;

namespace VirtNet.Host.Networks;

/// <content>Stop, and the guests that a stop leaves behind.</content>
public sealed partial class NetworkHost
{
    public IReadOnlyList<PluggedGuest> ListGuests(NetworkDefinition network) =>
        FindBridge(network)?.Link is not { } bridge ? [] :
        [
            .. _netlink.ListLinks(bridge.Index)
                .Where(port => GuestPorts.IsGuest(port, _netlink.FindLink))
                .Select(port => new PluggedGuest(
                    port.Name, port.Index, port.Mac, GuestPorts.IsTap(port), (SettingsOf(network, port)?.Switches ?? []).ToValueList())),
        ];

    public BridgeRecord? RecordOf(NetworkDefinition network) =>
        FindBridge(network)?.Link is { } bridge ? new BridgeRecord(bridge.Index, [.. ListGuests(network)]) : null;

    public bool IsDisowned(NetworkDefinition network, int index)
    {
        _own.Recall(network.Uuid!.Value, index);
        return IsDisowned(FindBridge(network));
    }

    public void Miss(NetworkDefinition network, IReadOnlyCollection<PluggedGuest> guests)
    {
        if (_watcher.Find(network.Uuid!.Value) is not { } known || FindBridge(network)?.Link is not { } bridge)
        {
            return;
        }

        foreach (PluggedGuest guest in guests)
        {
            // Another device may have its number by now.
            if (_netlink.FindLink(guest.Index) is { } link && link.Master != bridge.Index && (guest.Mac is null || guest.Mac == link.Mac))
            {
                _keeper.Left(known, PortOf(guest), released: false);
            }
        }
    }

    /// <summary>A bridge that nobody is on any more needs no rules.</summary>
    private bool IsDisowned(OwnBridge? bridge) =>
        bridge is { Standing: BridgeStanding.Lost, Disowned: { } former } && _netlink.ListLinks(former.Index).Count > 0;

    /// <summary>
    /// Without what virtnet set: a flag goes with what is published, and what was locked is not to stay so where the port comes back and
    /// nobody may know who is behind it.
    /// </summary>
    private BridgePort? SettingsOf(NetworkDefinition network, LinkMessage port)
    {
        BridgePort? unlocked = network.Uuid is { } uuid && _watcher.Find(uuid) is { Locks: not null } ? port.Port?.Opened : port.Port;
        return _hairpins?.IsOurs(network.BridgeName!, port.Index) == true ? unlocked?.WithoutHairpin() : unlocked;
    }

    public async Task StopAsync(NetworkHostState last, CancellationToken cancellationToken)
    {
        NetworkDefinition network = last.Network;
        WatchedNetwork? known = await ForgetAsync(network);
        using IDisposable turn = await _removals.EnterAsync(network.Uuid!.Value, cancellationToken);
        OwnBridge? bridge = FindBridge(network);
        IReadOnlyCollection<HostResource> leaving = Leaving(last, known, bridge);
        await _reconciler.RemoveAsync(network.Name, leaving, cancellationToken);
        _staleFlows.Forget(network.Name, leaving, now: []);
        if (bridge is { HasStrayed: true, Link: { } strayed })
        {
            HostResource under = new BridgeLink(strayed.Name) { Owner = network.Uuid };
            await _reconciler.RemoveAsync(network.Name, [under], cancellationToken);
        }
    }

    public void Plug(NetworkDefinition network, IReadOnlyCollection<PluggedGuest> guests)
    {
        if (network.BridgeName is { } bridge)
        {
            _ports.PutBack(network.Name, bridge, [.. guests.Where(guest => guest.ComesBack).Select(PortOf)]);
        }
    }

    private static LinkMessage PortOf(PluggedGuest guest) => new(KernelFamily.Unspecified, guest.Index, guest.Device, Up: true)
    {
        Mac = guest.Mac,
        Port = new BridgePort(PortState.Disabled, [.. guest.Switches]),
    };

    /// <summary>Ends all that goes on for a network besides what is on the host.</summary>
    private async Task<WatchedNetwork?> ForgetAsync(NetworkDefinition network)
    {
        Guid uuid = network.Uuid!.Value;
        WatchedNetwork? known = _watcher.Find(uuid);
        if (known is not null)
        {
            _bridges.Forget(known);
            if (known.Bridge is { } own)
            {
                _refusals?.Watch(own.Name, network: null);
            }

            _watcher.Forget(uuid);
        }

        _report.Forget(uuid);
        _claims.Forget(uuid);
        _claimKeeper.Watch(uuid, []);
        if (_neighbours is not null)
        {
            await _neighbours.ForgetAsync(uuid);
        }

        return known;
    }

    /// <summary>What goes with a network: what it put there, and on its own bridge also what it forgot of.</summary>
    private IReadOnlyCollection<HostResource> Leaving(NetworkHostState last, WatchedNetwork? known, OwnBridge? bridge)
    {
        IEnumerable<HostResource> leaving = known is null
            ? Desired(last)
            : known.Held.Concat(Desired(last).Where(resource => resource.Owner is not null));
        return [.. leaving.DistinctBy(resource => resource.Key).Where(resource => resource is not FirewallRules rules || MayRemove(rules, bridge))];
    }

    /// <summary>
    /// Rules in tables that are libvirt's as well are told apart by their bridge: where somebody else's bridge has the name,
    /// they may be its own.
    /// </summary>
    private bool MayRemove(FirewallRules rules, OwnBridge? bridge) =>
        _firewall?.Name == BackendNames.Nftables || bridge?.Stranger is null || bridge.Disowned is not null || rules.Bridge != bridge.Name;
}
