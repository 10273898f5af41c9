using System.Diagnostics.CodeAnalysis;
using VirtNet.Wire.Dns;

namespace VirtNet.Services.Dns.Zone;

/// <summary>
/// Rules for domains. Servers and addresses of one domain add up; servers beat "local only", and addresses leave what they do
/// not answer to either. What the network itself says of a domain beats all of them.
/// </summary>
internal sealed class RouteTable
{
    private static readonly DnsName AnyLabel = DnsName.TryParse("*")!;

    private readonly Dictionary<DnsName, ZoneRoute> _below = new(DnsNameComparer.Instance);
    private readonly Dictionary<DnsName, (string LabelEnd, ZoneRoute Route)[]> _byEnd = new(DnsNameComparer.Instance);
    private readonly Dictionary<DnsName, ZoneRoute>.AlternateLookup<ReadOnlySpan<byte>> _findBelow;
    private readonly Dictionary<DnsName, (string LabelEnd, ZoneRoute Route)[]>.AlternateLookup<ReadOnlySpan<byte>> _findByEnd;

    private readonly NameAncestors _ancestors = new();

    public RouteTable()
    {
        _findBelow = _below.GetAlternateLookup<ReadOnlySpan<byte>>();
        _findByEnd = _byEnd.GetAlternateLookup<ReadOnlySpan<byte>>();
    }

    public void Add(RouteDomain domain, ZoneRoute route)
    {
        if (route is ZoneRoute.Own && AnyLabel.Under(domain.Domain) is { } below)
        {
            _ancestors.AddAbove(below);
        }

        if (domain.LabelEnd is not { } end)
        {
            _below[domain.Domain] = Join(_below.GetValueOrDefault(domain.Domain), route)!;
            return;
        }

        // The longest end first: it is looked for first.
        (string LabelEnd, ZoneRoute Route)[] known = _byEnd.GetValueOrDefault(domain.Domain, []);
        ZoneRoute? before = known.FirstOrDefault(one => one.LabelEnd == end).Route;
        _byEnd[domain.Domain] =
            [.. known.Where(one => one.LabelEnd != end).Append((LabelEnd: end, Route: Join(before, route)!)).OrderByDescending(one => one.LabelEnd.Length)];
    }

    /// <summary>Adds a rule for a domain that has none of its own.</summary>
    public void AddIfNone(DnsName domain, ZoneRoute route) => _below.TryAdd(domain, route);

    /// <summary>The rule of the longest domain that holds the name.</summary>
    /// <param name="wider">Where to look for the next wider rule; empty: there is none.</param>
    /// <param name="isForAll">The rule holds for every name.</param>
    public bool TryFind(
        ReadOnlySpan<byte> name, [NotNullWhen(true)] out ZoneRoute? route, out ReadOnlySpan<byte> wider, out bool isForAll)
    {
        wider = [];
        while (_below.Count + _byEnd.Count > 0)
        {
            isForAll = name[0] == 0;
            if (_findBelow.TryGetValue(name, out route))
            {
                wider = isForAll ? [] : DnsName.Parent(name);
                return true;
            }

            if (isForAll)
            {
                break;
            }

            ReadOnlySpan<byte> label = name.Slice(1, name[0]);
            name = DnsName.Parent(name);
            if (_byEnd.Count > 0 && _findByEnd.TryGetValue(name, out (string LabelEnd, ZoneRoute Route)[]? ends)
                && FindEnd(label, ends) is { } found)
            {
                route = found;
                wider = name;
                return true;
            }
        }

        route = null;
        isForAll = false;
        return false;
    }

    /// <summary>Whether the network itself has names below this one.</summary>
    public bool IsAbove(ReadOnlySpan<byte> name) => _ancestors.Contains(name);

    private static ZoneRoute? FindEnd(ReadOnlySpan<byte> label, (string LabelEnd, ZoneRoute Route)[] ends)
    {
        foreach ((string end, ZoneRoute route) in ends)
        {
            if (end.Length <= label.Length && System.Text.Ascii.EqualsIgnoreCase(label[^end.Length..], end))
            {
                return route;
            }
        }

        return null;
    }

    private static ZoneRoute? Join(ZoneRoute? known, ZoneRoute? more) => (known, more) switch
    {
        (null, _) => more,
        (_, null) => known,
        (ZoneRoute.Own first, ZoneRoute.Own second) => new ZoneRoute.Own([.. first.Addresses, .. second.Addresses]),
        (ZoneRoute.Own, _) => known,
        (_, ZoneRoute.Own) => more,
        (ZoneRoute.Fixed first, ZoneRoute.Fixed second) =>
            new ZoneRoute.Fixed([.. first.Addresses, .. second.Addresses], Join(first.Others, second.Others)),
        (ZoneRoute.Fixed addresses, _) => addresses with { Others = Join(addresses.Others, more) },
        (_, ZoneRoute.Fixed addresses) => addresses with { Others = Join(known, addresses.Others) },
        (ZoneRoute.Servers first, ZoneRoute.Servers second) => new ZoneRoute.Servers([.. first.Endpoints, .. second.Endpoints]),
        (_, ZoneRoute.Local) => known,
        _ => more,
    };
}
