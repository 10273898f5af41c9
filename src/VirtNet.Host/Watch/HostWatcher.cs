using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using VirtNet.Host.Firewall;
using VirtNet.Host.Reconcile;
using VirtNet.Host.Spanning;

namespace VirtNet.Host.Watch;

/// <summary>
/// Decides when to look at which network, and tells those that differ from what they shall be. What the kernel announces
/// is a hint only: nothing is told before a look has confirmed it, so changes of our own stay without an echo.
/// </summary>
internal sealed class HostWatcher : IAsyncDisposable
{
    /// <summary>Everything is looked at this often, for what is not announced (iptables-legacy, some settings).</summary>
    public static readonly TimeSpan Patrol = TimeSpan.FromMinutes(1);

    /// <summary>Looks at rules are no closer together than this, whatever others do to the firewall.</summary>
    private static readonly TimeSpan RulesSpacing = TimeSpan.FromMilliseconds(500);

    private readonly Look _look;
    private readonly ChannelWriter<Guid> _drift;
    private readonly TimeProvider _time;
    private readonly ILogger<HostWatcher> _logger;

    private readonly Lock _gate = new();
    private readonly Dictionary<Guid, WatchedNetwork> _networks = [];
    private readonly Dictionary<Guid, RepairPace> _paces = [];
    private readonly Dictionary<Guid, RepairPace> _retries = [];
    private readonly HashSet<Guid> _suspended = [];
    private readonly Dictionary<Guid, bool> _rules = [];
    private readonly SuspectQueue _queue = new();
    private DateTimeOffset _lastRulesLook = DateTimeOffset.MinValue;
    private DateTimeOffset _nextPatrol;

    private readonly Channel<bool> _wake = Channel.CreateBounded<bool>(
        new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private readonly ITimer _timer;
    private readonly Task _looking;

    public HostWatcher(Look look, ChannelWriter<Guid> drift, TimeProvider time, ILogger<HostWatcher> logger)
    {
        _look = look;
        _drift = drift;
        _time = time;
        _logger = logger;
        _nextPatrol = time.GetUtcNow() + Patrol;
        _timer = time.CreateTimer(_ => _wake.Writer.TryWrite(true), state: null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        _looking = LookAsync();
    }

    /// <summary>Looks at the host: of these networks, what is not as it was left?</summary>
    public delegate Task<IReadOnlyDictionary<Guid, IReadOnlyCollection<HostResource>>> Look(
        IReadOnlyDictionary<WatchedNetwork, Suspicion> suspects);

    /// <summary>Told after each look: reading much leaves much behind.</summary>
    public event Action? Looked;

    /// <summary>What is looked at now and then although nobody gave a hint: what the kernel does not announce.</summary>
    public Suspicion Patrolled { get; set; } = Suspicion.All;

    /// <summary>Whether the rules of a network are whole (true) or damaged (false), where that is known.</summary>
    public bool? KnownRules(Guid network)
    {
        lock (_gate)
        {
            return _rules.TryGetValue(network, out bool whole) ? whole : null;
        }
    }

    public WatchedNetwork? Find(Guid network)
    {
        lock (_gate)
        {
            return _networks.GetValueOrDefault(network);
        }
    }

    /// <summary>The network, while virtnet itself changes nothing of it; else null.</summary>
    public WatchedNetwork? FindAtRest(Guid network)
    {
        lock (_gate)
        {
            return _suspended.Contains(network) ? null : _networks.GetValueOrDefault(network);
        }
    }

    /// <summary>virtnet itself is about to change this network; until it is watched (again), hints are no cause for haste.</summary>
    public void Suspend(Guid network)
    {
        lock (_gate)
        {
            _suspended.Add(network);
        }
    }

    /// <summary>The change of our own has failed: the network is as it was.</summary>
    public void Resume(Guid network)
    {
        lock (_gate)
        {
            _suspended.Remove(network);
            if (_networks.ContainsKey(network))
            {
                _queue.AddCalmly(network, Suspicion.All, _time.GetUtcNow());
                Arm();
            }
        }
    }

    public void Watch(WatchedNetwork network)
    {
        lock (_gate)
        {
            _suspended.Remove(network.Uuid);
            _networks[network.Uuid] = network;
            if (network.Failed.IsEmpty)
            {
                _retries.Remove(network.Uuid);
                if (!_queue.Holds(network.Uuid, Suspicion.Rules))
                {
                    _rules[network.Uuid] = true;
                }
            }
            else
            {
                _rules.Remove(network.Uuid);
            }

            _queue.AddCalmly(
                network.Uuid, network.Failed.IsEmpty ? Suspicion.Links : Suspicion.All, _time.GetUtcNow());
            Arm();
        }
    }

    public void Forget(Guid network)
    {
        lock (_gate)
        {
            _suspended.Remove(network);
            _networks.Remove(network);
            _rules.Remove(network);
            _paces.Remove(network);
            _retries.Remove(network);
            _queue.Remove(network);
        }
    }

    /// <summary>Something of this network may not be as it shall be.</summary>
    /// <param name="ownChange">It is likely that virtnet itself is the cause.</param>
    public void Suspect(Guid network, Suspicion suspicion, bool ownChange = false)
    {
        lock (_gate)
        {
            DateTimeOffset now = _time.GetUtcNow();
            if (!_networks.ContainsKey(network))
            {
                return;
            }

            if (suspicion.HasFlag(Suspicion.Rules))
            {
                _rules.Remove(network);
            }

            if (_suspended.Contains(network) || MayWait(suspicion, ownChange, now))
            {
                _queue.AddCalmly(network, suspicion, now);
            }
            else
            {
                _queue.Add(network, suspicion, now);
            }

            Arm();
        }
    }

    /// <summary>What stood in the way of a repair may be gone: the next try need not wait.</summary>
    public void TryAgain(Guid network)
    {
        lock (_gate)
        {
            _retries.Remove(network);
        }
    }

    /// <summary>Something of any network may not be as it shall be.</summary>
    /// <param name="ownChange">It is likely that virtnet itself is the cause.</param>
    public void SuspectAll(Suspicion suspicion, bool ownChange = false)
    {
        lock (_gate)
        {
            DateTimeOffset now = _time.GetUtcNow();
            if (suspicion.HasFlag(Suspicion.Rules))
            {
                _rules.Clear();
            }

            if (MayWait(suspicion, ownChange, now))
            {
                _queue.AddEveryoneCalmly(suspicion, now);
            }
            else
            {
                _queue.AddEveryone(suspicion, now);
            }

            Arm();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _timer.DisposeAsync();
        _wake.Writer.TryComplete();
        await _looking;
    }

    private bool MayWait(Suspicion suspicion, bool ownChange, DateTimeOffset now) =>
        ownChange || (suspicion == Suspicion.Rules && now - _lastRulesLook < RulesSpacing);

    private void Arm()
    {
        DateTimeOffset due = _queue.NextDue is { } next && next < _nextPatrol ? next : _nextPatrol;
        TimeSpan wait = due - _time.GetUtcNow();
        _timer.Change(wait > TimeSpan.Zero ? wait : TimeSpan.Zero, Timeout.InfiniteTimeSpan);
    }

    private async Task LookAsync()
    {
        await foreach (bool _ in _wake.Reader.ReadAllAsync())
        {
            Dictionary<WatchedNetwork, Suspicion> suspects = TakeSuspects();
            if (suspects.Count > 0)
            {
                try
                {
                    Conclude(suspects, await _look(suspects));
                }
                catch (Exception e)
                {
                    _logger.LookFailed(e);
                    SuspectAll(Suspicion.All, ownChange: true);
                }

                Looked?.Invoke();
            }

            lock (_gate)
            {
                Arm();
            }
        }
    }

    private Dictionary<WatchedNetwork, Suspicion> TakeSuspects()
    {
        lock (_gate)
        {
            DateTimeOffset now = _time.GetUtcNow();
            if (now >= _nextPatrol)
            {
                _nextPatrol = now + Patrol;
                SuspectAll(Patrolled);
            }

            Dictionary<Guid, Suspicion> due = _queue.TakeDue(now, out Suspicion everyone);
            if (everyone != Suspicion.None)
            {
                foreach (Guid uuid in _networks.Keys)
                {
                    due[uuid] = due.GetValueOrDefault(uuid) | everyone;
                }
            }

            Dictionary<WatchedNetwork, Suspicion> suspects = [];
            foreach ((Guid uuid, Suspicion suspicion) in due)
            {
                if (_suspended.Contains(uuid))
                {
                    _queue.AddCalmly(uuid, suspicion, now);
                }
                else if (_networks.TryGetValue(uuid, out WatchedNetwork? network))
                {
                    suspects.Add(network, suspicion);
                    _lastRulesLook = suspicion.HasFlag(Suspicion.Rules) ? now : _lastRulesLook;
                }
            }

            return suspects;
        }
    }

    private void Conclude(
        Dictionary<WatchedNetwork, Suspicion> suspects, IReadOnlyDictionary<Guid, IReadOnlyCollection<HostResource>> wrong)
    {
        lock (_gate)
        {
            foreach (WatchedNetwork network in suspects.Keys.Where(network => _networks.ContainsKey(network.Uuid)))
            {
                bool drifted = wrong.TryGetValue(network.Uuid, out IReadOnlyCollection<HostResource>? resources);
                if (suspects[network].HasFlag(Suspicion.Rules) && !_queue.Holds(network.Uuid, Suspicion.Rules))
                {
                    _rules[network.Uuid] = !drifted || !resources!.Any(resource => resource is FirewallRules or SpanBindings);
                }

                if (drifted || !network.Failed.IsEmpty) // what failed may be mended by now, or be something that was to go
                {
                    Tell(network, again: !drifted || resources!.All(resource => network.Failed.Contains(resource.Key)));
                }
            }
        }
    }

    /// <param name="again">Nothing is wrong but perhaps what could not be repaired before; that has a pace of its own.</param>
    private void Tell(WatchedNetwork network, bool again)
    {
        DateTimeOffset now = _time.GetUtcNow();
        Dictionary<Guid, RepairPace> paces = again ? _retries : _paces;
        if (!paces.TryGetValue(network.Uuid, out RepairPace? pace))
        {
            paces.Add(network.Uuid, pace = new RepairPace());
        }

        if (pace.NextAllowed > now)
        {
            _queue.Postpone(network.Uuid, Suspicion.All, now, pace.NextAllowed);
            return;
        }

        if (pace.Count(now) is { } wait && !again)
        {
            _logger.SlowingDown(network.Name, wait.TotalSeconds);
        }

        _drift.TryWrite(network.Uuid);
    }
}
