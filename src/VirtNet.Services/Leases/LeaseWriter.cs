using System.Diagnostics;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;
using VirtNet.Model.Conditions;

namespace VirtNet.Services.Leases;

/// <summary>
/// The one thread that writes the database. Whatever was changed while it was busy goes into its next transaction
/// together (group commit), so that one synchronisation of the disk serves all requests of the moment. What cannot be
/// written (full disk, somebody's lock) stays queued and is tried again; waiters are let go meanwhile.
/// </summary>
internal sealed partial class LeaseWriter : IDisposable
{
    private const string ConditionSource = "leases";

    private static readonly TimeSpan RetryInterval = TimeSpan.FromSeconds(1);

    /// <summary>
    /// Commits begin no closer together than this. Disks of virtual machines bear hundreds of synchronisations a second, and
    /// answer thousands with stalls of hundreds of milliseconds; what comes meanwhile shares the next one.
    /// </summary>
    private static readonly TimeSpan CommitInterval = TimeSpan.FromMilliseconds(5);

    private readonly object _gate = new(); // a monitor: the thread waits on it
    private readonly string _path;
    private readonly TimeProvider _clock;
    private readonly ConditionBoard _conditions;
    private readonly ILogger _logger;
    private readonly Func<IEnumerable<LeaseRow>> _everything;
    private readonly Action<LeaseRow> _foundLate;
    private readonly Thread _thread;
    private LeaseDatabase? _database;
    private Dictionary<LeaseId, LeaseRow?> _changes = [];
    private List<ICommitWaiter> _waiters = [];
    private Dictionary<LeaseId, LeaseRow?> _writing = [];
    private List<ICommitWaiter> _served = [];
    private long _taken;
    private long _lastCommit;
    private long _lastFailure;
    private bool _committing;
    private bool _loaded;
    private bool _failing;
    private bool _stopping;
    private bool _looking;

    /// <param name="path">File of the database.</param>
    /// <param name="everything">All leases in memory, to fill a new database with when the old one turns out damaged.</param>
    /// <param name="foundLate">Takes what is stored, when the database could not be read at the start but can be now.</param>
    public LeaseWriter(
        string path, TimeProvider clock, ConditionBoard conditions, ILogger logger,
        Func<IEnumerable<LeaseRow>> everything, Action<LeaseRow> foundLate)
    {
        _conditions = conditions;
        _path = path;
        _clock = clock;
        _logger = logger;
        _everything = everything;
        _foundLate = foundLate;
        _thread = new Thread(Run) { IsBackground = true, Name = "lease-writer" };
    }

    /// <summary>Transactions written so far.</summary>
    public long Commits { get; private set; }

    /// <summary>Whether leases are in memory only at the moment.</summary>
    public bool IsFailing => Volatile.Read(ref _failing);

    /// <summary>Reads what is stored, setting a damaged file aside, and starts the thread.</summary>
    public IReadOnlyList<LeaseRow> Start()
    {
        IReadOnlyList<LeaseRow> rows = [];
        try
        {
            SetStaleLogAside();
            _database = LeaseDatabase.Open(_path);
            rows = Load(_database);
        }
        catch (SqliteException e) when (SqliteErrors.MeansDamage(e))
        {
            SetAside(e);
        }
        catch (Exception e) when (IsOfTheDisk(e))
        {
            Failed(e, 0);
            rows = TryReadOnly();
        }

        _thread.Start();
        return rows;
    }

    /// <param name="row">Null = the lease is gone.</param>
    public void Write(LeaseId id, LeaseRow? row)
    {
        lock (_gate)
        {
            _changes[id] = row;
            Monitor.Pulse(_gate);
        }
    }

    /// <summary>
    /// Calls the waiter when all that was written before is on disk, once for all that it asked for meanwhile. Returns the
    /// number of the commit that it waits for; 0 when everything is there already, and the waiter will not be called.
    /// </summary>
    public long WhenCommitted(ICommitWaiter waiter)
    {
        lock (_gate)
        {
            if (_changes.Count == 0 && !_committing && !IsFailing)
            {
                return 0;
            }

            bool inProgress = _committing && _changes.Count == 0;
            List<ICommitWaiter> waiters = inProgress ? _served : _waiters;
            if (!waiters.Contains(waiter))
            {
                waiters.Add(waiter);
                Monitor.Pulse(_gate);
            }

            return inProgress ? _taken : _taken + 1;
        }
    }

    /// <summary>Has the writer look whether its file is still there, even while there is nothing to write.</summary>
    public void Look()
    {
        lock (_gate)
        {
            _looking = true;
            Monitor.Pulse(_gate);
        }
    }

    /// <summary>Writes what is left and closes the database.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            _stopping = true;
            Monitor.Pulse(_gate);
        }

        if (_thread.IsAlive)
        {
            _thread.Join();
        }

        _database?.Dispose();
    }

    private void Run()
    {
        while (AwaitWork())
        {
            TakeWork();
            ReplaceIfLost();
            if (HasToWrite() && (!_failing || _stopping || _clock.GetElapsedTime(_lastFailure) >= RetryInterval))
            {
                Commit();
            }

            lock (_gate)
            {
                _committing = false; // from here on nobody joins those who are served
            }

            TellWaiters();
        }

        ReplaceIfLost(); // the next daemon looks for the leases in their place
        if (_writing.Count > 0)
        {
            Commit(); // the last attempt of a writer that stops
        }
    }

    // A disk that refuses is tried even when nothing is left to write: else nobody would notice that it works again.
    private bool HasToWrite() => _writing.Count > 0 || _failing;

    /// <summary>Waits until there is something to do, and then until a commit may begin. False at the end of all work.</summary>
    private bool AwaitWork()
    {
        lock (_gate)
        {
            while (_changes.Count == 0 && _waiters.Count == 0 && !_stopping && !_looking)
            {
                if (!Monitor.Wait(_gate, _writing.Count > 0 ? RetryInterval : Timeout.InfiniteTimeSpan))
                {
                    return true;
                }
            }

            if (_stopping && _changes.Count == 0 && _waiters.Count == 0)
            {
                return false;
            }

            _looking = false;
        }

        TimeSpan early = CommitInterval - Stopwatch.GetElapsedTime(_lastCommit);
        if (early > TimeSpan.Zero)
        {
            Thread.Sleep(early);
        }

        return true;
    }

    // Changes that could not be written are still in _writing; newer ones of the same address replace them.
    private void TakeWork()
    {
        lock (_gate)
        {
            _taken++;
            _committing = true;
            (_served, _waiters) = (_waiters, _served);
            if (_writing.Count == 0)
            {
                (_writing, _changes) = (_changes, _writing);
            }
            else
            {
                foreach ((LeaseId id, LeaseRow? row) in _changes)
                {
                    _writing[id] = row;
                }

                _changes.Clear();
            }
        }
    }

    private void TellWaiters()
    {
        foreach (ICommitWaiter waiter in _served)
        {
            try
            {
                waiter.OnCommitted(_taken);
            }
            catch (Exception e)
            {
                _logger.WaiterFailed(e);
            }
        }

        _served.Clear();
    }

    private void Commit()
    {
        try
        {
            _lastCommit = Stopwatch.GetTimestamp();
            _database ??= OpenAgain();
            if (!_loaded)
            {
                RestoreLate(_database);
            }

            _database.Apply(_writing);
            Commits++;
            Written();
        }
        catch (SqliteException e) when (SqliteErrors.MeansDamage(e))
        {
            SetAside(e);
        }
        catch (Exception e) when (IsOfTheDisk(e))
        {
            Failed(e, _writing.Count);
        }
    }

    private void Written()
    {
        if (_failing)
        {
            Volatile.Write(ref _failing, false);
            _conditions.Set(network: null, ConditionSource, []);
            _logger.LeasesWrittenAgain(_writing.Count);
        }

        _writing.Clear();
    }

    private void Failed(Exception exception, int unwritten)
    {
        _lastFailure = _clock.GetTimestamp();
        if (!_failing)
        {
            Volatile.Write(ref _failing, true);
            _logger.LeasesNotWritten(_path, unwritten, exception);
            _conditions.Set(network: null, ConditionSource, [new Condition(
                ConditionKind.Warning,
                $"leases are in memory only, and lost when virtnetd ends: {_path} cannot be written: {exception.Message.ReplaceLineEndings(" ")}")]);
        }
    }

    private static bool IsOfTheDisk(Exception e) => e is SqliteException or IOException or UnauthorizedAccessException;

    private IReadOnlyList<LeaseRow> Load(LeaseDatabase database)
    {
        IReadOnlyList<LeaseRow> rows = database.Load(out int unreadable);
        _loaded = true;
        if (unreadable > 0)
        {
            _logger.RowsUnreadable(_path, unreadable);
        }

        return rows;
    }

    private IReadOnlyList<LeaseRow> TryReadOnly()
    {
        try
        {
            using LeaseDatabase database = LeaseDatabase.OpenToRead(_path);
            return Load(database);
        }
        catch (Exception e) when (IsOfTheDisk(e))
        {
            return []; // said already; when the database can be opened, it is read
        }
    }

    // What was decided without knowing these rows is newer than they are.
    private void RestoreLate(LeaseDatabase database)
    {
        foreach (LeaseRow row in Load(database))
        {
            if (!_writing.ContainsKey(LeaseId.Of(row.Lease)))
            {
                _foundLate(row);
            }
        }
    }
}
