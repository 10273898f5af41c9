namespace VirtNet.Services.Leases;

/// <content>A new file for one that is damaged, or not in its place any more.</content>
internal sealed partial class LeaseWriter
{
    /// <summary>The next commit writes all that is in memory into a new file, where the present one is not in its place.</summary>
    private void ReplaceIfLost()
    {
        if (_database is not { IsInPlace: false })
        {
            return;
        }

        AddEverything();
        try
        {
            _database.Dispose();
            _database = null;
            string aside = MoveAside("replaced") ?? "nothing";
            _logger.DatabaseLost(_path, aside);
        }
        catch (Exception e) when (IsOfTheDisk(e))
        {
            Failed(e, _writing.Count);
        }
    }

    // What is in memory goes into a new file; what was only in the old one comes back as guests renew.
    private void SetAside(Exception reason)
    {
        try
        {
            _database?.Dispose();
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
        string aside = $"{_path}.{why}-{_clock.GetUtcNow():yyyyMMdd'T'HHmmss'Z'}";
        foreach (string suffix in (ReadOnlySpan<string>)["", "-wal", "-shm"])
        {
            if (File.Exists(_path + suffix))
            {
                File.Move(_path + suffix, aside + suffix, overwrite: true);
                any = true;
            }
        }

        return any ? aside : null;
    }

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
