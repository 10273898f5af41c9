using VirtNet.Host.Iptables;
using VirtNet.Host.Netlink;
using VirtNet.Host.Watch;

namespace VirtNet.Host.Neighbours;

/// <summary>One look: read, let through, tell.</summary>
public sealed partial class Neighbourhood
{
    /// <param name="anew">Whether rules must be read; else only networks are new.</param>
    private async Task LookAsync(bool anew)
    {
        GuestNetwork[] networks;
        bool cleaning;
        HashSet<string> former;
        lock (_gate)
        {
            networks = [.. anew ? _networks.Values : _new.Select(uuid => _networks[uuid])];
            cleaning = _cleaning;
            _cleaning = false;
            former = [.. _formerBridges];
            _formerBridges.Clear();
            _new.Clear();
        }

        if (networks.Length == 0 && !cleaning)
        {
            return;
        }

        try
        {
            _view = anew ? await ReadAsync() : _view;
            // Found out with the rules, not for each network that starts.
            HostWays ways = _waysThen = anew || _waysThen is null ? _ways() : _waysThen;
            bool IsGone(string bridge) => former.Contains(bridge) || (cleaning && !_linkExists(bridge));
            if (await AdmitAsync(networks, IsGone, paced: true, ways))
            {
                _view = await ReadAsync();
            }

            Culprit? culprit;
            lock (_gate)
            {
                culprit = _culprit;
                networks = [.. networks.Where(network => _networks.ContainsKey(network.Uuid))]; // not those that ended meanwhile
            }

            _report.Tell(networks.ToDictionary(
                network => network.Uuid,
                network => CutOffs.Find(_view.Tables, network, ways, site => IsOurs(site, network), culprit).ToArray()));
        }
        catch
        {
            lock (_gate)
            {
                _schedule.Changed(_time.GetUtcNow()); // tried again, no sooner than reading is due anyway
                _cleaning |= cleaning;
                _formerBridges.UnionWith(former);
            }

            throw;
        }
    }

    private async Task<ForeignView> ReadAsync()
    {
        bool withOwn;
        lock (_gate)
        {
            withOwn = _ownTouched;
        }

        long began = _time.GetTimestamp();
        try
        {
            ForeignView view = await _rulesets.ReadAsync(withOwn, CancellationToken.None);
            TimeSpan took = _time.GetElapsedTime(began);
            _logger.Looked(view.Tables.Count, took);
            return view;
        }
        finally
        {
            lock (_gate)
            {
                _schedule.HaveRead(_time.GetUtcNow(), _time.GetElapsedTime(began));
            }
        }
    }

    private bool HasRulesFor(string bridge) => _view.Tables.Any(table => table.Chains.Values
        .Where(chain => AdmissionPlaces.IsPlace(chain.Name))
        .SelectMany(chain => chain.Rules).Any(rule => AdmissionRules.BridgeOf(rule) == bridge));

    /// <returns>Whether anything was changed.</returns>
    private async Task<bool> AdmitAsync(
        IReadOnlyList<GuestNetwork> networks, Func<string, bool> isGone, bool paced, HostWays? ways = null)
    {
        bool changed = false;
        foreach (Admission admission in Admissions.Plan(_view.Tables, networks, ways ?? _ways(), _admits, isGone))
        {
            string table = $"{admission.Table}";
            if (paced && !MayChange(table, admission.Admitted))
            {
                continue;
            }

            string? prefix = await _rulesets.Programs.FindAsync(
                admission.Table.Keeper, admission.Table.Family == "ip6", CancellationToken.None);
            if (prefix is null)
            {
                continue; // shown by nftables only; what it drops is told
            }

            await _rulesets.Programs.RestoreAsync(prefix, admission.Script, CancellationToken.None);
            changed = true;
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

        return changed;
    }

    /// <summary>Somebody may keep undoing it; a fight helps nobody.</summary>
    private bool MayChange(string table, IReadOnlyList<string> bridges)
    {
        bool again = false;
        foreach (string bridge in bridges)
        {
            again |= !_admitted.Add($"{table} {bridge}");
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
            _logger.SlowingDown(table, wait);
        }

        return true;
    }

    /// <summary>The iptables backend refuses what it must, in libvirt's chains.</summary>
    private static bool IsOurs(DropSite site, GuestNetwork network) =>
        site.Rule is not null && site.Table.Keeper != RuleKeeper.Nft
        && IptablesShapes.BridgeOf(new IptablesRule(site.Table.Name, site.Chain.Name, site.Rule.Text)) == network.Bridge;
}
