using System.Net;
using VirtNet.Host.Netlink;
using VirtNet.Linux.Netlink;
using VirtNet.Model;
using VirtNet.Model.Publishing;

namespace VirtNet.Host.Publishing;

/// <summary>
/// Which connections the kernel must forget when something else is published than before. It goes on with what it follows whatever the
/// rules say: datagrams of a guest that has gone would reach whoever gets its address.
/// </summary>
internal sealed class PublishedFlows
{
    private readonly List<Place> _places = [];

    private PublishedFlows()
    {
    }

    /// <summary>Whether there is something to forget, perhaps.</summary>
    public bool Any => _places.Count > 0;

    /// <param name="isOfHost">Whether an address is the host's.</param>
    public static PublishedFlows Between(
        ValueList<HostPublication> before, ValueList<HostPublication> after, Predicate<IPAddress> isOfHost)
    {
        PublishedFlows flows = new();
        ILookup<Key, HostPublication> next = after.ToLookup(Key.Of);
        ILookup<Key, HostPublication> last = before.ToLookup(Key.Of);
        foreach (HostPublication had in before)
        {
            HostPublication? has = next[Key.Of(had)].FirstOrDefault(had.IsSamePlace);
            if (has is null)
            {
                flows._places.Add(new Place(had, flow => flow.IsTranslated && IsTo(had, flow)));
            }
            else if (had != has)
            {
                HashSet<IPAddress> known = [.. Everybody(has)];
                HashSet<IPAddress> gone = [.. Everybody(had).Where(address => !known.Contains(address))];
                HashSet<IPAddress> down = [.. Addresses(has.Down)];
                if (had.Protocol is { } only && IsConnected((byte)only))
                {
                    down.ExceptWith(Addresses(had.Down)); // who came before it was known to be down, and goes on asking
                }

                if (gone.Count + down.Count == 0)
                {
                    continue; // new connections go elsewhere, those that are there stay
                }

                flows._places.Add(new Place(had, flow => flow.IsTranslated
                    && (gone.Contains(flow.Answers) || (!(IsConnected(flow) && flow.IsAnswered) && down.Contains(flow.Answers)))));
            }
        }

        // To ask for all that the kernel follows costs milliseconds: of protocols with connections nothing is to be found.
        foreach (HostPublication has in after.Where(has => !(has.Protocol is { } protocol && IsConnected((byte)protocol))
            && !last[Key.Of(has)].Any(has.IsSamePlace)))
        {
            flows._places.Add(new Place(has, flow => !flow.IsTranslated && !IsConnected(flow)
                && (has.Address is not null || isOfHost(flow.To))));
        }

        return flows;
    }

    /// <summary>Whether the kernel must forget this one.</summary>
    public bool Includes(ConntrackFlow flow) => _places.Exists(place => place.Has(flow));

    /// <summary>Has the kernel forget them.</summary>
    /// <returns>How many there were.</returns>
    /// <exception cref="VirtNetException">The kernel does not answer.</exception>
    public int Forget() => _places.Select(place => place.Of.Ipv6).Distinct()
        .Sum(ipv6 => ConntrackClient.Forget(ipv6 ? KernelFamily.Ipv6 : KernelFamily.Ipv4, Includes));

    /// <summary>Whether a connection was sent to where this listens, by whom ever it is answered.</summary>
    public static bool IsSentTo(HostPublication publication, ConntrackFlow flow) =>
        (publication.Address is null || flow.To.Equals(publication.Address))
        && (publication.Protocol is null || flow.Protocol == (byte)publication.Protocol)
        && (publication.Ports is not { } ports || ports.Contains(flow.Port));

    /// <summary>Who answers, or did: the host itself is not among them.</summary>
    public static IEnumerable<IPAddress> Everybody(HostPublication publication) =>
        Addresses(publication.Targets).Concat(publication.Draining).Concat(Addresses(publication.Down));

    private static IEnumerable<IPAddress> Addresses(ValueList<HostTarget> targets) =>
        targets.Select(target => target.Address).OfType<IPAddress>();

    /// <summary>What was translated by a publication on any address is known by where it went.</summary>
    private static bool IsTo(HostPublication had, ConntrackFlow flow) =>
        had.Address is not null || Everybody(had).Contains(flow.Answers)
        || had.Targets.Any(target => target.Address is null && (target.FirstPort is null || target.FirstPort <= flow.AnsweringPort));

    /// <summary>Of a protocol whose ends know that they are connected.</summary>
    private static bool IsConnected(ConntrackFlow flow) => IsConnected(flow.Protocol);

    private static bool IsConnected(byte protocol) => protocol is (byte)PublishedProtocol.Tcp or (byte)PublishedProtocol.Sctp;

    private sealed record Place(HostPublication Of, Predicate<ConntrackFlow> Matches)
    {
        public bool Has(ConntrackFlow flow) => IsSentTo(Of, flow) && Matches(flow);
    }

    private sealed record Key(bool Ipv6, IPAddress? Address, PublishedProtocol? Protocol, int Port)
    {
        public static Key Of(HostPublication publication) =>
            new(publication.Ipv6, publication.Address, publication.Protocol, publication.Ports?.First ?? 0);
    }
}
