using Microsoft.Extensions.Logging;
using VirtNet.Host.Firewall;
using VirtNet.Host.Flows;
using VirtNet.Host.Hairpins;
using VirtNet.Host.Link;
using VirtNet.Host.Neighbours;
using VirtNet.Host.Netlink;
using VirtNet.Host.Spanning;
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
    private readonly OwnRuleChanges? _ownPrograms;
    private readonly Neighbourhood? _neighbours;
    private readonly Culprits _culprits;
    private readonly IRuleAnnouncements? _rules;
    private readonly HashSet<uint> _ownPorts = [.. OwnPorts.Read()];
    private readonly PortForwarder _forwarder;
    private readonly PortKeeper _ports;
    private readonly GuestKeeper _guests;
    private readonly TimeProvider _time;
    private readonly AnnouncementListeners _listeners;

    // Of the transaction that is being announced.
    private readonly RuleDamage _damage = new();
    private bool _likelyOwn;
    private bool _spansHarmed;
    private bool _hairpinsHarmed;
    private bool _flowsHarmed;
    private bool _hearsNeighbours;

    private readonly Lock _gate = new();
    private readonly Dictionary<string, WatchedBridge> _byName = [];
    private readonly Dictionary<int, WatchedBridge> _byIndex = [];
    private readonly Dictionary<int, WatchedBridge> _byTunnel = [];

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
        _ownPrograms = ownPrograms;
        _culprits = culprits;
        _rules = rules;
        _neighbours = neighbours;
        _forwarder = new PortForwarder(netlink, loggers.CreateLogger<PortForwarder>());
        _time = time;
        _listeners = new AnnouncementListeners(LookAtAll, time, loggers.CreateLogger<AnnouncementListeners>());
        _listeners.TryListen(
            "links and routes", HandleRoute, LookForPorts, NetlinkFamily.Route,
            NetlinkGroup.Link, NetlinkGroup.Ipv4Address, NetlinkGroup.Ipv6Address, NetlinkGroup.Ipv4Route,
            NetlinkGroup.Ipv6Route, NetlinkGroup.Ipv6Prefix, NetlinkGroup.Ipv4Forwarding, NetlinkGroup.Ipv6Forwarding);
        if (rules is not null || neighbours is not null)
        {
            HearsNfTables = _listeners.TryListen("firewall", HandleFirewall, ForgetTransaction, NetlinkFamily.Netfilter, NetlinkGroup.NfTables);
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
        lock (_gate)
        {
            WatchedBridge? watched = _byName.GetValueOrDefault(bridge.Name);
            if (watched is null || watched.Index != (link?.Index ?? 0))
            {
                Forget(watched);
                watched = new WatchedBridge(network, link?.Index ?? 0) { Lost = watched?.Lost ?? [] };
                foreach (LinkMessage port in link is null ? [] : _netlink.ListLinks(link.Index))
                {
                    watched.Ports.Joined(port);
                    waiting |= GuestPorts.IsWaiting(port);
                }
            }

            watched.Network = network;
            WatchTunnel(watched);
            if (network.Hairpins is not null)
            {
                HearNeighbours();
            }

            _byName[bridge.Name] = watched;
            if (link is not null)
            {
                _byIndex[link.Index] = watched;
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
        lock (_gate)
        {
            Forget(network.Bridge is { } bridge ? _byName.GetValueOrDefault(bridge.Name) : null);
        }

        _ports.Forget(network.Uuid);
        _culprits.Forget(network.Uuid);
    }

    /// <summary>The port object of a guest interface was deleted: its device is not missed on the bridge.</summary>
    public void Release(WatchedNetwork network, MacAddress mac)
    {
        lock (_gate)
        {
            if (network.Bridge is { } bridge && _byName.GetValueOrDefault(bridge.Name) is { } watched)
            {
                watched.Ports.Release(mac);
            }
        }

        _ports.Release(network.Uuid, mac);
    }

    /// <summary>Takes the ports that were on a network's bridge when somebody deleted it.</summary>
    public IReadOnlyList<LinkMessage> TakeLostPorts(string bridge)
    {
        lock (_gate)
        {
            if (_byName.GetValueOrDefault(bridge) is not { } watched)
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

    private void Forget(WatchedBridge? bridge)
    {
        if (bridge?.Network.Bridge is { } link)
        {
            _byName.Remove(link.Name);
            _byIndex.Remove(bridge.Index);
            _byTunnel.Remove(bridge.TunnelIndex);
        }
    }

    /// <summary>Under the lock.</summary>
    private void WatchTunnel(WatchedBridge bridge)
    {
        _byTunnel.Remove(bridge.TunnelIndex);
        bridge.TunnelIndex = bridge.Network.Tunnel is { } tunnel ? _netlink.FindLink(tunnel.Name)?.Index ?? 0 : 0;
        if (bridge.TunnelIndex != 0)
        {
            HearNeighbours();
            _byTunnel[bridge.TunnelIndex] = bridge;
        }
    }

    /// <summary>There is much of it: nobody listens before somebody needs it. Under the lock.</summary>
    private void HearNeighbours()
    {
        if (!_hearsNeighbours)
        {
            _hearsNeighbours = true;
            _listeners.TryListen("neighbours", HandleNeighbour, missed: null, NetlinkFamily.Route, NetlinkGroup.Neighbour);
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
        lock (_gate)
        {
            bridges = [.. _byIndex.Values];
        }

        foreach (WatchedBridge bridge in bridges)
        {
            LinkMessage[] known;
            lock (_gate)
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

    private void HandleFirewall(in NetlinkMessage message)
    {
        if (_ownPorts.Contains(message.Port) || NfTablesMessage.TryParse(message) is not { } change)
        {
            return;
        }

        bool likelyOwn = _ownPrograms is { Likely: true };
        _likelyOwn |= likelyOwn;
        _rules?.Judge(change, message, _damage);
        if (change.Change != NfTablesChange.LookupMade) // what is added harms nothing
        {
            _spansHarmed |= SpanTable.IsOne(change.Table);
            _hairpinsHarmed |= HairpinTable.IsOne(change.Table);
            _flowsHarmed |= FlowTable.IsOne(change.Table);
        }

        _neighbours?.Hear(change, likelyOwn);
        if (change.Change == NfTablesChange.Generation)
        {
            Conclude(change);
            ForgetTransaction();
        }
    }

    private void ForgetTransaction()
    {
        _damage.Clear();
        _spansHarmed = false;
        _hairpinsHarmed = false;
        _flowsHarmed = false;
        _likelyOwn = false;
    }

    /// <summary>The end of a transaction says whose it was; what it did was announced before.</summary>
    private void Conclude(NfTablesMessage end)
    {
        if (_damage.IsNone && !_spansHarmed && !_hairpinsHarmed && !_flowsHarmed)
        {
            return;
        }

        Culprit author = new(end.Process, end.Program);
        if (_ownPrograms is null && (author.IsSelf || OwnPorts.Read().Contains(end.Port)))
        {
            _ownPorts.Add(end.Port); // libnftables opens another socket after it was interrupted
            return;
        }

        if (!_likelyOwn && !author.IsSelf)
        {
            _culprits.ChangedRules(author);
        }

        SuspectSharers();
        if (_damage.IsNone)
        {
            return;
        }

        WatchedNetwork[] harmed;
        lock (_gate)
        {
            harmed = [.. _damage.Bridges.Select(_byName.GetValueOrDefault).OfType<WatchedBridge>().Select(bridge => bridge.Network)];
        }

        if (_damage.Everyone || harmed.Length < _damage.Bridges.Count)
        {
            _watcher.SuspectAll(Suspicion.Rules, _likelyOwn); // rules follow a bridge that was renamed: its name tells nothing
            return;
        }

        foreach (WatchedNetwork network in harmed)
        {
            _watcher.Suspect(network.Uuid, Suspicion.Rules, _likelyOwn);
        }
    }

    /// <summary>What all that span hosts share was changed, or what belongs to hairpin ports, or to connections that are offloaded.</summary>
    private void SuspectSharers()
    {
        if (_flowsHarmed)
        {
            _watcher.SuspectAll(Suspicion.Links, _likelyOwn);
        }

        WatchedNetwork[] spanning;
        lock (_gate)
        {
            spanning =
            [
                .. _spansHarmed ? _byTunnel.Values.Select(bridge => bridge.Network) : [],
                .. _hairpinsHarmed ? _byName.Values.Select(bridge => bridge.Network).Where(network => network.Hairpins is not null) : [],
            ];
        }

        foreach (WatchedNetwork network in spanning)
        {
            _watcher.Suspect(network.Uuid, Suspicion.Links | Suspicion.Rules, _likelyOwn);
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

    private void HandleNeighbour(in NetlinkMessage message)
    {
        HandleTunnelEntry(message);
        WatchedBridge? bridge = null;
        lock (_gate)
        {
            if (ForwardingEntry.TryParse(message) is { Bridge: not 0 } seen)
            {
                bridge = _byIndex.GetValueOrDefault(seen.Bridge) is { } known
                    && (IsNews(known, seen, message.Type == NetlinkType.DeleteNeighbour)
                        || (message.Type == NetlinkType.NewNeighbour && known.Network.Hairpins is { } hairpins
                            && hairpins.Guests.Any(guest => guest.Mac is null || guest.Mac == seen.Mac))) ? known : null;
            }
            else if (message.Type == NetlinkType.DeleteNeighbour && NeighbourEntry.TryParse(message) is { } gone)
            {
                bridge = _byIndex.GetValueOrDefault(gone.Link);
            }
            else if (message.Type == NetlinkType.NewNeighbour && NeighbourEntry.TryParseLearnt(message) is { } found)
            {
                bridge = _byIndex.GetValueOrDefault(found.Link) is { Network.Hairpins: { } hairpins } there
                    && hairpins.Guests.Any(guest => guest.Mac is null && guest.Address.Equals(found.Address)) ? there : null;
            }
        }

        if (bridge is not null)
        {
            _guests.Touch(bridge.Network);
        }
    }

    /// <summary>Whether a guest may be elsewhere than before. What virtnet itself puts there, where the guest is, is none.</summary>
    private static bool IsNews(WatchedBridge bridge, ForwardingEntry seen, bool deleted)
    {
        bool isGuest = bridge.Network.GuestMacs.Contains(seen.Mac);
        return seen.IsStatic
            ? bridge.Network.Locks is not null && (deleted || !isGuest || seen.Port == bridge.TunnelIndex) || (isGuest && deleted)
            : isGuest;
    }

    /// <summary>
    /// Hosts that are to hear what is for everybody, and do not any more. Where a control plane tells of guests it takes these entries
    /// along when it ends, and all ways to other hosts with them: then each is put back at once, and not with the next repair.
    /// </summary>
    private void HandleTunnelEntry(in NetlinkMessage message)
    {
        if (message.Type != NetlinkType.DeleteNeighbour || TunnelEntry.TryParse(message) is not { IsFlood: true } entry)
        {
            return;
        }

        WatchedBridge? spanning;
        lock (_gate)
        {
            spanning = _byTunnel.GetValueOrDefault(entry.Link);
        }

        if (spanning is not null)
        {
            if (_watcher.FindAtRest(spanning.Network.Uuid)?.Tunnel is { Learns: false } tunnel && tunnel.Peers.Contains(entry.Host))
            {
                SpanChanges.PutBack(_netlink, entry);
            }

            _watcher.Suspect(spanning.Network.Uuid, Suspicion.Links);
        }
    }

    private void HandleLink(LinkMessage link, bool deleted)
    {
        WatchedBridge? bridge;
        WatchedBridge? spanning;
        lock (_gate)
        {
            spanning = _byTunnel.GetValueOrDefault(link.Index);
            bridge = _byIndex.GetValueOrDefault(link.Index) ?? _byName.GetValueOrDefault(link.Name);
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
        lock (_gate)
        {
            spanning = _byTunnel.GetValueOrDefault(port.Index);
            bridge = _byIndex.GetValueOrDefault(port.Master);
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
        lock (_gate)
        {
            bridge = _byIndex.GetValueOrDefault(link);
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

    private sealed class WatchedBridge(WatchedNetwork network, int index)
    {
        public WatchedNetwork Network { get; set; } = network;

        public int Index { get; } = index;

        /// <summary>Of the tunnel to its other hosts; 0 = it has none.</summary>
        public int TunnelIndex { get; set; }

        public PortMemory Ports { get; } = new();

        /// <summary>The ports it had when it was deleted, until it is made anew.</summary>
        public IReadOnlyList<LinkMessage> Lost { get; set; } = [];
    }
}
