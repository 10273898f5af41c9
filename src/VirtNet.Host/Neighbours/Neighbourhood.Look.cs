using VirtNet.Host.Iptables;
using VirtNet.Host.Nft;
using VirtNet.Host.Reconcile;

namespace VirtNet.Host.Neighbours;

/// <content>One look: read, let through, tell.</content>
public sealed partial class Neighbourhood
{
    /// <param name="anew">Whether rules must be read; else only networks are new.</param>
    private async Task LookAsync(bool anew, CancellationToken cancellationToken)
    {
        GuestNetwork[] networks;
        bool cleaning;
        HashSet<string> leaving;
        HashSet<string> inUse;
        lock (_gate)
        {
            networks = [.. anew ? _networks.Values : _new.Select(uuid => _networks[uuid])];
            cleaning = _cleaning;
            _cleaning = false;
            leaving = [.. _leaving];
            inUse = cleaning ? [.. _bridges.Keys] : [];
            _new.Clear();
        }

        if (networks.Length == 0 && !cleaning && leaving.Count == 0)
        {
            Outdate(); // for whoever comes next
            return;
        }

        try
        {
            _view = anew ? await ReadAsync(cancellationToken) : _view;
            // Found out with the rules, not for each network that starts.
            HostWays? ways = _waysThen = networks.Length > 0 && (anew || _waysThen is null) ? _ways() : _waysThen;
            bool IsGone(string bridge) =>
                leaving.Contains(bridge) || (cleaning && !inUse.Contains(bridge) && !_linkExists(bridge));
            Admittance admittance = await AdmitAsync(networks, IsGone, paced: true, ways, cancellationToken);
            if (admittance.Changed)
            {
                _view = await ReadAsync(cancellationToken);
            }

            // Whoever could not be let through is cut off, and told so.
            Tell(networks, ways);
            admittance.ThrowIfFailed();
            ThrowIfPartial();
            if (admittance.Complete)
            {
                HaveLeft(cleaning ? [.. leaving, .. _admitted.Keys.Where(bridge => !inUse.Contains(bridge))] : leaving);
                cleaning = false;
            }
        }
        finally
        {
            lock (_gate)
            {
                _cleaning |= cleaning;
            }
        }
    }

    /// <summary>Removes what lets bridges through that are nobody's any more.</summary>
    private async Task DismissAsync(CancellationToken cancellationToken)
    {
        HashSet<string> leaving;
        lock (_gate)
        {
            leaving = [.. _leaving];
        }

        if (_hasRead && !leaving.Any(MayBeAdmitted))
        {
            HaveLeft(leaving); // or whoever came before has taken them along
            return;
        }

        _view = await ReadAsync(cancellationToken);
        Admittance admittance = await AdmitAsync([], leaving.Contains, paced: false, ways: null, cancellationToken);
        admittance.ThrowIfFailed();
        ThrowIfPartial();
        HaveLeft(leaving);
        Outdate();
    }

    /// <summary>Only virtnet itself lets bridges through, so nothing newer than the last look can have been added unseen.</summary>
    private bool MayBeAdmitted(string bridge) => _view.Admitted.Contains(bridge) || _admitted.ContainsKey(bridge);

    /// <summary>What could not be read may hold anything: it is tried again.</summary>
    private void ThrowIfPartial()
    {
        if (_view.Failure is { } failure)
        {
            throw failure;
        }
    }

    private void Outdate()
    {
        lock (_gate)
        {
            _schedule.Outdate();
        }
    }

    private void HaveLeft(IReadOnlyCollection<string> bridges)
    {
        lock (_gate)
        {
            _leaving.ExceptWith(bridges);
        }

        foreach (string bridge in bridges)
        {
            _admitted.TryRemove(bridge, out _);
        }
    }

    private void Tell(IEnumerable<GuestNetwork> networks, HostWays? ways)
    {
        RuleAuthors authors;
        GuestNetwork[] running;
        lock (_gate)
        {
            authors = _authors;
            running = [.. networks.Where(network => _networks.ContainsKey(network.Uuid))]; // not those that ended meanwhile
        }

        MarkTrail marks = new(_view.Tables);
        _report.Tell(running.ToDictionary(
            network => network.Uuid,
            network => CutOffs.Find(_view.Tables, marks, network, ways!, site => IsOurs(site, network), authors).ToArray()));
        foreach (GuestNetwork network in running)
        {
            _published.Tell(network, network.Places.Count == 0 ? [] : [.. PublicationWarnings.Find(_view, network, ways, authors)]);
        }
    }

    private async Task<ForeignView> ReadAsync(CancellationToken cancellationToken)
    {
        bool withOwn;
        bool withMaps;
        lock (_gate)
        {
            withOwn = _ownTouched;
            _ownTouched = false;
            withMaps = _mapsRead = _networks.Values.Any(network => network.Places.Count > 0);
        }

        bool strays = withOwn;
        long began = _time.GetTimestamp();
        try
        {
            ForeignView view = await _rulesets.ReadAsync(_view, withOwn, withMaps, cancellationToken);
            strays = view.Tables.Any(table => table is { Keeper: RuleKeeper.Nft, Family: NftNames.Family, Name: NftNames.TableName, Chains.Count: > 0 });
            _hasRead = true;
            TimeSpan took = _time.GetElapsedTime(began);
            _logger.Looked(view.Tables.Count, took);
            return view;
        }
        finally
        {
            lock (_gate)
            {
                _ownTouched |= strays; // what is in there is looked for until it is gone
            }
        }
    }

    private async Task<Admittance> AdmitAsync(
        IReadOnlyList<GuestNetwork> networks, Func<string, bool> isGone, bool paced, HostWays? ways, CancellationToken cancellationToken)
    {
        Admittance result = new();
        foreach (Admission admission in Admissions.Plan(_view.Tables, networks, ways, _admits, isGone)
            .Concat(NftAdmissions.Plan(_view.Tables, networks, ways, _admits, isGone)))
        {
            string table = $"{admission.Table}";
            if (paced && !MayChange(table, admission.Admitted))
            {
                result.Complete = false;
                continue;
            }

            bool changed = false;
            try
            {
                await _ownChanges.RunAsync(async () =>
                    changed = await _rulesets.ChangeAsync(admission.Table, admission.Script, cancellationToken));
            }
            catch (HostCommandException e)
            {
                result.Failure ??= e; // the other tables are changed all the same
            }

            result.Changed |= changed;
            if (!changed)
            {
                continue;
            }

            if (admission.Admitted.Count > 0)
            {
                string bridges = string.Join(", ", admission.Admitted);
                _logger.Admitted(bridges, admission.Chains, table);
            }
            else
            {
                _logger.Dismissed(table);
            }
        }

        return result;
    }

    /// <summary>Somebody may keep undoing it; a fight helps nobody.</summary>
    private bool MayChange(string table, IReadOnlyList<string> bridges)
    {
        bool again = false;
        foreach (string bridge in bridges)
        {
            again |= !_admitted.GetOrAdd(bridge, _ => []).Add(table);
        }

        if (!again)
        {
            return true;
        }

        DateTimeOffset now = _time.GetUtcNow();
        if (!_paces.TryGetValue(table, out RepairPace? pace))
        {
            _paces.Add(table, pace = new RepairPace());
        }

        if (pace.NextAllowed > now)
        {
            lock (_gate)
            {
                _nextPatrol = pace.NextAllowed < _nextPatrol ? pace.NextAllowed : _nextPatrol;
            }

            return false;
        }

        if (pace.Count(now) is { } wait)
        {
            _logger.SlowingDown(table, wait.TotalSeconds);
        }

        return true;
    }

    /// <summary>The iptables backend refuses what it must, in libvirt's chains.</summary>
    private static bool IsOurs(DropSite site, GuestNetwork network) =>
        site.Rule is not null && site.Table.Keeper != RuleKeeper.Nft
        && IptablesShapes.BridgeOf(new IptablesRule(site.Table.Name, site.Chain.Name, site.Rule.Text)) == network.Bridge;

    /// <summary>What came of changing other firewalls' tables.</summary>
    private sealed class Admittance
    {
        public bool Changed { get; set; }

        /// <summary>False = something was put off.</summary>
        public bool Complete { get; set; } = true;

        public HostCommandException? Failure { get; set; }

        public void ThrowIfFailed()
        {
            if (Failure is not null)
            {
                throw Failure;
            }
        }
    }
}
