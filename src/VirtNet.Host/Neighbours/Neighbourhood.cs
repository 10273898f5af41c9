using System.Collections.Concurrent;
using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using VirtNet.Host.Firewall;
using VirtNet.Host.Iptables;
using VirtNet.Host.Netlink;
using VirtNet.Host.Nft;
using VirtNet.Host.Reconcile;
using VirtNet.Model;
using VirtNet.Model.Conditions;

namespace VirtNet.Host.Neighbours;

/// <summary>
/// The other firewalls of the host. What one of them drops no rule of ours can bring back: an accept ends one chain at a hook,
/// not the others. So networks are let through in the places that the others document for this, and whoever is cut off
/// nevertheless is told by whom. One look serves all networks; nobody who starts a network waits for it.
/// </summary>
public sealed partial class Neighbourhood : IAsyncDisposable
{
    /// <summary>Under which the board has, of the daemon as a whole, that other firewalls could not be looked at.</summary>
    public const string LookSource = "firewalls";

    /// <summary>What is not announced is found at the latest after this time.</summary>
    private static readonly TimeSpan Patrol = TimeSpan.FromMinutes(1);

    /// <summary>The older tables are never announced.</summary>
    private static readonly TimeSpan LegacyPatrol = TimeSpan.FromMilliseconds(500);

    /// <summary>How long the end of a network may be held up by another firewall.</summary>
    private static readonly TimeSpan DismissalLimit = TimeSpan.FromSeconds(5);

    /// <summary>Beyond this many bridges their names are not kept: rules are removed where there is no such link.</summary>
    private const int MostLeaving = 1000;

    private readonly ForeignRulesets _rulesets;
    private readonly bool _admits;
    private readonly Func<HostWays> _ways;
    private readonly Func<string, bool> _linkExists;
    private readonly ConditionBoard _board;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;

    private readonly Lock _gate = new();
    private readonly Dictionary<Guid, GuestNetwork> _networks = [];
    private readonly Dictionary<string, Guid> _bridges = [];
    private readonly HashSet<Guid> _new = [];

    /// <summary>Bridges that are no network's any more, and may still be let through elsewhere.</summary>
    private readonly HashSet<string> _leaving = [];
    private readonly LookSchedule _schedule = new();
    private bool _looking;
    private bool _lookIsAwaited;
    private bool _ownTouched;
    private bool _mapsRead;
    private bool _cleaning;
    private RuleAuthors _authors = RuleAuthors.Nobody;

    /// <summary>Tables that the transaction is about which is being announced.</summary>
    private readonly HashSet<TableName> _touched = [];
    private DateTimeOffset _nextPatrol = DateTimeOffset.MaxValue;
    private DateTimeOffset _nextLegacy = DateTimeOffset.MaxValue;
    private TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Reading, changing and telling are one step.</summary>
    private readonly SemaphoreSlim _turn = new(1, 1);
    private readonly CutOffReport _report;
    private readonly PublicationReport _published;
    private readonly OwnRuleChanges _ownChanges;
    private readonly FailurePace _legacyFailures = new();
    private readonly Dictionary<string, RepairPace> _paces = [];

    /// <summary>Bridges that were let through, and in which tables: doing it again is a repair.</summary>
    private readonly ConcurrentDictionary<string, HashSet<string>> _admitted = [];
    private ForeignView _view = ForeignView.Empty;
    private volatile bool _hasRead;
    private HostWays? _waysThen;
    private bool _failureTold;

    /// <summary>Networks that have ended, and have nothing to be told of any more.</summary>
    private readonly Channel<Guid> _forgotten = Channel.CreateUnbounded<Guid>();

    private readonly CancellationTokenSource _stopping = new();
    private readonly Channel<bool> _wake = Channel.CreateBounded<bool>(
        new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private readonly ITimer _timer;
    private readonly Task _loop;

    /// <param name="admits">False = only tells.</param>
    internal Neighbourhood(
        ForeignRulesets rulesets, bool admits, Func<HostWays> ways, Func<string, bool> linkExists,
        ConditionBoard board, TimeProvider time, ILogger logger)
    {
        _rulesets = rulesets;
        _admits = admits;
        _ways = ways;
        _linkExists = linkExists;
        _board = board;
        _time = time;
        _logger = logger;
        _report = new CutOffReport(board, logger);
        _published = new PublicationReport(board, logger);
        _ownChanges = new OwnRuleChanges(time);
        _timer = time.CreateTimer(_ => _wake.Writer.TryWrite(true), state: null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        _loop = RunAsync();
    }

    /// <summary>Whether it takes a look to know what stands in the way of publications. Under the lock.</summary>
    private bool AwaitsLook => _schedule.OthersChanged || _new.Any(network => _networks[network] is { HostPlaces.Count: > 0 } or { GuestPlaces.Count: > 0 });

    /// <summary>Firewalls of others that are known by their names, as of the last look; empty while no network is there to be cut off.</summary>
    public IReadOnlyList<string> Names
    {
        get
        {
            HashSet<string> own;
            lock (_gate)
            {
                own = [.. _bridges.Keys];
            }

            return Owner.AllOf(_view.Tables, bridge => !own.Contains(bridge) && _linkExists(bridge));
        }
    }

    /// <summary>What stands in the way of what a network publishes now, in rules as of the last look.</summary>
    public IReadOnlyList<PublicationWarning> WarningsOf(Guid network)
    {
        GuestNetwork? known;
        RuleAuthors authors;
        lock (_gate)
        {
            known = _networks.GetValueOrDefault(network);
            authors = _authors;
        }

        return known is null ? [] : [.. PublicationWarnings.Find(_view, known, _waysThen, authors)];
    }

    /// <summary>A network runs, or is another one now.</summary>
    /// <param name="rules">Its own, by which it lets in more than its mode does; null = it does not.</param>
    public void Watch(NetworkDefinition definition, FirewallRules? rules = null)
    {
        if (GuestNetwork.For(definition, rules) is not { } network)
        {
            return;
        }

        lock (_gate)
        {
            DateTimeOffset now = _time.GetUtcNow();
            if (_networks.TryGetValue(network.Uuid, out GuestNetwork? known) && known == network)
            {
                if (_ownTouched)
                {
                    _schedule.Changed(now); // its rules may have been put in place again, without what somebody added
                    Arm();
                }

                return;
            }

            if (_networks.Count == 0)
            {
                _nextPatrol = now + Patrol;
                _nextLegacy = now + LegacyPatrol;
            }

            if (known is not null && known.Bridge != network.Bridge)
            {
                Leave(known);
            }

            _networks[network.Uuid] = network;
            _bridges[network.Bridge] = network.Uuid;
            _leaving.Remove(network.Bridge);
            _new.Add(network.Uuid);
            if (network.Places.Count > 0 && !_mapsRead)
            {
                _schedule.Changed(now); // until now nobody asked what maps hold
            }

            _schedule.Hurry(now);
            Arm();
        }
    }

    /// <summary>
    /// A network ends: what was added for it elsewhere is removed before this returns; what another firewall does not let go of
    /// in time is removed once it does.
    /// </summary>
    public async Task ForgetAsync(Guid uuid)
    {
        bool dismiss;
        bool failed = false;
        lock (_gate)
        {
            _new.Remove(uuid);
            if (!_networks.Remove(uuid, out GuestNetwork? network))
            {
                return;
            }

            _nextPatrol = _networks.Count == 0 ? DateTimeOffset.MaxValue : _nextPatrol;
            _nextLegacy = _networks.Count == 0 ? DateTimeOffset.MaxValue : _nextLegacy;
            Leave(network);
            dismiss = !_schedule.IsFailing && (_looking || !_hasRead || MayBeAdmitted(network.Bridge));
            if (!dismiss && !_schedule.IsFailing)
            {
                _leaving.Remove(network.Bridge);
            }
        }

        _report.TakeOff(uuid);
        _published.TakeOff(uuid);
        _forgotten.Writer.TryWrite(uuid);
        if (dismiss)
        {
            using CancellationTokenSource limit = new(DismissalLimit, _time);
            using CancellationTokenSource end = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, _stopping.Token);
            failed = !await ExclusivelyAsync(DismissAsync, end.Token);
        }

        lock (_gate)
        {
            if (failed)
            {
                _schedule.Failed(_time.GetUtcNow()); // the next network to end does not try the same
            }

            if (_leaving.Count > 0 || _cleaning)
            {
                _schedule.Changed(_time.GetUtcNow());
                Arm();
            }
        }

        _wake.Writer.TryWrite(true);
    }

    /// <summary>Networks that ran before are watched again: rules for bridges that are nobody's any more are removed.</summary>
    public void CleanUp()
    {
        lock (_gate)
        {
            _cleaning = true;
            _schedule.Hurry(_time.GetUtcNow());
            Arm();
        }
    }

    /// <summary>Anything may have changed.</summary>
    public void LookAnew()
    {
        lock (_gate)
        {
            _touched.Clear(); // the end of that transaction may have been missed, and the next one is another's
            _schedule.Outdate();
            if (_networks.Count > 0)
            {
                _schedule.Changed(_time.GetUtcNow());
                Arm();
            }
        }
    }

    /// <summary>Waits until what is known to have changed has been looked at, or cannot be looked at.</summary>
    public Task SettleAsync(CancellationToken cancellationToken) =>
        SettleAsync(() => !_looking && (_schedule.Due is null || _schedule.IsFailing), cancellationToken);

    /// <summary>
    /// Likewise what others have changed, as <see cref="WarningsOf"/> tells of: what virtnet puts into a table that it shares with them
    /// makes another look due, but changes nothing of theirs. What may have to be let in somewhere waits for that.
    /// </summary>
    public Task SettleWarningsAsync(CancellationToken cancellationToken) => SettleAsync(
        () => !_lookIsAwaited && (!AwaitsLook || _schedule.Due is null || _schedule.IsFailing), cancellationToken);

    /// <param name="isSettled">Asked under the lock.</param>
    private async Task SettleAsync(Func<bool> isSettled, CancellationToken cancellationToken)
    {
        while (true)
        {
            Task ended;
            lock (_gate)
            {
                if (isSettled())
                {
                    return;
                }

                if (_schedule.Due is not null)
                {
                    _schedule.Hurry(_time.GetUtcNow());
                    Arm();
                }

                ended = _ended.Task;
            }

            await ended.WaitAsync(cancellationToken);
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_stopping.IsCancellationRequested)
        {
            return;
        }

        await _stopping.CancelAsync(); // programs that wait for each other's locks, too
        await _timer.DisposeAsync();
        _wake.Writer.TryComplete();
        await _loop;
        _rulesets.Dispose();
        _turn.Dispose();
        _stopping.Dispose();
    }

    /// <param name="likelyOwn">A program that virtnet has started for its own rules is changing them just now.</param>
    internal void Hear(NfTablesMessage change, bool likelyOwn)
    {
        if (change is { Change: NfTablesChange.Made, IsRule: false, Chain.Length: > 0 } && ForeignRulesets.IsIptables(change.Table))
        {
            _rulesets.ForgetAbsentPrograms();
        }

        if (change is { Change: NfTablesChange.Made, IsRule: false, Chain: "" })
        {
            _rulesets.ForgetLarge(change.Table);
        }

        lock (_gate)
        {
            HearAuthor(change, isOwn: likelyOwn || _ownChanges.Likely);
            switch (change.Change)
            {
                case NfTablesChange.LookupMade or NfTablesChange.LookupLost
                    when !_looking && !_view.Lookups.Contains((change.Table, change.Set)):
                    break; // nothing is decided by it
                case not NfTablesChange.Generation when _networks.Count == 0:
                    _schedule.Outdate();
                    break;
                case NfTablesChange.LookupMade or NfTablesChange.LookupLost when change.Table == NftNames.TableName:
                    break; // the watcher's business
                case not NfTablesChange.Generation:
                    _ownTouched |= change.Table == NftNames.TableName && !likelyOwn;
                    _schedule.Changed(_time.GetUtcNow(), byOthers: !(likelyOwn && IsOwn(change)));
                    Arm();
                    break;
            }
        }
    }

    /// <summary>Under the lock.</summary>
    private void HearAuthor(NfTablesMessage change, bool isOwn)
    {
        if (change.Change != NfTablesChange.Generation)
        {
            _touched.Add(new TableName(change.Family, change.Table));
            return;
        }

        if (!isOwn && new Culprit(change.Process, change.Program) is { IsSelf: false } author)
        {
            _authors = _authors.With(_touched, author);
        }

        _touched.Clear();
    }

    /// <summary>Whether a change that is likely the iptables backend's is where its rules are.</summary>
    private static bool IsOwn(NfTablesMessage change) =>
        ForeignRulesets.IsIptables(change.Table) && IptablesChains.MayHaveOurs(change.Chain);

    /// <summary>A bridge that was this network's; another may have it by now.</summary>
    private void Leave(GuestNetwork network)
    {
        if (_bridges.GetValueOrDefault(network.Bridge) != network.Uuid)
        {
            return;
        }

        _bridges.Remove(network.Bridge);
        if (_leaving.Count < MostLeaving)
        {
            _leaving.Add(network.Bridge);
        }
        else
        {
            _cleaning = true;
        }
    }
}
