using System.Collections.Concurrent;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using VirtNet.Model.Conditions;
using VirtNet.Services.Leases;
using VirtNet.Services.Tests.Fakes;

namespace VirtNet.Services.Tests.Leases;

public sealed class LeaseStoreTests : IDisposable
{
    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);

    private readonly TempFolder _folder = new();
    private readonly SettableClock _clock = new(new DateTimeOffset(2026, 1, 1, 12, 0, 0, TimeSpan.Zero));
    private readonly ConditionBoard _conditions = new();
    private readonly ListLogger<LeaseStore> _log = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task What_was_committed_is_there_after_a_crash()
    {
        LeaseStore crashed = Open(); // never disposed of: as if the process had been killed
        Lease full = Lease(1) with { HostName = "guest", ClientId = "01:52:54:00:00:00:01" };
        Lease infinite = Lease(2) with { Expires = null };
        NetworkLeases leases = crashed.Of(TestLease.Network);
        leases.Put(full, Hour);
        leases.Put(infinite, null);
        leases.Put(Lease(3), Hour);
        leases.Remove(Lease(3));
        await Committed(crashed);

        using LeaseStore store = Open();
        Assert.Equal([full, infinite], store.Snapshot(TestLease.Network));
        Assert.Equal(full, store.Of(TestLease.Network).FindClient4(full.Mac!.Value, full.ClientId));
        crashed.Dispose();
    }

    [Fact]
    public async Task An_ordinary_end_writes_everything()
    {
        using (LeaseStore store = Open())
        {
            store.Of(TestLease.Network).Put(Lease(1), Hour);
        }

        using (LeaseStore store = Open())
        {
            Assert.Equal([Lease(1)], store.Snapshot(TestLease.Network));
            store.Forget(TestLease.Network);
            await Committed(store);
        }

        using LeaseStore empty = Open();
        Assert.Empty(empty.Snapshot(TestLease.Network));
    }

    [Fact]
    public async Task What_other_hosts_have_and_what_ended_here_is_on_disk_too_until_the_network_is_gone()
    {
        using (LeaseStore store = Open())
        {
            NetworkLeases leases = store.Of(TestLease.Network);
            leases.Apply(new HeldLeasesUpdate("h1", IsAll: true, [new HeldLease(Lease(2), "h2")], []));
            leases.Put(Lease(1), Hour);
            leases.Remove(Lease(1));
            await Committed(store);
        }

        using (LeaseStore store = Open())
        {
            Assert.Empty(store.Snapshot(TestLease.Network));
            HeldLeases held = store.HeldSnapshot(TestLease.Network);
            Assert.Equal("h1", held.Host);
            Assert.Equal([null, "h2"], held.Leases.Select(lease => lease.Host).Order());
            Assert.Contains(new HeldLease(Lease(2), "h2"), held.Leases);
            store.Forget(TestLease.Network);
            await Committed(store);
        }

        using LeaseStore empty = Open();
        Assert.Equal(HeldLeases.None.Host, empty.HeldSnapshot(TestLease.Network).Host);
        Assert.Equal(0L, Query("SELECT count(*) FROM lease"));
    }

    [Fact]
    public async Task Changes_of_one_moment_share_a_commit()
    {
        using LeaseStore store = Open();
        NetworkLeases leases = store.Of(TestLease.Network);
        for (int i = 1; i < 200; i++)
        {
            leases.Put(Lease(i), Hour);
        }

        await Committed(store);
        Assert.InRange(store.Commits, 1, 50);
    }

    [Fact]
    public async Task Who_waits_is_told_once_for_all_that_was_written_meanwhile_and_not_when_nothing_was()
    {
        using LeaseStore store = Open();
        Waiter waiter = new();
        Assert.Equal(0, store.WhenCommitted(waiter));

        NetworkLeases leases = store.Of(TestLease.Network);
        List<long> waitedFor = [];
        for (int i = 1; i < 200; i++)
        {
            leases.Put(Lease(i), Hour);
            waitedFor.Add(store.WhenCommitted(waiter));
        }

        await Committed(store);
        Assert.Equal(0, store.WhenCommitted(waiter));
        Assert.Equal(waitedFor.Order(), waitedFor);
        Assert.Equal(waitedFor.Distinct(), waiter.Commits);
        Assert.Equal(199L, Query("SELECT count(*) FROM lease"));
    }

    [Fact]
    public async Task Leases_that_ended_while_nobody_served_are_gone()
    {
        using (LeaseStore store = Open())
        {
            store.Of(TestLease.Network).Put(Lease(1), Hour);
        }

        _clock.Advance(Hour);
        using (LeaseStore store = Open())
        {
            Assert.Empty(store.Snapshot(TestLease.Network));
            Assert.Equal(0, store.Of(TestLease.Network).Count);
            await Committed(store);
        }

        Assert.Equal(0L, Query("SELECT count(*) FROM lease"));
    }

    [Fact]
    public void A_running_store_takes_expired_leases_away_by_itself()
    {
        using LeaseStore store = Open();
        store.Of(TestLease.Network).Put(Lease(1), Hour);
        for (int minute = 0; minute < 60; minute++)
        {
            _clock.Advance(TimeSpan.FromMinutes(1));
        }

        Assert.Equal(0, store.Of(TestLease.Network).Count);
    }

    [Theory]
    [InlineData(400)]
    [InlineData(-400)]
    public void A_clock_that_jumps_is_followed(int days)
    {
        using LeaseStore store = Open();
        store.Of(TestLease.Network).Put(Lease(1), Hour);
        _clock.SetBy(TimeSpan.FromDays(days));
        _clock.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(Lease(1).Expires!.Value.AddDays(days), Assert.Single(store.Snapshot(TestLease.Network)).Expires);
        Assert.Contains(_log.Lines, line => line.Id == 305);
    }

    [Theory]
    [InlineData("garbage")]
    [InlineData("header")]
    [InlineData("page")]
    public void A_damaged_database_is_set_aside_loudly_and_service_goes_on(string damage)
    {
        using (LeaseStore store = Open())
        {
            for (int i = 1; i < 250; i++)
            {
                store.Of(TestLease.Network).Put(Lease(i) with { HostName = new string('x', 60) }, Hour);
            }
        }

        byte[] file = File.ReadAllBytes(_folder[LeaseStore.FileName]);
        Random.Shared.NextBytes(damage switch
        {
            "garbage" => file,
            "header" => file.AsSpan(0, 100),
            _ => file.AsSpan(4096, 4096),
        });
        File.WriteAllBytes(_folder[LeaseStore.FileName], file);

        using (LeaseStore store = Open())
        {
            Assert.Contains(_log.Lines, line => line is { Level: LogLevel.Critical, Id: 302 });
            Assert.Single(Directory.GetFiles(_folder.Path, "leases.db.damaged-*Z"));
            store.Of(TestLease.Network).Put(Lease(1), Hour);
            Assert.False(store.IsFailing);
        }

        using LeaseStore again = Open();
        Assert.Equal([Lease(1)], again.Snapshot(TestLease.Network));
    }

    [Fact]
    public async Task A_database_that_cannot_be_written_does_not_stop_service_and_is_caught_up_with()
    {
        using LeaseStore store = Open();
        store.Of(TestLease.Network).Put(Lease(1), Hour);
        await Committed(store);

        // Somebody else holds the file, which is the same to us as a full disk.
        using (SqliteConnection other = Connect())
        using (SqliteTransaction locked = other.BeginTransaction())
        {
            store.Of(TestLease.Network).Put(Lease(2), Hour);
            await Committed(store);
            Assert.True(store.IsFailing);
            Assert.Single(_log.Lines, line => line is { Level: LogLevel.Error, Id: 300 });
            Assert.Equal(2, store.Snapshot(TestLease.Network).Count);
        }

        _clock.Advance(TimeSpan.FromSeconds(2));
        store.Of(TestLease.Network).Put(Lease(3), Hour);
        await Committed(store);
        Assert.False(store.IsFailing);
        Assert.Contains(_log.Lines, line => line.Id == 301);
        Assert.Equal(3L, Query("SELECT count(*) FROM lease"));
    }

    [Fact]
    public async Task What_cannot_be_read_at_the_start_comes_back_when_it_can_unless_something_newer_has_its_place()
    {
        using (LeaseStore store = Open())
        {
            store.Of(TestLease.Network).Put(Lease(1), Hour);
            store.Of(TestLease.Network).Put(Lease(2), Hour);
        }

        Lease newer = Lease(2) with { Mac = Lease(3).Mac };
        using LeaseStore late = OpenWhileSomebodyHoldsTheFile();
        Assert.True(late.IsFailing);
        Assert.Empty(late.Snapshot(TestLease.Network));
        late.Of(TestLease.Network).Put(newer, Hour);
        _clock.Advance(TimeSpan.FromSeconds(2));
        late.Of(TestLease.Network).Put(Lease(4), Hour);
        await Committed(late);
        await Committed(late);
        Assert.Equal([Lease(1), newer, Lease(4)], late.Snapshot(TestLease.Network));
        Assert.Equal(3L, Query("SELECT count(*) FROM lease"));
    }

    [Theory]
    [InlineData("unlinked")]
    [InlineData("replaced")]
    [InlineData("log unlinked")]
    [InlineData("folder removed")]
    public async Task A_database_that_somebody_takes_away_is_written_anew_from_memory(string harm)
    {
        LeaseStore store = Open(); // killed later, not ended
        store.Of(TestLease.Network).Put(Lease(1), Hour);
        store.Of(TestLease.Network).Put(Lease(2), Hour);
        await Committed(store);
        string path = _folder[LeaseStore.FileName];
        switch (harm)
        {
            case "unlinked":
                File.Delete(path);
                break;
            case "replaced":
                File.WriteAllText(path + ".other", "not a database");
                File.Move(path + ".other", path, overwrite: true);
                break;
            case "log unlinked":
                File.Delete(path + "-wal");
                break;
            default:
                Directory.Delete(_folder.Path, recursive: true);
                break;
        }

        store.Of(TestLease.Network).Put(Lease(3), Hour);
        await Committed(store);
        Assert.Single(_log.Lines, line => line is { Level: LogLevel.Warning, Id: 308 });
        Assert.False(store.IsFailing);

        using LeaseStore next = Open();
        Assert.Equal([Lease(1), Lease(2), Lease(3)], next.Snapshot(TestLease.Network));
        store.Dispose();
    }

    public static TheoryData<Harm> Harms => [.. Enum.GetValues<Harm>()];

    [Theory]
    [MemberData(nameof(Harms))]
    public async Task It_is_missed_within_a_second_even_while_nothing_is_written(Harm harm)
    {
        LeaseStore store = Open(); // killed later, not ended
        store.Of(TestLease.Network).Put(Lease(1), Hour);
        await Committed(store);
        Do(harm);
        _clock.Advance(TimeSpan.FromSeconds(1));
        await LoggedAsync(308);
        await Committed(store);

        using LeaseStore next = Open();
        Assert.Equal([Lease(1)], next.Snapshot(TestLease.Network));
        store.Dispose();
    }

    [Theory]
    [MemberData(nameof(Harms))]
    public async Task What_is_taken_away_right_before_an_ordinary_end_is_written_anew(Harm harm)
    {
        using (LeaseStore store = Open())
        {
            store.Of(TestLease.Network).Put(Lease(1), Hour);
            await Committed(store);
            Do(harm);
        }

        Assert.Single(_log.Lines, line => line is { Level: LogLevel.Warning, Id: 308 });
        using LeaseStore next = Open();
        Assert.Equal([Lease(1)], next.Snapshot(TestLease.Network));
        Assert.DoesNotContain(_log.Lines, line => line.Id == 302);
    }

    [Fact]
    public async Task Another_program_that_reads_the_database_and_empties_its_log_harms_nothing()
    {
        LeaseStore store = Open();
        store.Of(TestLease.Network).Put(Lease(1), Hour);
        await Committed(store);
        Query("PRAGMA wal_checkpoint(RESTART)");
        _clock.Advance(TimeSpan.FromSeconds(1));
        store.Of(TestLease.Network).Put(Lease(2), Hour);
        await Committed(store);
        store.Dispose();

        using LeaseStore next = Open();
        Assert.Equal([Lease(1), Lease(2)], next.Snapshot(TestLease.Network));
        Assert.DoesNotContain(_log.Lines, line => line.Id == 308);
    }

    [Fact]
    public async Task A_log_that_a_killed_daemon_left_beside_another_file_does_not_get_into_it()
    {
        LeaseStore killed = Open();
        killed.Of(TestLease.Network).Put(Lease(1), Hour);
        await Committed(killed);
        string other = _folder["other"];
        Directory.CreateDirectory(other);
        using (LeaseStore elsewhere = new(other, _clock, _conditions, _log))
        {
            elsewhere.Of(TestLease.Network).Put(Lease(2), Hour);
        }

        await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, TestContext.Current.CancellationToken); // a tick of the kernel's clock
        File.Copy(Path.Combine(other, LeaseStore.FileName), DatabaseFile + ".new");
        File.Move(DatabaseFile + ".new", DatabaseFile, overwrite: true);

        using LeaseStore next = Open();
        Assert.Equal([Lease(2)], next.Snapshot(TestLease.Network));
        Assert.Single(_log.Lines, line => line is { Level: LogLevel.Warning, Id: 309 });
        Assert.Single(Directory.GetFiles(_folder.Path, "leases.db.stale-*Z-wal"));
        killed.Dispose();
    }

    /// <summary>What somebody does to the database under a running daemon.</summary>
    public enum Harm
    {
        Unlinked,
        AllUnlinked,
        ReplacedByNothing,
        ReplacedByFolder,
        Truncated,
        OverwrittenByAnother,
        OverwrittenByItsPast,
    }

    private void Do(Harm harm)
    {
        switch (harm)
        {
            case Harm.Unlinked:
                File.Delete(DatabaseFile);
                break;
            case Harm.AllUnlinked:
                Array.ForEach(Directory.GetFiles(_folder.Path), File.Delete);
                break;
            case Harm.ReplacedByNothing:
                File.WriteAllText(DatabaseFile + ".other", "");
                File.Move(DatabaseFile + ".other", DatabaseFile, overwrite: true);
                break;
            case Harm.ReplacedByFolder:
                File.Delete(DatabaseFile);
                Directory.CreateDirectory(_folder[LeaseStore.FileName]);
                break;
            case Harm.Truncated:
                Overwrite([]);
                break;
            case Harm.OverwrittenByAnother:
                Query("PRAGMA wal_checkpoint(TRUNCATE)"); // else all would be in the log still, and nothing lost
                Overwrite(Another("CREATE TABLE other (value)"));
                break;
            default:
                byte[] past = File.ReadAllBytes(DatabaseFile); // what was committed is in the log only
                Query("PRAGMA wal_checkpoint(TRUNCATE)");
                Overwrite(past);
                break;
        }
    }

    private byte[] Another(string sql)
    {
        string path = _folder["another.db"];
        using (SqliteConnection connection = new($"Data Source={path};Pooling=False"))
        {
            connection.Open();
            using SqliteCommand command = connection.CreateCommand();
            command.CommandText = sql;
            command.ExecuteNonQuery();
        }

        byte[] content = File.ReadAllBytes(path);
        File.Delete(path);
        return content;
    }

    /// <summary>As cp(1) does: the file stays the one that it is.</summary>
    private void Overwrite(byte[] content)
    {
        Thread.Sleep(TimeSpan.FromMilliseconds(20)); // a file's time stands still for a tick of the kernel's clock
        File.WriteAllBytes(DatabaseFile, content);
    }

    private async Task LoggedAsync(int id)
    {
        for (int i = 0; i < 1000 && !_log.Lines.Any(line => line.Id == id); i++)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System, TestContext.Current.CancellationToken);
        }

        Assert.Contains(_log.Lines, line => line.Id == id);
    }

    [Fact]
    public async Task That_the_disk_works_again_is_noticed_even_while_nothing_is_written()
    {
        Open().Dispose();
        using LeaseStore store = OpenWhileSomebodyHoldsTheFile();
        Assert.True(store.IsFailing);
        Assert.Single(_conditions.Of(null));
        _clock.Advance(TimeSpan.FromSeconds(5));

        for (int i = 0; i < 1000 && _conditions.Of(null).Count > 0; i++)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System, TestContext.Current.CancellationToken);
        }

        Assert.Empty(_conditions.Of(null));
        Assert.False(store.IsFailing);
    }

    [Fact]
    public void A_row_that_makes_no_sense_costs_itself_only()
    {
        using (LeaseStore store = Open())
        {
            store.Of(TestLease.Network).Put(Lease(1), Hour);
        }

        Query("INSERT INTO lease (network, address, name_rank) VALUES ('no uuid', 'no address', 0)");
        using LeaseStore again = Open();
        Assert.Single(again.Snapshot(TestLease.Network));
        Assert.Contains(_log.Lines, line => line.Id == 303);
    }

    private static Task Committed(LeaseStore store) =>
        store.CommittedAsync(TestContext.Current.CancellationToken).WaitAsync(TimeSpan.FromSeconds(30));

    [Fact]
    public async Task A_database_of_a_later_program_is_read_served_from_memory_and_left_as_it_is()
    {
        using (LeaseStore store = Open())
        {
            store.Of(TestLease.Network).Put(Lease(1), Hour);
        }

        Execute("ALTER TABLE lease ADD COLUMN novelty TEXT; PRAGMA user_version = 3");
        byte[] before = await File.ReadAllBytesAsync(DatabaseFile, TestContext.Current.CancellationToken);

        using (LeaseStore store = Open())
        {
            Assert.Equal([Lease(1)], store.Snapshot(TestLease.Network));
            Assert.True(store.IsFailing);
            store.Of(TestLease.Network).Put(Lease(2), Hour);
            await Committed(store);
            Assert.Equal([Lease(1), Lease(2)], store.Snapshot(TestLease.Network));
            Assert.Contains(
                "written by a later virtnetd (schema 3, this one knows 2) and is left as it is",
                Assert.Single(_conditions.Of(null)).Text,
                StringComparison.Ordinal);
        }

        Assert.Equal(before, await File.ReadAllBytesAsync(DatabaseFile, TestContext.Current.CancellationToken));
        Assert.Equal([LeaseStore.FileName], Directory.EnumerateFiles(_folder.Path).Select(Path.GetFileName));
    }

    [Fact]
    public async Task Each_earlier_version_of_the_database_becomes_the_present_one()
    {
        Execute("PRAGMA user_version = 0"); // made, and then nothing came of it
        using (LeaseStore store = Open())
        {
            store.Of(TestLease.Network).Put(Lease(1), Hour);
            await Committed(store);
        }

        using LeaseStore again = Open();
        Assert.Equal([Lease(1)], again.Snapshot(TestLease.Network));
        Assert.Empty(_conditions.Of(null));
    }

    private string DatabaseFile => Path.Combine(_folder.Path, LeaseStore.FileName);

    private void Execute(string sql)
    {
        using SqliteConnection connection = new($"Data Source={DatabaseFile};Pooling=False");
        connection.Open();
        using SqliteCommand command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    private LeaseStore OpenWhileSomebodyHoldsTheFile()
    {
        using SqliteConnection other = Connect();
        using SqliteCommand hold = other.CreateCommand();
        hold.CommandText = "PRAGMA locking_mode = EXCLUSIVE; DELETE FROM lease WHERE network = 'none'";
        hold.ExecuteNonQuery();
        return Open();
    }

    private LeaseStore Open() => new(_folder.Path, _clock, _conditions, _log);

    private static Lease Lease(int number) =>
        TestLease.Of($"10.0.0.{number}", $"52:54:00:00:00:{number:x2}", new DateTimeOffset(2026, 1, 1, 13, 0, 0, TimeSpan.Zero));

    private SqliteConnection Connect()
    {
        SqliteConnection connection = new($"Data Source={_folder[LeaseStore.FileName]};Pooling=False");
        connection.Open();
        return connection;
    }

    private object? Query(string sql)
    {
        using SqliteConnection connection = Connect();
        using SqliteCommand command = connection.CreateCommand();
        command.CommandText = sql;
        return command.ExecuteScalar();
    }

    private sealed class Waiter : ICommitWaiter
    {
        public ConcurrentQueue<long> Commits { get; } = new();

        public void OnCommitted(long commit) => Commits.Enqueue(commit);
    }

    /// <summary>Whose wall clock an administrator or NTP sets, while what only counts goes on as it did.</summary>
    private sealed class SettableClock(DateTimeOffset start) : FakeTimeProvider(start)
    {
        private TimeSpan _difference;

        public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + _difference;

        public override long GetTimestamp() => base.GetUtcNow().Ticks;

        public void SetBy(TimeSpan jump) => _difference += jump;
    }
}
