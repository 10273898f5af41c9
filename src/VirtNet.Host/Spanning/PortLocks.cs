using VirtNet.Host.Link;
using VirtNet.Host.Netlink;
using VirtNet.Linux.Netlink;
using VirtNet.Model;

namespace VirtNet.Host.Spanning;

/// <summary>
/// Locks the ports of guests, and has the bridge know for good who is behind each. Only what a guest is behind is locked: behind other
/// ports there may be anybody. Ports that somebody else has locked, which then learn, are left as they are; those that do not learn
/// count as locked by virtnet, to which the bridge belongs.
/// </summary>
internal sealed class PortLocks(RtnetlinkClient netlink)
{
    /// <summary>What of it is so.</summary>
    /// <param name="ports">The ports of the bridge.</param>
    public GuestLocks Read(GuestLocks wanted, LinkMessage bridge, out LockedPorts ports)
    {
        Plan plan = Look(wanted, GuestPlaces.Read(netlink, bridge, wanted.Tunnel));
        ports = plan.Ports(bridge, refused: []);
        HashSet<MacAddress> missing = [.. plan.Missing.Concat(plan.Closing.SelectMany(port => plan.Homes[port.Index])).Select(home => home.Mac)];
        return wanted with
        {
            Guests = wanted.Guests.Where(guest => !missing.Contains(guest)).ToValueList(),
            Stray = plan.Opening.Count,
        };
    }

    /// <param name="ports">The ports of the bridge as they are then.</param>
    /// <exception cref="VirtNetException">The kernel refuses something; the rest is done.</exception>
    public void Apply(GuestLocks wanted, LinkMessage bridge, out LockedPorts ports)
    {
        Plan plan = Look(wanted, GuestPlaces.Read(netlink, bridge, wanted.Tunnel));
        RequestList roamed = new();
        foreach (Home home in plan.Roamed)
        {
            roamed.Add((ref writer) => ForwardingEntry.WriteSeen(ref writer, home.Port, home.Mac));
        }

        roamed.Execute(netlink);

        // Known first, then locked: a port is never closed to its own guest.
        Home[] homes = [.. plan.Missing];
        int[] results = Write(homes, NetlinkType.NewNeighbour, NetlinkFlags.Create | NetlinkFlags.Replace);
        HashSet<int> refused = [.. homes.Zip(results).Where(each => each.Second != 0).Select(each => each.First.Port)];
        ports = plan.Ports(bridge, refused);
        LinkMessage[] closing = [.. plan.Closing.Where(port => !refused.Contains(port.Index))];
        results = [.. results, .. Switch(closing, closed: true), .. Switch(plan.Opening, closed: false)];
        Write(plan.OthersBehind(closing), NetlinkType.DeleteNeighbour, NetlinkFlags.None);
        if (results.FirstOrDefault(result => result is not (0 or LinkErrors.NoSuchDevice or LinkErrors.NoSuchFile)) is not 0 and var errno)
        {
            throw LinkErrors.Refused($"cannot set the {wanted.Key}", errno); // not for a port that has just left
        }
    }

    /// <summary>Opens the ports that were locked. Who is behind them the bridge finds out anew.</summary>
    public void Remove(GuestLocks locks, LinkMessage bridge)
    {
        GuestPlaces places = GuestPlaces.Read(netlink, bridge, locks.Tunnel);
        LinkMessage[] closed = [.. places.Ports.Where(IsClosedGuest)];
        HashSet<int> ports = [.. closed.Select(port => port.Index)];
        Switch(closed, closed: false);
        Write(
            places.Seen.Where(entry => entry.IsStatic && ports.Contains(entry.Port)).Select(entry => new Home(entry.Port, entry.Mac)),
            NetlinkType.DeleteNeighbour, NetlinkFlags.None);
    }

    private Plan Look(GuestLocks wanted, GuestPlaces places)
    {
        LinkMessage[] all = [.. places.Ports.Where(port => port.Index != places.Tunnel && GuestPorts.IsGuest(port, netlink.FindLink))];
        Dictionary<int, LinkMessage> guests = all.Where(port => port is { Port.CanBeLocked: true }).ToDictionary(port => port.Index);
        Home[] homes = [.. wanted.Guests.Select(mac => new Home(places.PortOf(mac), mac)).Where(home => guests.ContainsKey(home.Port))];
        ILookup<int, Home> byPort = homes.ToLookup(home => home.Port);
        HashSet<int> known = [.. places.Seen.Where(entry => entry.IsStatic).Select(entry => entry.Port)];
        HashSet<MacAddress> wantedMacs = [.. wanted.Guests];
        return new Plan(
            places,
            all,
            byPort,
            [.. homes.Where(home => places.Find(home.Mac) is not { IsStatic: true } entry || entry.Port != home.Port)],
            [.. guests.Values.Where(port => byPort.Contains(port.Index) && !port.Port!.IsLocked)],
            [.. guests.Values.Where(port => port.Port!.IsClosed && !byPort.Contains(port.Index) && !known.Contains(port.Index))],
            [.. places.Seen.Where(entry => entry.IsStatic && entry.Port == places.Tunnel && wantedMacs.Contains(entry.Mac))
                .Select(entry => new Home(entry.Port, entry.Mac))]);
    }

    private bool IsClosedGuest(LinkMessage port) => port is { Port.IsClosed: true } && GuestPorts.IsGuest(port, netlink.FindLink);

    private int[] Write(IEnumerable<Home> homes, NetlinkType type, NetlinkFlags flags)
    {
        RequestList requests = new();
        foreach (Home home in homes)
        {
            requests.Add((ref writer) => ForwardingEntry.WriteStatic(ref writer, type, flags, home.Port, home.Mac));
        }

        return requests.Execute(netlink);
    }

    private int[] Switch(IEnumerable<LinkMessage> ports, bool closed)
    {
        RequestList requests = new();
        foreach (LinkMessage port in ports)
        {
            requests.Add((ref writer) => LinkRequests.WritePortSwitches(ref writer, port.Index, BridgePort.Lock(closed)));
        }

        return requests.Execute(netlink);
    }

    /// <summary>A guest, and the port that it is behind.</summary>
    private sealed record Home(int Port, MacAddress Mac);

    /// <param name="Places">What the bridge knew.</param>
    /// <param name="Guests">Ports that guests are behind, whether they can be locked or not.</param>
    /// <param name="Homes">Who is behind which port.</param>
    /// <param name="Missing">Whom the bridge does not know for good to be there.</param>
    /// <param name="Closing">Ports to be locked.</param>
    /// <param name="Opening">Ports that are locked, and nobody is behind them any more: whoever was went to another host, or was made to.</param>
    /// <param name="Roamed">Guests that are on another host, of which the bridge would otherwise go on to believe so for good.</param>
    private sealed record Plan(
        GuestPlaces Places, IReadOnlyList<LinkMessage> Guests, ILookup<int, Home> Homes, IReadOnlyList<Home> Missing, IReadOnlyList<LinkMessage> Closing, IReadOnlyList<LinkMessage> Opening,
        IReadOnlyList<Home> Roamed)
    {
        /// <summary>Whom the bridge has seen behind ports, and would let in for as long as it remembers.</summary>
        public IEnumerable<Home> OthersBehind(IReadOnlyCollection<LinkMessage> ports)
        {
            HashSet<int> meant = [.. ports.Select(port => port.Index)];
            HashSet<Home> homes = [.. Homes.SelectMany(port => port)];
            return Places.Seen.Where(entry => !entry.IsStatic && meant.Contains(entry.Port))
                .Select(entry => new Home(entry.Port, entry.Mac)).Where(seen => !homes.Contains(seen));
        }

        /// <summary>The ports when it is carried out.</summary>
        /// <param name="refused">Those that stay open after all.</param>
        public LockedPorts Ports(LinkMessage bridge, HashSet<int> refused)
        {
            HashSet<int> closed = [.. Guests.Where(port => port.Port is { IsClosed: true }).Except(Opening).Concat(Closing).Select(port => port.Index)];
            closed.ExceptWith(refused);
            ILookup<int, MacAddress> known = Places.Seen.Where(entry => entry.IsStatic).ToLookup(entry => entry.Port, entry => entry.Mac);
            return new LockedPorts(
                bridge.Index,
                bridge.Mac,
                [.. Places.Ports.Select(port => port.Index)],
                [.. Guests.Select(port => new GuardedPort(
                    port.Index,
                    closed.Contains(port.Index) ? [.. known[port.Index].Union(Homes[port.Index].Select(home => home.Mac))] : null))]);
        }
    }
}
