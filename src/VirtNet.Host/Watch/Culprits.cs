using VirtNet.Host.Firewall;
using VirtNet.Host.Netlink;

namespace VirtNet.Host.Watch;

/// <summary>Remembers for a moment who changed what, so that a repair can say whose change it undid. Thread-safe.</summary>
internal sealed class Culprits(TimeProvider time)
{
    /// <summary>A repair follows its cause within a second or so; one that comes later has another cause, for all we know.</summary>
    public static readonly TimeSpan Memory = TimeSpan.FromSeconds(5);

    private readonly Lock _gate = new();
    private readonly Dictionary<Guid, Sighting> _links = [];
    private Sighting? _rules;

    /// <summary>Took away something of the rules of any network.</summary>
    public void ChangedRules(Culprit who)
    {
        lock (_gate)
        {
            _rules = new Sighting(who, time.GetUtcNow());
        }
    }

    /// <summary>Took away something else of this network.</summary>
    public void ChangedLinks(Guid network, Culprit who)
    {
        lock (_gate)
        {
            _links[network] = new Sighting(who, time.GetUtcNow());
        }
    }

    /// <returns>Who made these changes necessary, for a text; null where that is not known.</returns>
    public string? Of(Guid network, IReadOnlyCollection<HostChange> repairs)
    {
        lock (_gate)
        {
            _links.Remove(network, out Sighting? links);
            bool rules = repairs.Any(change => change.After is FirewallRules);
            bool others = repairs.Any(change => change.After is not FirewallRules);
            string[] who =
            [
                .. new[] { rules ? _rules : null, others ? links : null }
                    .Where(sighting => sighting is not null && time.GetUtcNow() - sighting.At < Memory)
                    .Select(sighting => sighting!.Who.ToString())
                    .Distinct(),
            ];
            return who.Length == 0 ? null : string.Join(" and ", who);
        }
    }

    public void Forget(Guid network)
    {
        lock (_gate)
        {
            _links.Remove(network);
        }
    }

    private sealed record Sighting(Culprit Who, DateTimeOffset At);
}
