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
    private readonly Dictionary<Guid, Sighting> _rules = [];
    private Sighting? _sharedRules;

    /// <summary>Took away something of the rules that all networks share.</summary>
    public void ChangedSharedRules(Culprit who)
    {
        lock (_gate)
        {
            _sharedRules = new Sighting(who, time.GetUtcNow());
        }
    }

    /// <summary>Took away something of the rules of this network.</summary>
    public void ChangedRules(Guid network, Culprit who)
    {
        lock (_gate)
        {
            _rules[network] = new Sighting(who, time.GetUtcNow());
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
            _rules.Remove(network, out Sighting? rules);
            bool ofRules = repairs.Any(change => change.After is FirewallRules);
            bool ofOthers = repairs.Any(change => change.After is not FirewallRules);
            string? rulesBy = ofRules ? NameOf(rules) ?? NameOf(_sharedRules) : null;
            string? othersBy = ofOthers ? NameOf(links) : null;
            return (rulesBy, othersBy) switch
            {
                (null, null) => null,
                (null, _) => ofRules ? $"{othersBy}, all but the rules" : othersBy,
                (_, null) => ofOthers ? $"{rulesBy}, the rules alone" : rulesBy,
                _ => rulesBy == othersBy ? rulesBy : $"{othersBy} and {rulesBy}",
            };
        }
    }

    public void Forget(Guid network)
    {
        lock (_gate)
        {
            _links.Remove(network);
            _rules.Remove(network);
        }
    }

    private string? NameOf(Sighting? sighting) =>
        sighting is not null && time.GetUtcNow() - sighting.At < Memory ? $"{sighting.Who}" : null;

    private sealed record Sighting(Culprit Who, DateTimeOffset At);
}
