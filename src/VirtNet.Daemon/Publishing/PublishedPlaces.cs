using System.Net;
using VirtNet.Model.Publishing;

namespace VirtNet.Daemon.Publishing;

/// <summary>
/// Where networks publish, so that no two publish at the same place. A port is another place than a range that it is in, and both than
/// the whole address: what is more exact goes before. For which clients it is makes no other place, as it does within one network: the
/// rules look a place up once, in a map for all networks, and find where it leads for everybody there. What one network has costs
/// what it has, whatever others have. Thread-safe.
/// </summary>
internal sealed class PublishedPlaces
{
    private readonly Lock _lock = new();
    private readonly Dictionary<Place, Holder> _exact = [];
    private readonly Dictionary<Place, List<(PortRange Range, Holder Holder)>> _ranges = [];
    private readonly Dictionary<Guid, IReadOnlyList<Publication>> _held = [];

    /// <summary>Gives a network these places instead of those that it had, or leaves all as it was.</summary>
    /// <param name="publications">With their addresses: null = any.</param>
    /// <returns>Which of them another network has, half a sentence; null = it has them now.</returns>
    public string? Replace(Guid network, string name, IReadOnlyList<Publication> publications)
    {
        lock (_lock)
        {
            if (FindTaken(network, publications) is { } taken)
            {
                return taken;
            }

            Remove(network);
            if (publications.Count > 0)
            {
                _held[network] = publications;
            }

            foreach ((Place place, PortRange? range, bool forAll) in publications.SelectMany(PlacesOf))
            {
                Holder holder = new(network, name, forAll);
                if (range is { IsSingle: false } ports)
                {
                    if (!_ranges.TryGetValue(place, out List<(PortRange, Holder)>? ranges))
                    {
                        _ranges.Add(place, ranges = []);
                    }

                    ranges.Add((ports, holder));
                }
                else
                {
                    _exact[place] = holder;
                }
            }

            return null;
        }
    }

    /// <returns>Which of these places another network has, half a sentence; null = none.</returns>
    public string? FindTaken(Guid network, IReadOnlyList<Publication> publications)
    {
        lock (_lock)
        {
            return publications.Select(publication => Find(publication, network) is { } other
                ? $"{publication.Listen} is published by network '{other.Name}'" + (publication.IsForAll && other.IsForAll ? ""
                    : ": one place leads to one network, whoever its clients are (choose another port, or an address of the host's)")
                : null).FirstOrDefault(taken => taken is not null);
        }
    }

    public void Release(Guid network)
    {
        lock (_lock)
        {
            Remove(network);
        }
    }

    private Holder? Find(Publication publication, Guid except)
    {
        foreach ((Place place, PortRange? range, _) in PlacesOf(publication))
        {
            Holder? holder = range is { IsSingle: false } ports
                ? _ranges.GetValueOrDefault(place)?.FirstOrDefault(other => other.Holder.Network != except && other.Range.Overlaps(ports)).Holder
                : _exact.GetValueOrDefault(place);
            if (holder is not null && holder.Network != except)
            {
                return holder;
            }
        }

        return null;
    }

    private void Remove(Guid network)
    {
        if (!_held.Remove(network, out IReadOnlyList<Publication>? held))
        {
            return;
        }

        foreach ((Place place, PortRange? range, _) in held.SelectMany(PlacesOf))
        {
            if (range is { IsSingle: false })
            {
                if (_ranges.TryGetValue(place, out List<(PortRange Range, Holder Holder)>? ranges)
                    && ranges.RemoveAll(other => other.Holder.Network == network) > 0 && ranges.Count == 0)
                {
                    _ranges.Remove(place);
                }
            }
            else
            {
                _exact.Remove(place);
            }
        }
    }

    private static IEnumerable<(Place Place, PortRange? Range, bool ForAll)> PlacesOf(Publication publication)
    {
        IReadOnlyList<IPAddress> addresses = publication.ListenAddresses(defaultAddress: null);
        return publication.IsWholeAddress
            ? addresses.Select(at => (new Place(at, null, 0), (PortRange?)null, publication.IsForAll))
            : addresses.SelectMany(at => publication.Ports.Select(range =>
                (new Place(at, publication.Protocol, range.IsSingle ? range.First : 0), (PortRange?)range, publication.IsForAll)));
    }

    /// <param name="Port">0 = of the whole address, or of ranges.</param>
    private sealed record Place(IPAddress Address, PublishedProtocol? Protocol, int Port);

    private sealed record Holder(Guid Network, string Name, bool IsForAll);
}
