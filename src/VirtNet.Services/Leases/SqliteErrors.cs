using Microsoft.Data.Sqlite;

namespace VirtNet.Services.Leases;

/// <summary>What the errors of SQLite mean for the leases (sqlite.org, result codes).</summary>
internal static class SqliteErrors
{
    public const int Corrupt = 11;

    private const int NotADatabase = 26;

    private const int SchemaError = 1;

    /// <summary>The file is not usable and will not become so: set it aside. All else (full, locked, read-only) may pass.</summary>
    public static bool MeansDamage(SqliteException exception) =>
        exception.SqliteErrorCode is Corrupt or NotADatabase or SchemaError;
}
