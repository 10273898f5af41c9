using Microsoft.Extensions.Logging;
using VirtNet.Host.Firewall;
using VirtNet.Host.Link;
using VirtNet.Host.Neighbours;
using VirtNet.Host.Netlink;
using VirtNet.Linux.Netlink;
using VirtNet.Model;

namespace VirtNet.Host.Watch;

/// <summary>
/// Listens to what the kernel announces about links, addresses, routes and rules: passes on hints that somebody changed
/// something of a network, lets new guest ports forward, and remembers which ports a bridge has, for those that keep them.
/// </summary>
internal sealed class BridgeWatcher : IAsyncDisposable
{
    private readonly RtnetlinkClient _netlink;
    private readonly OwnBridges _own;
    private readonly HostWatcher _watcher;
    private readonly Neighbourhood? _neighbours;
    private readonly Culprits _culprits;
    private readonly PortForwarder _forwarder;
    private readonly PortKeeper _ports;
    private readonly GuestKeeper _guests;
    private readonly TimeProvider _time;
    private readonly AnnouncementListeners _listeners;
    private readonly NeighbourListener _whereabouts;
    private readonly WatchedBridges _watched = new();
    private bool _hearsWhereabouts;

    /// <param name="ownPrograms">When programs of our own change rules; null = our own changes come by sockets of this process.</param>
    /// <param name="rules">Where networks' rules are; null = they have none.</param>
    public BridgeWatcher(
        RtnetlinkClient netlink, OwnBridges own, HostWatcher watcher, PortKeeper ports, GuestKeeper guests, OwnRuleChanges? ownPrograms,
        Culprits culprits, IRuleAnnouncements? rules, Neighbourhood? neighbours, TimeProvider time, ILoggerFactory loggers)
    {
        _netlink = netlink;
        _own = own;
        _watcher = watcher;
        _ports = ports;
        _guests = guests;
        _culprits = culprits;
        _neighbours = neighbours;
        _forwarder = new PortForwarder(netlink, loggers.CreateLogger<PortForwarder>());
        _time = time;
        _whereabouts = new NeighbourListener(_watched, netlink, watcher, guests);
        _listeners = new AnnouncementListeners(LookAtAll, time, loggers.CreateLogger<AnnouncementListeners>());
        _listeners.TryListen(
            "links and routes", HandleRoute, LookForPorts, NetlinkFamily.Route,
            NetlinkGroup.Link, NetlinkGroup.Ipv4Address, NetlinkGroup.Ipv6Address, NetlinkGroup.Ipv4Route,
            NetlinkGroup.Ipv6Route, NetlinkGroup.Ipv6Prefix, NetlinkGroup.Ipv4Forwarding, NetlinkGroup.Ipv6Forwarding);
        if (rules is not null || neighbours is not null)
        {
            FirewallListener firewall = new(_watched, watcher, ownPrograms, culprits, rules, neighbours);
            HearsNfTables = _listeners.TryListen(
                "firewall", firewall.Hear, firewall.ForgetTransaction, NetlinkFamily.Netfilter, NetlinkGroup.NfTables);
        }
    }

    /// <summary>Links, addresses or routes of the host changed, whosever they are. Handlers wait for nobody.</summary>
    public event Action? HostChanged;

    /// <summary>Somebody came to the bridge of a network, or left it.</summary>
    public event Action<Guid>? PortsChanged;

    /// <summary>Whether the kernel announces to this watcher what happens in nftables.</summary>
    public bool HearsNfTables { get; }

    /// <summary>Call after the network was started or converged.</summary>
    /// <param name="link">Its bridge as it is now; null = it has none, and what has its name is somebody else's.</param>
    public void Watch(WatchedNetwork network, LinkMessage? link)
    {
        if (network.Bridge is not { } bridge)
        {
            return;
        }

        bool waiting = false;
        lock (_watched.Sync)
        {
            WatchedBridge? watched = _watched.Find(bridge.Name);
            if (watched is null || watched.Index != (link?.Index ?? 0))
            {
                _watched.Remove(bridge.Name);
                watched = new WatchedBridge(network, link?.Index ?? 0) { Lost = watched?.Lost ?? [] };
                foreach (LinkMessage port in link is null ? [] : _netlink.ListLinks(link.Index))
                {
                    watched.Ports.Joined(port);
                    waiting |= GuestPorts.IsWaiting(port);
                }
            }

            watched.Network = network;
            int tunnel = network.Tunnel is { } wanted ? _netlink.FindLink(wanted.Name)?.Index ?? 0 : 0;
            _watched.Enter(watched, bridge.Name, tunnel);
            if (tunnel != 0 || network.Hairpins is not null)
            {
                HearWhereabouts();
            }
        }

        _guests.Touch(network); // who came or went meanwhile
        if (waiting)
        {
            _forwarder.Forward(network.Name, link!.Index);
        }
    }

    public void Forget(WatchedNetwork network)
    {
        lock (_watched.Sync)
        {
            if (network.Bridge is { } bridge)
            {
                _watched.Remove(bridge.Name);
            }
        }

        _ports.Forget(network.Uuid);
        _culprits.Forget(network.Uuid);
    }

    /// <summary>The port object of a guest interface was deleted: its device is not missed on the bridge.</summary>
    public void Release(WatchedNetwork network, MacAddress mac)
    {
        lock (_watched.Sync)
        {
            if (network.Bridge is { } bridge && _watched.Find(bridge.Name) is { } watched)
            {
                watched.Ports.Release(mac);
            }
        }

        _ports.Release(network.Uuid, mac);
    }

    /// <summary>Takes the ports that were on a network's bridge when somebody deleted it.</summary>
    public IReadOnlyList<LinkMessage> TakeLostPorts(string bridge)
    {
        lock (_watched.Sync)
        {
            if (_watched.Find(bridge) is not { } watched)
            {
                return [];
            }

            IReadOnlyList<LinkMessage> lost = watched.Lost;
            watched.Lost = [];
            return lost;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _listeners.DisposeAsync();
    }

    /// <summary>There is much of it: nobody listens before somebody needs it. Under the lock.</summary>
    private void HearWhereabouts()
    {
        if (!_hearsWhereabouts)
        {
            _hearsWhereabouts = true;
            _listeners.TryListen("neighbours", _whereabouts.Hear, missed: null, NetlinkFamily.Route, NetlinkGroup.Neighbour);
        }
    }

    private void LookAtAll()
    {
        _watcher.SuspectAll(Suspicion.All);
        _neighbours?.LookAnew();
    }

    /// <summary>Finds out which ports came and went unheard.</summary>
    private void LookForPorts()
    {
        ILookup<int, LinkMessage> ports = _netlink.ListLinks().ToLookup(link => link.Master);
        List<WatchedBridge> bridges;
        lock (_watched.Sync)
        {
            bridges = [.. _watched.Present];
        }

        foreach (WatchedBridge bridge in bridges)
        {
            LinkMessage[] known;
            lock (_watched.Sync)
            {
                known = [.. bridge.Ports.Present];
            }

            foreach (LinkMessage gone in known.ExceptBy(ports[bridge.Index].Select(port => port.Index), port => port.Index))
            {
                HandlePort(gone, deleted: true);
            }

            foreach (LinkMessage port in ports[bridge.Index])
            {
                HandlePort(port, deleted: false);
            }
        }
    }

    private void HandleRoute(in NetlinkMessage message)
    {
        HostChanged?.Invoke();
        switch (message.Type)
        {
            case NetlinkType.NewLink or NetlinkType.DeleteLink when LinkMessage.TryParse(message) is { } link:
                bool deleted = message.Type == NetlinkType.DeleteLink;
                if (link.Family == KernelFamily.Bridge)
                {
                    HandlePort(link, deleted);
                }
                else
                {
                    HandleLink(link, deleted);
                }

                break;
            case NetlinkType.DeleteAddress when AddressMessage.TryParse(message) is { } address:
                Suspect(address.Link, message.Port);
                break;
            case NetlinkType.DeleteRoute when RouteMessage.TryParse(message) is { } route:
                Suspect(route.Link, message.Port);
                break;
            case NetlinkType.NewRoute when RouteMessage.TellsOfAdvertisement(message) && RouteMessage.TryParse(message) is { } route:
                Suspect(route.Link); // a bridge of ours never learns from guests
                break;
            case NetlinkType.NewPrefix:
                Suspect(PrefixMessage.LinkOf(message));
                break;
            case NetlinkType.NewForwarding when ForwardingMessage.LinkThatStopped(message) is { } stopped:
                if (stopped == ForwardingMessage.AllLinks)
                {
                    _watcher.SuspectAll(Suspicion.Links);
                }
                else
                {
                    Suspect(stopped);
                }

                break;
        }
    }

    private void HandleLink(LinkMessage link, bool deleted)
    {
        WatchedBridge? bridge;
        WatchedBridge? spanning;
        lock (_watched.Sync)
        {
            spanning = _watched.FindByTunnel(link.Index);
            bridge = _watched.Find(link.Index) ?? _watched.Find(link.Name);
            if (bridge is not null && deleted && bridge.Index == link.Index)
            {
                bridge.Lost = bridge.Ports.BridgeDeleted(_time.GetUtcNow());
                _ports.Forget(bridge.Lost);
            }
        }

        if (spanning is not null && (deleted || link.Master != spanning.Index || !spanning.Network.Tunnel!.IsFine(link)))
        {
            _watcher.Suspect(spanning.Network.Uuid, Suspicion.Links);
        }

        _ports.Heard(link, deleted);
        if (!deleted)
        {
            _own.Heard(link);
        }
        else if ((BridgeLink.OwnerOf(link) ?? bridge?.Network.Uuid) is { } owner)
        {
            _own.Gone(link, owner);
        }

        bool isBack = !deleted && bridge is { Index: 0 } && _own.IsOurs(link, bridge.Network.Uuid);
        if (bridge is not null && (deleted || isBack || !bridge.Network.IsFine(link)))
        {
            if (deleted || isBack)
            {
                _watcher.TryAgain(bridge.Network.Uuid); // it may be what stood in the bridge's place
            }

            _watcher.Suspect(bridge.Network.Uuid, Suspicion.Links);
        }
    }

    private void HandlePort(LinkMessage port, bool deleted)
    {
        WatchedBridge? bridge;
        LinkMessage? before;
        bool released;
        WatchedBridge? spanning;
        lock (_watched.Sync)
        {
            spanning = _watched.FindByTunnel(port.Index);
            bridge = _watched.Find(port.Master);
            if (bridge is null)
            {
                return;
            }

            before = deleted ? bridge.Ports.Left(port.Index, _time.GetUtcNow()) : bridge.Ports.Joined(port);
            released = bridge.Ports.IsReleased(port.Index);
        }

        if (!deleted && spanning?.Network.Tunnel is { } tunnel && port.Port is { } settings && !tunnel.IsFine(settings))
        {
            _watcher.Suspect(spanning.Network.Uuid, Suspicion.Links);
        }

        if (deleted ? before is not null : before is null)
        {
            PortsChanged?.Invoke(bridge.Network.Uuid);
        }

        _guests.Touch(bridge.Network);
        if (before is not null && (deleted || (before.Up && !port.Up)))
        {
            _ports.Left(bridge.Network, before, released);
        }

        if (deleted)
        {
            return;
        }

        if (GuestPorts.IsWaiting(port) && bridge.Network.Bridge is { Stp: true })
        {
            _forwarder.Forward(bridge.Network.Name, bridge.Index);
        }
    }

    /// <param name="port">The netlink port of whoever changed something of the link; 0 = unknown.</param>
    private void Suspect(int link, uint port = 0)
    {
        WatchedBridge? bridge;
        lock (_watched.Sync)
        {
            bridge = _watched.Find(link);
        }

        if (bridge is not null)
        {
            if (Culprit.OfPort(port) is { } who)
            {
                _culprits.ChangedLinks(bridge.Network.Uuid, who);
            }

            _watcher.Suspect(bridge.Network.Uuid, Suspicion.Links);
        }
    }
}
