using System.Net;
using VirtNet.Host.Iptables;
using VirtNet.Model.Publishing;

namespace VirtNet.Host.Neighbours;

/// <summary>
/// Rules of others that send connections elsewhere, or to chains that do, found by the port or address that they are about: asking for
/// one publication costs what is in its way, however many rules there are. Rules about neither are parts of chains that are jumped to
/// for something that is not known here, and are not looked at; nor are chains that are jumped to for a port or an address, but as where
/// that leads.
/// </summary>
internal sealed class ForeignTranslations
{
    /// <summary>More are not looked through for each publication.</summary>
    private const int MostUnfollowing = 64;

    private readonly Dictionary<ushort, List<RuleSite>> _byPort = [];
    private readonly List<RuleSite> _ranges = [];
    private readonly Dictionary<IPAddress, List<RuleSite>> _byAddress = [];
    private readonly List<RuleSite> _unfollowing = [];

    public ForeignTranslations(IEnumerable<RuleTable> tables)
    {
        foreach (RuleTable table in tables)
        {
            HashSet<string> translating = Translating(table);
            foreach (RuleChain chain in table.Chains.Values.Where(chain => !PublicationChains.IsOne(chain.Name)))
            {
                foreach (RuleLine rule in chain.Rules)
                {
                    foreach (RuleLine line in rule.Entries.Prepend(rule))
                    {
                        Add(new RuleSite(table, chain, line), translating);
                    }
                }
            }
        }
    }

    /// <summary>Those that take connections to a published place, each once.</summary>
    public IEnumerable<RuleSite> Find(HostPublication place) =>
        (place.Ports is { } ports ? ByPort(ports) : [])
            .Concat(place.Address is { } address && _byAddress.TryGetValue(address, out List<RuleSite>? whole) ? whole : [])
            .Where(site => IsOf(site.Table, place.Ipv6) && Takes(site.Rule, place)).Distinct();

    /// <summary>Those by which the kernel does not know the answers of a network's guests for answers.</summary>
    public IEnumerable<RuleSite> FindUnfollowing(HostPublication place, string bridge, HostWays? ways) =>
        _unfollowing.Where(site => IsOf(site.Table, place.Ipv6)
            && (site.Rule.Ask(Arriving(place, ways)) == Match.Yes || site.Rule.Ask(Packet(place, null, bridge)) == Match.Yes));

    /// <summary>Chains that translate, or lead to some that do.</summary>
    private static HashSet<string> Translating(RuleTable table)
    {
        HashSet<string> found = [];
        ILookup<string, string> from = table.Chains.Values
            .SelectMany(chain => chain.Rules.SelectMany(rule => rule.Entries.Prepend(rule)).Select(rule => (chain.Name, rule.Verdict)))
            .Where(jump => jump.Verdict is { Kind: VerdictKind.Jump or VerdictKind.Goto, Target: not null })
            .ToLookup(jump => jump.Verdict.Target!, jump => jump.Name);
        Stack<string> left = new(table.Chains.Values
            .Where(chain => !PublicationChains.IsOne(chain.Name)
                && chain.Rules.Any(rule => rule.Entries.Prepend(rule).Any(line => line.Verdict.Kind == VerdictKind.Translate)))
            .Select(chain => chain.Name));
        while (left.TryPop(out string? chain))
        {
            if (found.Add(chain))
            {
                foreach (string jumping in from[chain])
                {
                    left.Push(jumping);
                }
            }
        }

        return found;
    }

    private void Add(RuleSite site, HashSet<string> translating)
    {
        bool translates = site.Rule.Verdict switch
        {
            { Kind: VerdictKind.Translate } => true,
            { Kind: VerdictKind.Jump or VerdictKind.Goto, Target: { } chain } => translating.Contains(chain),
            _ => false,
        };
        switch (site.Rule)
        {
            case { Verdict.Kind: VerdictKind.Unfollow } when _unfollowing.Count < MostUnfollowing:
                _unfollowing.Add(site);
                break;
            case { Ports.Count: > 0 } rule when translates:
                foreach (PortRange range in rule.Ports)
                {
                    if (range.IsSingle)
                    {
                        Of(_byPort, range.First).Add(site);
                    }
                    else
                    {
                        _ranges.Add(site);
                    }
                }

                break;
            case { Destination: { } address } when translates:
                Of(_byAddress, address).Add(site);
                break;
        }
    }

    private IEnumerable<RuleSite> ByPort(PortRange ports) => Enumerable.Range(ports.First, ports.Count)
        .SelectMany(port => _byPort.TryGetValue((ushort)port, out List<RuleSite>? sites) ? sites : [])
        .Concat(_ranges.Where(site => site.Rule.Ports.Any(range => range.Overlaps(ports))));

    private static bool Takes(RuleLine rule, HostPublication place)
    {
        if (place.IsLoopback && !Equals(rule.Destination, place.Address))
        {
            return false; // what comes from elsewhere never gets there
        }

        ushort port = place.Ports is not { } ports ? (ushort)0
            : rule.Ports.Where(range => range.Overlaps(ports)).Select(range => Math.Max(range.First, ports.First)).DefaultIfEmpty(ports.First).First();
        return rule.Ask(Packet(place, place.Address ?? rule.Destination, null) with { DestinationPort = port }) != Match.No;
    }

    /// <summary>The first of a connection from outside: by the publication's own link, or the one to most clients.</summary>
    private static SamplePacket Arriving(HostPublication place, HostWays? ways) => Packet(place, place.Address, null) with
    {
        In = place.IsLoopback ? null : place.Interface ?? (place.Ipv6 ? ways?.Uplink6 : ways?.Uplink4),
    };

    /// <param name="bridge">By which it comes in; null = not known.</param>
    private static SamplePacket Packet(HostPublication place, IPAddress? to, string? bridge)
    {
        IPAddress any = place.Ipv6 ? IPAddress.IPv6Any : IPAddress.Any;
        return new SamplePacket(Traffic.Outside, bridge, null, any, to ?? any)
        {
            Protocol = place.Protocol?.Name() ?? "tcp",
            DestinationPort = bridge is null ? place.Ports?.First ?? 0 : (ushort)40000,
            DestinationType = bridge is null ? "local" : "unicast",
        };
    }

    private static bool IsOf(RuleTable table, bool ipv6) => table.Family switch { "ip" => !ipv6, "ip6" => ipv6, _ => true };

    private static List<RuleSite> Of<TKey>(Dictionary<TKey, List<RuleSite>> sites, TKey key)
        where TKey : notnull
    {
        if (!sites.TryGetValue(key, out List<RuleSite>? of))
        {
            sites.Add(key, of = []);
        }

        return of;
    }
}

/// <summary>A rule, and where it is.</summary>
internal sealed record RuleSite(RuleTable Table, RuleChain Chain, RuleLine Rule)
{
    /// <summary>By which people find it.</summary>
    public string Place => $"{Table}, chain {Chain.Name}, rule '{Rule.Text}'";

    public bool Equals(RuleSite? other) => ReferenceEquals(Rule, other?.Rule);

    public override int GetHashCode() => System.Runtime.CompilerServices.RuntimeHelpers.GetHashCode(Rule);
}
