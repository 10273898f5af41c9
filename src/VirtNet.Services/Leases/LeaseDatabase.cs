using System.Net;
using Microsoft.Data.Sqlite;
using SQLitePCL;
using VirtNet.Linux.Files;
using VirtNet.Model;
using VirtNet.Wire.Dhcp6;

namespace VirtNet.Services.Leases;

/// <summary>
/// The leases of all networks on disk: SQLite with a write-ahead log that is synchronised at every commit, so that what
/// was applied survives a crash and a power cut. Not safe for several threads. Throws <see cref="SqliteException"/>.
/// </summary>
internal sealed class LeaseDatabase : IDisposable
{
    private const int NoCheckpointOnClose = 1006; // SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE

    private readonly SqliteConnection _connection;
    private readonly SqliteCommand _upsert;
    private readonly SqliteCommand _delete;

    private readonly string _path;
    private readonly FileIdentity? _file;
    private FileIdentity? _log;
    private FileContent? _written;

    private LeaseDatabase(string path, SqliteConnection connection)
    {
        _path = path;
        FileStatus? status = FileStatus.OfTarget(path);
        _file = status?.Identity;
        _written = FileContent.Of(status);
        _connection = connection;
        _upsert = connection.CreateCommand();
        _upsert.CommandText =
            """
            INSERT INTO lease (network, address, mac, client_id, iaid, host_name, name_rank, duration, expires, holder)
            VALUES ($network, $address, $mac, $client_id, $iaid, $host_name, $name_rank, $duration, $expires, $holder)
            ON CONFLICT (network, address) DO UPDATE SET
                mac = excluded.mac, client_id = excluded.client_id, iaid = excluded.iaid,
                host_name = excluded.host_name, name_rank = excluded.name_rank,
                duration = excluded.duration, expires = excluded.expires, holder = excluded.holder
            """;
        foreach (string name in (ReadOnlySpan<string>)
            ["$network", "$address", "$mac", "$client_id", "$iaid", "$host_name", "$name_rank", "$duration", "$expires", "$holder"])
        {
            _upsert.Parameters.Add(new SqliteParameter { ParameterName = name });
        }

        _delete = connection.CreateCommand();
        _delete.CommandText = "DELETE FROM lease WHERE network = $network AND address = $address";
        _delete.Parameters.Add(new SqliteParameter { ParameterName = "$network" });
        _delete.Parameters.Add(new SqliteParameter { ParameterName = "$address" });
    }

    /// <summary>Opens or makes the database and checks that it is whole. Writes nothing to one that is, and of this version.</summary>
    /// <exception cref="IOException">It is of a later version; nothing was changed.</exception>
    public static LeaseDatabase Open(string path)
    {
        LeaseSchema.ThrowIfLater(path);
        return Open(path, SqliteOpenMode.ReadWriteCreate, connection =>
        {
            LeaseSchema.ThrowIfLater(connection);
            Execute(connection, "PRAGMA journal_mode = WAL");
            Execute(connection, "PRAGMA synchronous = FULL");
            LeaseSchema.Migrate(connection);
        });
    }

    /// <summary>
    /// Opens a database that exists, to read it where nothing can be written: held exclusively, it needs no file beside it
    /// for the index of its log (sqlite.org/wal.html, section 8).
    /// </summary>
    public static LeaseDatabase OpenToRead(string path) =>
        Open(path, SqliteOpenMode.ReadWrite, connection => Execute(connection, "PRAGMA locking_mode = EXCLUSIVE"));

    /// <summary>
    /// Whether what is written still goes to where the next daemon looks. SQLite itself does not notice when somebody
    /// removes or replaces the file, or its log, under it.
    /// </summary>
    public bool IsInPlace
    {
        get
        {
            FileIdentity? log = FileStatus.OfTarget(_path + "-wal")?.Identity;
            _log ??= log;
            return _file is not null && FileStatus.OfTarget(_path)?.Identity == _file && log == _log;
        }
    }

    /// <summary>
    /// Whether somebody else wrote to the file itself: over what is in it, or from its log, as another program that uses SQLite may.
    /// </summary>
    public bool IsWrittenByOthers => FileContent.Of(FileStatus.OfTarget(_path)) != _written;

    /// <summary>Reads what a next opening would find, past what this one remembers, and takes the file as it is now.</summary>
    /// <exception cref="SqliteException">It is damaged.</exception>
    public IReadOnlyList<LeaseRow> LoadFromFile()
    {
        _written = FileContent.Of(FileStatus.OfTarget(_path));
        if (_written is { Size: 0 })
        {
            throw new SqliteException("the file is empty", SqliteErrors.Corrupt); // what its log still has goes with the next opening
        }

        Execute(_connection, "PRAGMA shrink_memory");
        CheckIntegrity(_connection);
        return Load(out _);
    }

    /// <summary>Lets the file and its log go as they are: they are not this database's any more.</summary>
    public void Abandon()
    {
        _ = raw.sqlite3_db_config(_connection.Handle, NoCheckpointOnClose, 1, out _);
        Dispose();
    }

    /// <summary>All stored leases, and how many rows could not be understood.</summary>
    public IReadOnlyList<LeaseRow> Load(out int unreadable)
    {
        List<LeaseRow> rows = [];
        unreadable = 0;
        using SqliteCommand select = _connection.CreateCommand();
        select.CommandText = "SELECT * FROM lease"; // in the order of the schema; a file that can only be read may be of an earlier one
        using SqliteDataReader reader = select.ExecuteReader();
        while (reader.Read())
        {
            if (TryRead(reader) is { } row)
            {
                rows.Add(row);
            }
            else
            {
                unreadable++;
            }
        }

        return rows;
    }

    /// <summary>Brings the rows up to date, all or none; null = the address has no lease any more.</summary>
    public void Apply(IEnumerable<KeyValuePair<LeaseId, LeaseRow?>> changes)
    {
        using SqliteTransaction transaction = _connection.BeginTransaction(deferred: true);
        _upsert.Transaction = transaction;
        _delete.Transaction = transaction;
        foreach ((LeaseId id, LeaseRow? row) in changes)
        {
            if (row is null)
            {
                _delete.Parameters[0].Value = id.Network.ToString();
                _delete.Parameters[1].Value = id.Address.ToAddress().ToString();
                _delete.ExecuteNonQuery();
            }
            else
            {
                Upsert(row);
            }
        }

        transaction.Commit();
        _written = FileContent.Of(FileStatus.OfTarget(_path)); // it may have written from the log to the file
    }

    public void Dispose()
    {
        _upsert.Dispose();
        _delete.Dispose();
        _connection.Dispose();
    }

    private static LeaseDatabase Open(string path, SqliteOpenMode mode, Action<SqliteConnection> prepare)
    {
        SystemSqlite.Use();
        SqliteConnection connection = new(new SqliteConnectionStringBuilder
        {
            DataSource = path,
            Mode = mode,
            Pooling = false,
            DefaultTimeout = 1, // seconds; somebody else's lock on the file must not hold up guests
        }.ToString());
        try
        {
            connection.Open();
            Execute(connection, "PRAGMA cache_size = -1024");
            Execute(connection, "PRAGMA temp_store = MEMORY");
            prepare(connection);
            CheckIntegrity(connection);
            return new LeaseDatabase(path, connection);
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    /// <summary>The whole check, not the quick one: after a crash a log may stand beside a file that it does not belong to.</summary>
    private static void CheckIntegrity(SqliteConnection connection)
    {
        if (Execute(connection, "PRAGMA integrity_check(1)") is not "ok")
        {
            throw new SqliteException("the integrity check failed", SqliteErrors.Corrupt);
        }
    }

    private void Upsert(LeaseRow row)
    {
        Lease lease = row.Lease;
        SqliteParameterCollection parameters = _upsert.Parameters;
        parameters[0].Value = lease.Network.ToString();
        parameters[1].Value = lease.Address.ToString();
        parameters[2].Value = lease.Mac is { } mac ? mac.ToString() : DBNull.Value;
        parameters[3].Value = (object?)lease.ClientId ?? DBNull.Value;
        parameters[4].Value = lease.Iaid is { } iaid ? iaid.ToInt64() : DBNull.Value;
        parameters[5].Value = (object?)lease.HostName ?? DBNull.Value;
        parameters[6].Value = row.NameRank;
        parameters[7].Value = row.Duration is { } duration ? (long)duration.TotalSeconds : DBNull.Value;
        parameters[8].Value = lease.Expires is { } expires ? expires.ToUnixTimeSeconds() : DBNull.Value;
        parameters[9].Value = (object?)row.Holder ?? DBNull.Value;
        _upsert.ExecuteNonQuery();
    }

    private static LeaseRow? TryRead(SqliteDataReader reader)
    {
        string? macText = reader.IsDBNull(2) ? null : reader.GetString(2);
        MacAddress mac = default;
        if (!Guid.TryParse(reader.GetString(0), out Guid network)
            || !IPAddress.TryParse(reader.GetString(1), out IPAddress? address)
            || (macText is not null && !MacAddress.TryParse(macText, out mac)))
        {
            return null;
        }

        // Far beyond any clock, but a number that does not fit must not end the start of the daemon.
        long expires = reader.IsDBNull(8) ? 0 : Math.Clamp(reader.GetInt64(8), 0, DateTimeOffset.MaxValue.ToUnixTimeSeconds());
        long duration = reader.IsDBNull(7) ? 0 : Math.Clamp(reader.GetInt64(7), 0, uint.MaxValue);
        return new LeaseRow(
            new Lease(
                network,
                address,
                macText is null ? null : mac,
                reader.IsDBNull(3) ? null : reader.GetString(3),
                reader.IsDBNull(4) ? null : Dhcp6IaId.FromInt64(reader.GetInt64(4)),
                reader.IsDBNull(5) ? null : reader.GetString(5),
                reader.IsDBNull(8) ? null : DateTimeOffset.FromUnixTimeSeconds(expires)),
            reader.IsDBNull(7) ? null : TimeSpan.FromSeconds(duration),
            reader.GetInt64(6))
        {
            Holder = reader.FieldCount > 9 && !reader.IsDBNull(9) ? reader.GetString(9) : null,
        };
    }

    internal static object? Execute(SqliteConnection connection, string sql)
    {
        using SqliteCommand command = connection.CreateCommand();
        command.CommandText = sql;
        return command.ExecuteScalar();
    }

    /// <summary>What tells that a file was written to since; SQLite keeps the count of changes up to date in its log only.</summary>
    private readonly record struct FileContent(ulong Size, long Changed)
    {
        public static FileContent? Of(FileStatus? status) => status is { } file ? new(file.Size, file.Changed) : null;
    }
}
