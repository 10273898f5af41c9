using Microsoft.Data.Sqlite;
using VirtNet.Linux.Files;

namespace VirtNet.Services.Leases;

/// <content>A new file for one that is damaged, or not in its place any more.</content>
internal sealed partial class LeaseWriter
{
    /// <summary>The next commit writes all that is in memory into a new file, where the present one is not in its place.</summary>
    private void ReplaceIfLost()
    {
        try
        {
            if (_database is not { } database || (database.IsInPlace && HoldsWhatIsInMemory(database)))
            {
                return;
            }

            AddEverything();
            database.Abandon();
            _database = null;
            string aside = MoveAside("replaced") ?? "nothing";
            _logger.DatabaseLost(_path, aside);
        }
        catch (Exception e) when (IsOfTheDisk(e))
        {
            Failed(e, _writing.Count);
        }
    }

    /// <summary>
    /// Costs nothing while nobody else writes to the file. A checkpoint by somebody who reads it changes nothing that counts; a copy of
    /// another database over it does.
    /// </summary>
    private bool HoldsWhatIsInMemory(LeaseDatabase database)
    {
        if (!database.IsWrittenByOthers)
        {
            return true;
        }

        Dictionary<LeaseId, LeaseRow> stored;
        try
        {
            stored = database.LoadFromFile().ToDictionary(row => LeaseId.Of(row.Lease));
        }
        catch (SqliteException e) when (SqliteErrors.MeansDamage(e))
        {
            return false;
        }

        foreach (LeaseRow row in _everything())
        {
            LeaseId id = LeaseId.Of(row.Lease);
            if (!IsToBeWritten(id) && !(stored.Remove(id, out LeaseRow? other) && IsSameClient(row, other)))
            {
                return false;
            }
        }

        return stored.Keys.All(IsToBeWritten);
    }

    private bool IsToBeWritten(LeaseId id)
    {
        lock (_gate)
        {
            return _writing.ContainsKey(id) || _changes.ContainsKey(id);
        }
    }

    private static bool IsSameClient(LeaseRow row, LeaseRow other) =>
        (row.Lease.Mac, row.Lease.ClientId, row.Holder) == (other.Lease.Mac, other.Lease.ClientId, other.Holder);

    /// <summary>
    /// A log is made after its file. One that is older was another file's, which somebody replaced while nobody was there to notice:
    /// SQLite would take its pages for this one's.
    /// </summary>
    private void SetStaleLogAside()
    {
        string log = _path + "-wal";
        if (FileStatus.OfTarget(_path)?.Born is { } file && FileStatus.OfTarget(log)?.Born is { } older && older < file)
        {
            string aside = Aside("stale") + "-wal";
            File.Move(log, aside, overwrite: true);
            File.Delete(_path + "-shm"); // an index of it
            _logger.LogSetAside(_path, aside);
        }
    }

    // What is in memory goes into a new file; what was only in the old one comes back as guests renew.
    private void SetAside(Exception reason)
    {
        try
        {
            _database?.Abandon();
            _database = null;
            _loaded = true; // nothing more will come of it
            string aside = MoveAside("damaged") ?? "nothing";
            _logger.DatabaseSetAside(_path, aside, reason);
            AddEverything();
            _database = OpenAgain();
            _database.Apply(_writing);
            Written();
        }
        catch (Exception e) when (IsOfTheDisk(e))
        {
            Failed(e, _writing.Count);
        }
    }

    /// <returns>Where it is now; null where there was nothing.</returns>
    private string? MoveAside(string why)
    {
        bool any = false;
        string aside = Aside(why);
        foreach (string suffix in (ReadOnlySpan<string>)["", "-wal", "-shm"])
        {
            if (File.Exists(_path + suffix))
            {
                File.Move(_path + suffix, aside + suffix, overwrite: true);
                any = true;
            }
            else if (Directory.Exists(_path + suffix))
            {
                Directory.Move(_path + suffix, aside + suffix);
                any = true;
            }
        }

        return any ? aside : null;
    }

    private string Aside(string why) => $"{_path}.{why}-{_clock.GetUtcNow():yyyyMMdd'T'HHmmss'Z'}";

    private LeaseDatabase OpenAgain()
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(_path))!);
        return LeaseDatabase.Open(_path);
    }

    private void AddEverything()
    {
        foreach (LeaseRow row in _everything())
        {
            _writing.TryAdd(LeaseId.Of(row.Lease), row);
        }
    }
}
