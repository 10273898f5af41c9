using VirtNet.Host.Firewall;
using VirtNet.Host.Flows;
using VirtNet.Host.Hairpins;
using VirtNet.Host.Neighbours;
using VirtNet.Host.Netlink;
using VirtNet.Host.Spanning;
using VirtNet.Linux.Netlink;

namespace VirtNet.Host.Watch;

/// <summary>
/// Hears what is changed in nftables, a transaction at a time: passes on a hint where that concerns rules of a network, and who did
/// it. Announcements come from one thread.
/// </summary>
internal sealed class FirewallListener
{
    private readonly WatchedBridges _bridges;
    private readonly HostWatcher _watcher;
    private readonly OwnRuleChanges? _ownPrograms;
    private readonly Culprits _culprits;
    private readonly IRuleAnnouncements? _rules;
    private readonly Neighbourhood? _neighbours;
    private readonly HashSet<uint> _ownPorts = [.. OwnPorts.Read()];

    // Of the transaction that is being announced.
    private readonly RuleDamage _damage = new();
    private bool _likelyOwn;
    private bool _spansHarmed;
    private bool _hairpinsHarmed;
    private bool _flowsHarmed;

    /// <param name="ownPrograms">When programs of our own change rules; null = our own changes come by sockets of this process.</param>
    /// <param name="rules">Where networks' rules are; null = they have none.</param>
    public FirewallListener(
        WatchedBridges bridges, HostWatcher watcher, OwnRuleChanges? ownPrograms, Culprits culprits, IRuleAnnouncements? rules,
        Neighbourhood? neighbours)
    {
        _bridges = bridges;
        _watcher = watcher;
        _ownPrograms = ownPrograms;
        _culprits = culprits;
        _rules = rules;
        _neighbours = neighbours;
    }

    public void Hear(in NetlinkMessage message)
    {
        if (_ownPorts.Contains(message.Port) || NfTablesMessage.TryParse(message) is not { } change)
        {
            return;
        }

        bool likelyOwn = _ownPrograms is { Likely: true };
        _likelyOwn |= likelyOwn;
        _rules?.Judge(change, message, _damage);
        if (change.Change != NfTablesChange.LookupMade) // what is added harms nothing
        {
            _spansHarmed |= SpanTable.IsOne(change.Table);
            _hairpinsHarmed |= HairpinTable.IsOne(change.Table);
            _flowsHarmed |= FlowTable.IsOne(change.Table);
        }

        _neighbours?.Hear(change, likelyOwn);
        if (change.Change == NfTablesChange.Generation)
        {
            Conclude(change);
            ForgetTransaction();
        }
    }

    /// <summary>The rest of it was missed.</summary>
    public void ForgetTransaction()
    {
        _damage.Clear();
        _spansHarmed = false;
        _hairpinsHarmed = false;
        _flowsHarmed = false;
        _likelyOwn = false;
    }

    /// <summary>The end of a transaction says whose it was; what it did was announced before.</summary>
    private void Conclude(NfTablesMessage end)
    {
        if (_damage.IsNone && !_spansHarmed && !_hairpinsHarmed && !_flowsHarmed)
        {
            return;
        }

        Culprit author = new(end.Process, end.Program);
        if (_ownPrograms is null && (author.IsSelf || OwnPorts.Read().Contains(end.Port)))
        {
            _ownPorts.Add(end.Port); // libnftables opens another socket after it was interrupted
            return;
        }

        bool isOwn = _likelyOwn || author.IsSelf;
        SuspectSharers();
        if (_damage.IsNone)
        {
            return;
        }

        WatchedNetwork[] harmed;
        lock (_bridges.Sync)
        {
            harmed = [.. _damage.Bridges.Select(_bridges.Find).OfType<WatchedBridge>().Select(bridge => bridge.Network)];
        }

        if (_damage.Everyone || harmed.Length < _damage.Bridges.Count)
        {
            if (!isOwn)
            {
                _culprits.ChangedSharedRules(author);
            }

            _watcher.SuspectAll(Suspicion.Rules, _likelyOwn); // rules follow a bridge that was renamed: its name tells nothing
            return;
        }

        foreach (WatchedNetwork network in harmed)
        {
            if (!isOwn)
            {
                _culprits.ChangedRules(network.Uuid, author);
            }

            _watcher.Suspect(network.Uuid, Suspicion.Rules, _likelyOwn);
        }
    }

    /// <summary>What all that span hosts share was changed, or what belongs to hairpin ports, or to connections that are offloaded.</summary>
    private void SuspectSharers()
    {
        if (_flowsHarmed)
        {
            _watcher.SuspectAll(Suspicion.Links, _likelyOwn);
        }

        WatchedNetwork[] spanning;
        lock (_bridges.Sync)
        {
            spanning =
            [
                .. _spansHarmed ? _bridges.Spanning.Select(bridge => bridge.Network) : [],
                .. _hairpinsHarmed ? _bridges.All.Select(bridge => bridge.Network).Where(network => network.Hairpins is not null) : [],
            ];
        }

        foreach (WatchedNetwork network in spanning)
        {
            _watcher.Suspect(network.Uuid, Suspicion.Links | Suspicion.Rules, _likelyOwn);
        }
    }
}
