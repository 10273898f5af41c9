using System.Buffers.Binary;
using System.Globalization;
using Microsoft.Data.Sqlite;
using Microsoft.Win32.SafeHandles;

namespace VirtNet.Services.Leases;

/// <summary>
/// The forms that the lease database has had, and how each becomes the next. Its number is SQLite's <c>user_version</c>, 0 in a
/// new file. One of a later program is left alone: that program may come back, and knows more than is understood here.
/// </summary>
internal static class LeaseSchema
{
    private const int VersionOffset = 60; // sqlite.org/fileformat.html, 1.3

    /// <summary>From version N to the next at index N. What was published is never changed here, only followed by more.</summary>
    private static readonly string[] Steps =
    [
        """
        CREATE TABLE IF NOT EXISTS lease (
            network TEXT NOT NULL,   -- UUID
            address TEXT NOT NULL,
            mac TEXT,
            client_id TEXT,          -- octets in hex, joined by colons; IPv6: the DUID
            iaid INTEGER,            -- IPv6 only; bit 32: of temporary addresses
            host_name TEXT,
            name_rank INTEGER NOT NULL,
            duration INTEGER,        -- seconds; NULL = infinite
            expires INTEGER,         -- Unix seconds; NULL = never
            PRIMARY KEY (network, address)
        ) STRICT, WITHOUT ROWID
        """,
        // NULL = a lease of this host; '' = it ended here, and its address is held; else the host of a shared network that has it.
        // In the row of the address :: it is what this host is called among those that share the network.
        "ALTER TABLE lease ADD COLUMN holder TEXT",
    ];

    public static long Current => Steps.Length;

    /// <summary>Looks at the file without opening it as a database, which might write to it already.</summary>
    /// <exception cref="IOException">It is of a later version.</exception>
    public static void ThrowIfLater(string path)
    {
        if (!File.Exists(path))
        {
            return;
        }

        using SafeFileHandle file = File.OpenHandle(path, share: FileShare.ReadWrite | FileShare.Delete);
        Span<byte> header = stackalloc byte[VersionOffset + sizeof(uint)];
        if (RandomAccess.Read(file, header, fileOffset: 0) == header.Length && header.StartsWith("SQLite format 3\0"u8))
        {
            ThrowIfLater(BinaryPrimitives.ReadUInt32BigEndian(header[VersionOffset..]));
        }
    }

    /// <summary>As above, where the log beside the file has the last word.</summary>
    /// <exception cref="IOException">It is of a later version.</exception>
    public static void ThrowIfLater(SqliteConnection connection) => ThrowIfLater(Version(connection));

    /// <summary>Brings an earlier version to this one, step by step, each as a whole or not at all.</summary>
    public static void Migrate(SqliteConnection connection)
    {
        for (long version = Version(connection); version < Current; version++)
        {
            using SqliteTransaction transaction = connection.BeginTransaction();
            using SqliteCommand step = connection.CreateCommand();
            step.Transaction = transaction;
            step.CommandText = string.Create(
                CultureInfo.InvariantCulture, $"{Steps[version]}; PRAGMA user_version = {version + 1}");
            step.ExecuteNonQuery();
            transaction.Commit();
        }
    }

    private static long Version(SqliteConnection connection) =>
        (long)LeaseDatabase.Execute(connection, "PRAGMA user_version")!;

    private static void ThrowIfLater(long version)
    {
        if (version > Current)
        {
            throw new IOException(string.Create(
                CultureInfo.InvariantCulture,
                $"it was written by a later virtnetd (schema {version}, this one knows {Current}) and is left as it is"));
        }
    }
}
