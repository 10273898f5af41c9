using System.Net;
using VirtNet.Host.Link;
using VirtNet.Host.Netlink;
using VirtNet.Linux.Netlink;
using VirtNet.Model;

namespace VirtNet.Host.Spanning;

/// <summary>
/// Reads and changes what the kernel knows of guests that are on this host: behind which port each is, and which addresses it has.
/// A guest is here if the port is that bears its MAC address, or the bridge has seen it behind one; not while another host says that
/// it is there: a port is made before a guest that moves comes to run behind it, and its first frame settles that.
/// </summary>
internal sealed class GuestEntries(RtnetlinkClient netlink)
{
    private const int BytesForEntry = 80;
    private const int AtOnce = 256; // answers that the socket has room for

    private delegate void Writer(ref NetlinkWriter writer);

    /// <summary>What of it is so; with what is there and should not be.</summary>
    public SpanGuests Read(SpanGuests wanted, LinkMessage bridge)
    {
        Difference difference = Look(wanted, bridge);
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
        Difference difference = Look(wanted, bridge);
        List<Writer> removals = [];
        foreach (NeighbourEntry stray in difference.Strays)
        {
            removals.Add((ref writer) => NeighbourEntry.Write(ref writer, NetlinkType.DeleteNeighbour, NetlinkFlags.None, stray));
        }

        HashSet<MacAddress> known = [.. wanted.Guests.Select(guest => guest.Mac)];
        foreach (SpanGuest gone in before?.Guests.Where(guest => !known.Contains(guest.Mac)) ?? [])
        {
            if (difference.Seen.GetValueOrDefault(gone.Mac) is { IsStatic: true } entry && entry.Port != difference.Tunnel)
            {
                removals.Add((ref writer) => ForwardingEntry.WriteStatic(
                    ref writer, NetlinkType.DeleteNeighbour, NetlinkFlags.None, entry.Port, gone.Mac));
            }
        }

        Execute(removals); // what is gone already is as wanted
        if (Execute(difference.Missing) is not 0 and var errno)
        {
            throw LinkErrors.Refused($"cannot set the {wanted.Key}", errno);
        }
    }

    private Difference Look(SpanGuests wanted, LinkMessage bridge)
    {
        List<LinkMessage> ports = netlink.ListLinks(bridge.Index);
        int tunnel = ports.Find(port => port.Name == wanted.Tunnel)?.Index ?? 0;
        ILookup<ulong, LinkMessage> byTail = ports.Where(port => port.Mac is not null && port.Index != tunnel)
            .ToLookup(port => TailOf(port.Mac!.Value));
        Dictionary<MacAddress, ForwardingEntry> seen = [];
        foreach (ForwardingEntry entry in netlink.ListForwarding(bridge.Index).Where(entry => !entry.IsOwn))
        {
            seen[entry.Mac] = entry;
        }

        Dictionary<IPAddress, NeighbourEntry> have = [];
        foreach (NeighbourEntry entry in netlink.ListOwnNeighbours(bridge.Index))
        {
            have[entry.Address] = entry;
        }

        Difference difference = new(tunnel, seen);
        foreach (SpanGuest guest in wanted.Guests)
        {
            int port = PortOf(guest.Mac);
            if (port == 0)
            {
                continue;
            }

            if (seen.GetValueOrDefault(guest.Mac) is not { IsStatic: true } entry || entry.Port != port)
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

        int PortOf(MacAddress mac)
        {
            int last = seen.GetValueOrDefault(mac)?.Port ?? 0;
            return last != 0 && last == tunnel ? 0
                : byTail[TailOf(mac)].FirstOrDefault(port => port.IsPortOf(mac))?.Index ?? last;
        }
    }

    /// <returns>0, or the number of the first refusal.</returns>
    private int Execute(IReadOnlyList<Writer> messages)
    {
        int refusal = 0;
        foreach (Writer[] some in messages.Chunk(AtOnce))
        {
            NetlinkWriter batch = new(new byte[some.Length * BytesForEntry]);
            foreach (Writer write in some)
            {
                write(ref batch);
            }

            int errno = netlink.Execute(batch).FirstOrDefault(result => result != 0);
            refusal = refusal == 0 ? errno : refusal;
        }

        return refusal;
    }

    /// <summary>A port's address is its guest's but for the first octet.</summary>
    private static ulong TailOf(MacAddress mac) =>
        ((ulong)mac[1] << 32) | ((ulong)mac[2] << 24) | ((ulong)mac[3] << 16) | ((ulong)mac[4] << 8) | mac[5];

    /// <param name="Tunnel">The index of the tunnel; 0 = it is no port.</param>
    /// <param name="Seen">What the bridge knows.</param>
    private sealed record Difference(int Tunnel, IReadOnlyDictionary<MacAddress, ForwardingEntry> Seen)
    {
        public List<Writer> Missing { get; } = [];

        /// <summary>Guests of whom something is missing.</summary>
        public HashSet<MacAddress> Incomplete { get; } = [];

        public List<NeighbourEntry> Strays { get; } = [];

        public void Miss(MacAddress mac, Writer write)
        {
            Incomplete.Add(mac);
            Missing.Add(write);
        }
    }
}
