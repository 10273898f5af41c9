using System.Net;
using VirtNet.Model.Xml;

namespace VirtNet.Model.Publishing;

/// <summary>
/// Where the publications of a network listen: each has a name of its own, and no two the same address and port for the same
/// clients. A port may be one of a range's: it goes before it.
/// </summary>
/// <param name="defaultAddress">Where those without an address listen; null = everywhere.</param>
internal sealed class ListenPlaces(IPAddress? defaultAddress)
{
    private static readonly Comparer<PortRange> ByFirst = Comparer<PortRange>.Create((a, b) => a.First.CompareTo(b.First));

    private readonly HashSet<string> _keys = new(StringComparer.Ordinal);
    private readonly Dictionary<Place, Taken> _taken = [];

    public string? WhyTaken(Publication publication)
    {
        if (_keys.Contains(publication.Key))
        {
            return $"there is a publication '{publication.Key}' already";
        }

        foreach (Place place in PlacesOf(publication))
        {
            if (_taken.TryGetValue(place, out Taken? taken)
                && (publication.IsWholeAddress || publication.Ports.Any(taken.Has)))
            {
                return Describe(publication, taken);
            }
        }

        return null;
    }

    public void Add(Publication publication)
    {
        _keys.Add(publication.Key);
        foreach (Place place in PlacesOf(publication))
        {
            if (!_taken.TryGetValue(place, out Taken? taken))
            {
                _taken.Add(place, taken = new Taken());
            }

            foreach (PortRange range in publication.Ports)
            {
                taken.Add(range);
            }
        }
    }

    private string Describe(Publication publication, Taken taken)
    {
        IPAddress? address = publication.Address ?? defaultAddress;
        string clients = publication.IsForAll ? "" : " for the same clients";
        if (publication.IsWholeAddress)
        {
            return $"{AddressText.Format(address!)} is published already{clients}";
        }

        PortRange twice = publication.Ports.First(taken.Has);
        string protocol = publication.Protocol is null or PublishedProtocol.Tcp ? "" : $"/{publication.Protocol.Value.Name()}";
        string where = address is null ? "" : $" of {AddressText.Format(address)}";
        return twice.IsSingle ? $"port {twice}{protocol}{where} is published already{clients}"
            : $"some of ports {twice}{protocol}{where} are published already{clients}";
    }

    private IEnumerable<Place> PlacesOf(Publication publication) => publication.ListenAddresses(defaultAddress).Select(address => new Place(
        address, publication.Protocol, publication.Interface,
        string.Join(',', publication.From.Select(from => from.ToString()).Order(StringComparer.Ordinal))));

    private sealed record Place(IPAddress Address, PublishedProtocol? Protocol, string? Interface, string From);

    /// <summary>Ports, and ranges that do not overlap.</summary>
    private sealed class Taken
    {
        private readonly HashSet<ushort> _ports = [];
        private readonly SortedSet<PortRange> _ranges = new(ByFirst);

        public bool Has(PortRange range) => range.IsSingle
            ? _ports.Contains(range.First)
            : _ranges.GetViewBetween(new PortRange(1), new PortRange(range.Last)).Max.Last >= range.First;

        public void Add(PortRange range) => _ = range.IsSingle ? _ports.Add(range.First) : _ranges.Add(range);
    }
}
