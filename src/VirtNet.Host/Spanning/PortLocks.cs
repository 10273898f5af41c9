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
    public GuestLocks Read(GuestLocks wanted, LinkMessage bridge)
    {
        Plan plan = Look(wanted, GuestPlaces.Read(netlink, bridge, wanted.Tunnel));
        HashSet<MacAddress> missing = [.. plan.Missing.Concat(plan.Closing.SelectMany(port => plan.Homes[port.Index])).Select(home => home.Mac)];
        return wanted with
        {
            Guests = wanted.Guests.Where(guest => !missing.Contains(guest)).ToValueList(),
            Stray = plan.Opening.Count,
        };
    }

    /// <exception cref="VirtNetException">The kernel refuses something; the rest is done.</exception>
    public void Apply(GuestLocks wanted, LinkMessage bridge)
    {
        Plan plan = Look(wanted, GuestPlaces.Read(netlink, bridge, wanted.Tunnel));
        Forget(plan.Roamed);

        // Known first, then locked: a port is never closed to its own guest.
        Home[] homes = [.. plan.Missing];
        int[] results = Write(homes, NetlinkType.NewNeighbour, NetlinkFlags.Create | NetlinkFlags.Replace);
        HashSet<int> refused = [.. homes.Zip(results).Where(each => each.Second != 0).Select(each => each.First.Port)];
        results = [.. results, .. Switch(plan.Closing.Where(port => !refused.Contains(port.Index)), closed: true), .. Switch(plan.Opening, closed: false)];
        if (results.FirstOrDefault(result => result is not (0 or LinkErrors.NoSuchDevice or LinkErrors.NoSuchEntry)) is not 0 and var errno)
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
        Forget(places.Seen.Where(entry => entry.IsStatic && ports.Contains(entry.Port)).Select(entry => new Home(entry.Port, entry.Mac)));
    }

    private Plan Look(GuestLocks wanted, GuestPlaces places)
    {
        Dictionary<int, LinkMessage> guests = places.Ports
            .Where(port => port is { Port.CanBeLocked: true } && port.Index != places.Tunnel && GuestPorts.IsGuest(port, netlink.FindLink))
            .ToDictionary(port => port.Index);
        Home[] homes = [.. wanted.Guests.Select(mac => new Home(places.PortOf(mac), mac)).Where(home => guests.ContainsKey(home.Port))];
        ILookup<int, Home> byPort = homes.ToLookup(home => home.Port);
        HashSet<int> known = [.. places.Seen.Where(entry => entry.IsStatic).Select(entry => entry.Port)];
        HashSet<MacAddress> wantedMacs = [.. wanted.Guests];
        return new Plan(
            byPort,
            [.. homes.Where(home => places.Find(home.Mac) is not { IsStatic: true } entry || entry.Port != home.Port)],
            [.. guests.Values.Where(port => byPort.Contains(port.Index) && !port.Port!.IsLocked)],
            [.. guests.Values.Where(port => port.Port!.IsClosed && !byPort.Contains(port.Index) && !known.Contains(port.Index))],
            [.. places.Seen.Where(entry => entry.IsStatic && entry.Port == places.Tunnel && wantedMacs.Contains(entry.Mac))
                .Select(entry => new Home(entry.Port, entry.Mac))]);
    }

    private bool IsClosedGuest(LinkMessage port) => port is { Port.IsClosed: true } && GuestPorts.IsGuest(port, netlink.FindLink);

    private void Forget(IEnumerable<Home> homes) => Write(homes, NetlinkType.DeleteNeighbour, NetlinkFlags.None);

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

    /// <param name="Homes">Who is behind which port.</param>
    /// <param name="Missing">Whom the bridge does not know for good to be there.</param>
    /// <param name="Closing">Ports to be locked.</param>
    /// <param name="Opening">Ports that are locked, and nobody is behind them any more: whoever was went to another host, or was made to.</param>
    /// <param name="Roamed">Guests that are on another host, of which the bridge would otherwise go on to believe so for good.</param>
    private sealed record Plan(
        ILookup<int, Home> Homes, IReadOnlyList<Home> Missing, IReadOnlyList<LinkMessage> Closing, IReadOnlyList<LinkMessage> Opening,
        IReadOnlyList<Home> Roamed);
}
