using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using VirtNet.Host.Netlink;
using VirtNet.Host.Watch;
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
    /// <summary>What is not announced is found at the latest after this time.</summary>
    private static readonly TimeSpan Patrol = TimeSpan.FromMinutes(1);

    /// <summary>The older tables are never announced.</summary>
    private static readonly TimeSpan LegacyPatrol = TimeSpan.FromMilliseconds(500);

    private const string OwnTable = "virtnet";

    private readonly ForeignRulesets _rulesets;
    private readonly bool _admits;
    private readonly IReadOnlySet<uint> _ownPorts;
    private readonly Func<HostWays> _ways;
    private readonly Func<string, bool> _linkExists;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;

    private readonly Lock _gate = new();
    private readonly Dictionary<Guid, GuestNetwork> _networks = [];
    private readonly HashSet<Guid> _new = [];

    /// <summary>Bridges that networks had before they got another.</summary>
    private readonly HashSet<string> _formerBridges = [];
    private readonly LookSchedule _schedule = new();
    private bool _looking;
    private bool _ownTouched;
    private bool _cleaning;
    private Culprit? _culprit;
    private DateTimeOffset _nextPatrol = DateTimeOffset.MaxValue;
    private DateTimeOffset _nextLegacy = DateTimeOffset.MaxValue;
    private TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Reading, changing and telling are one step.</summary>
    private readonly SemaphoreSlim _turn = new(1, 1);
    private readonly CutOffReport _report;
    private readonly Dictionary<string, RepairPace> _paces = [];

    /// <summary>Tables and the bridges that were let through there: doing it again is a repair.</summary>
    private readonly HashSet<string> _admitted = [];
    private ForeignView _view = ForeignView.Empty;
    private HostWays? _waysThen;

    /// <summary>Networks that have ended, and have nothing to be told of any more.</summary>
    private readonly Channel<Guid> _forgotten = Channel.CreateUnbounded<Guid>();

    private readonly Channel<bool> _wake = Channel.CreateBounded<bool>(
        new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private readonly ITimer _timer;
    private readonly Task _loop;

    /// <param name="admits">False = only tells.</param>
    /// <param name="ownPorts">Sockets by which this process changes the firewall itself.</param>
    internal Neighbourhood(
        ForeignRulesets rulesets, bool admits, IReadOnlySet<uint> ownPorts, Func<HostWays> ways, Func<string, bool> linkExists,
        ConditionBoard board, TimeProvider time, ILogger logger)
    {
        _rulesets = rulesets;
        _admits = admits;
        _ownPorts = ownPorts;
        _ways = ways;
        _linkExists = linkExists;
        _time = time;
        _logger = logger;
        _report = new CutOffReport(board, logger);
        _timer = time.CreateTimer(_ => _wake.Writer.TryWrite(true), state: null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        _loop = RunAsync();
    }

    /// <summary>A network runs, or is another one now.</summary>
    public void Watch(NetworkDefinition definition)
    {
        if (GuestNetwork.For(definition) is not { } network)
        {
            return;
        }

        lock (_gate)
        {
            if (_networks.TryGetValue(network.Uuid, out GuestNetwork? known) && known == network)
            {
                return;
            }

            if (_networks.Count == 0)
            {
                _nextPatrol = _time.GetUtcNow() + Patrol;
                _nextLegacy = _time.GetUtcNow() + LegacyPatrol;
            }

            if (known is not null && known.Bridge != network.Bridge)
            {
                _formerBridges.Add(known.Bridge);
            }

            _networks[network.Uuid] = network;
            _new.Add(network.Uuid);
            _schedule.Hurry(_time.GetUtcNow());
            Arm();
        }
    }

    /// <summary>A network ends: what was added for it elsewhere is removed before this returns.</summary>
    public async Task ForgetAsync(Guid uuid)
    {
        GuestNetwork? network;
        lock (_gate)
        {
            _new.Remove(uuid);
            if (!_networks.Remove(uuid, out network))
            {
                return;
            }

            _nextPatrol = _networks.Count == 0 ? DateTimeOffset.MaxValue : _nextPatrol;
            _nextLegacy = _networks.Count == 0 ? DateTimeOffset.MaxValue : _nextLegacy;
        }

        _report.TakeOff(uuid);
        _forgotten.Writer.TryWrite(uuid);
        if (HasRulesFor(network.Bridge))
        {
            await ExclusivelyAsync(async () =>
            {
                _view = await ReadAsync();
                await AdmitAsync([], bridge => bridge == network.Bridge, paced: false);
                _admitted.RemoveWhere(place => place.EndsWith($" {network.Bridge}", StringComparison.Ordinal));
            });
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
            _schedule.Outdate();
            if (_networks.Count > 0)
            {
                _schedule.Changed(_time.GetUtcNow());
                Arm();
            }
        }
    }

    /// <summary>Waits until what is known to have changed has been looked at.</summary>
    public async Task SettleAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            Task ended;
            lock (_gate)
            {
                if (!_looking && _schedule.Due is null)
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
        await _timer.DisposeAsync();
        _wake.Writer.TryComplete();
        await _loop;
        _rulesets.Dispose();
        _turn.Dispose();
    }

    /// <summary>Whether a change was asked for by one of this process's own sockets.</summary>
    internal bool IsOwn(uint port) => _ownPorts.Contains(port);

    /// <param name="likelyOwn">A program that virtnet has started is changing rules just now.</param>
    internal void Hear(NfTablesMessage change, bool likelyOwn)
    {
        lock (_gate)
        {
            switch (change.Change)
            {
                case NfTablesChange.Generation when !likelyOwn:
                    _culprit = new Culprit(change.Process, change.Program) is { IsSelf: false } author ? author : _culprit;
                    break;
                case NfTablesChange.Made or NfTablesChange.Lost when _networks.Count == 0:
                    _schedule.Outdate();
                    break;
                case NfTablesChange.Made or NfTablesChange.Lost:
                    _ownTouched |= change.Table == OwnTable && !likelyOwn;
                    _schedule.Changed(_time.GetUtcNow());
                    Arm();
                    break;
            }
        }
    }

    private void Arm()
    {
        DateTimeOffset next = _nextPatrol < _nextLegacy ? _nextPatrol : _nextLegacy;
        next = _schedule.Due is { } due && due < next ? due : next;
        TimeSpan wait = next == DateTimeOffset.MaxValue ? Timeout.InfiniteTimeSpan : next - _time.GetUtcNow();
        _timer.Change(wait > TimeSpan.Zero || wait == Timeout.InfiniteTimeSpan ? wait : TimeSpan.Zero, Timeout.InfiniteTimeSpan);
    }

    private async Task RunAsync()
    {
        await foreach (bool _ in _wake.Reader.ReadAllAsync())
        {
            await PatrolLegacyAsync();
            bool? read;
            lock (_gate)
            {
                DateTimeOffset now = _time.GetUtcNow();
                if (now >= _nextPatrol)
                {
                    _nextPatrol = now + Patrol;
                    _schedule.Changed(now);
                }

                read = _schedule.Take(now);
                _looking = read is not null;
            }

            while (_forgotten.Reader.TryRead(out Guid network))
            {
                _report.Forget(network);
            }

            if (read is { } anew)
            {
                await ExclusivelyAsync(() => LookAsync(anew));
            }

            lock (_gate)
            {
                if (_looking)
                {
                    _looking = false;
                    _ended.SetResult();
                    _ended = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                }

                Arm();
            }
        }
    }

    /// <summary>Cheap where there are no such tables; else it costs a process or two.</summary>
    private async Task PatrolLegacyAsync()
    {
        lock (_gate)
        {
            if (_time.GetUtcNow() < _nextLegacy)
            {
                return;
            }
        }

        long began = _time.GetTimestamp();
        string now = "";
        await ExclusivelyAsync(async () => now = await _rulesets.ReadLegacyAsync(CancellationToken.None));
        lock (_gate)
        {
            if (now != _view.Legacy && _networks.Count > 0)
            {
                _schedule.Changed(_time.GetUtcNow());
            }

            TimeSpan pause = _time.GetElapsedTime(began) * 10;
            _nextLegacy = _networks.Count == 0 ? DateTimeOffset.MaxValue
                : _time.GetUtcNow() + (pause > LegacyPatrol ? pause : LegacyPatrol);
        }
    }

    private async Task ExclusivelyAsync(Func<Task> step)
    {
        await _turn.WaitAsync();
        try
        {
            await step();
        }
        catch (Exception e)
        {
            // Other programs' rules, read by other programs: nothing of it may end this loop, or keep a network from ending.
            _logger.LookFailed(e);
        }
        finally
        {
            _turn.Release();
        }
    }
}
