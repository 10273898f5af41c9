using System.Net;
using VirtNet.Host.Link;
using VirtNet.Host.Netlink;
using VirtNet.Linux.Netlink;
using VirtNet.Model;

namespace VirtNet.Host.Spanning;

/// <summary>
/// Reads and changes what the kernel knows of guests that are on this host (<see cref="GuestPlaces"/>): behind which port each is, and
/// which addresses it has.
/// </summary>
internal sealed class GuestEntries(RtnetlinkClient netlink)
{
    /// <summary>What of it is so; with what is there and should not be.</summary>
    public SpanGuests Read(SpanGuests wanted, LinkMessage bridge)
    {
        Difference difference = Look(wanted, bridge, GuestPlaces.Read(netlink, bridge, wanted.Tunnel));
        return wanted with
        {
            Guests = wanted.Guests.Where(guest => !difference.Incomplete.Contains(guest.Mac))
                .Concat(difference.Strays.Select(stray => new SpanGuest(stray.Mac, [stray.Address]))).ToValueList(),
        };
    }

    /// <param name="after">Null = no guest is told of any more.</param>
    /// <exception cref="VirtNetException">The kernel refuses something; the rest is done.</exception>
    public void Apply(SpanGuests? before, SpanGuests? after, LinkMessage bridge)
    {
        SpanGuests wanted = after ?? before! with { Guests = [] };
        GuestPlaces places = GuestPlaces.Read(netlink, bridge, wanted.Tunnel);
        Difference difference = Look(wanted, bridge, places);
        RequestList removals = new();
        foreach (NeighbourEntry stray in difference.Strays)
        {
            removals.Add((ref writer) => NeighbourEntry.Write(ref writer, NetlinkType.DeleteNeighbour, NetlinkFlags.None, stray));
        }

        HashSet<MacAddress> known = [.. wanted.Guests.Select(guest => guest.Mac)];
        HashSet<int> closed = [.. places.Ports.Where(port => port.Port is { IsClosed: true }).Select(port => port.Index)];
        foreach (SpanGuest gone in before?.Guests.Where(guest => !known.Contains(guest.Mac)) ?? [])
        {
            // What is behind a locked port stays known: its guest could not even ask for another lease.
            if (places.Find(gone.Mac) is { IsStatic: true } entry && entry.Port != places.Tunnel && !closed.Contains(entry.Port))
            {
                removals.Add((ref writer) => ForwardingEntry.WriteStatic(
                    ref writer, NetlinkType.DeleteNeighbour, NetlinkFlags.None, entry.Port, gone.Mac));
            }
        }

        removals.Execute(netlink); // what is gone already is as wanted
        if (difference.Missing.Execute(netlink).FirstOrDefault(result => result != 0) is not 0 and var errno)
        {
            throw LinkErrors.Refused($"cannot set the {wanted.Key}", errno);
        }
    }

    private Difference Look(SpanGuests wanted, LinkMessage bridge, GuestPlaces places)
    {
        Dictionary<IPAddress, NeighbourEntry> have = [];
        foreach (NeighbourEntry entry in netlink.ListOwnNeighbours(bridge.Index))
        {
            have[entry.Address] = entry;
        }

        Difference difference = new();
        foreach (SpanGuest guest in wanted.Guests)
        {
            int port = places.PortOf(guest.Mac);
            if (port == 0)
            {
                continue;
            }

            if (places.Find(guest.Mac) is not { IsStatic: true } entry || entry.Port != port)
            {
                difference.Miss(guest.Mac, (ref writer) => ForwardingEntry.WriteStatic(
                    ref writer, NetlinkType.NewNeighbour, NetlinkFlags.Create | NetlinkFlags.Replace, port, guest.Mac));
            }

            foreach (NeighbourEntry neighbour in guest.Addresses.Select(address => new NeighbourEntry(bridge.Index, address, guest.Mac)))
            {
                if (!have.Remove(neighbour.Address, out NeighbourEntry? present) || present.Mac != guest.Mac)
                {
                    difference.Miss(guest.Mac, (ref writer) => NeighbourEntry.Write(
                        ref writer, NetlinkType.NewNeighbour, NetlinkFlags.Create | NetlinkFlags.Replace, neighbour));
                }
            }
        }

        difference.Strays.AddRange(have.Values);
        return difference;
    }

    private sealed class Difference
    {
        public RequestList Missing { get; } = new();

        /// <summary>Guests of whom something is missing.</summary>
        public HashSet<MacAddress> Incomplete { get; } = [];

        public List<NeighbourEntry> Strays { get; } = [];

        public void Miss(MacAddress mac, RequestList.Writer write)
        {
            Incomplete.Add(mac);
            Missing.Add(write);
        }
    }
}
