using System.Runtime.InteropServices;
using SQLitePCL;

namespace VirtNet.Services.Leases;

/// <summary>SQLite as the distribution has it, and mends it. A daemon with one of its own would have to follow each of its faults.</summary>
internal static class SystemSqlite
{
    /// <summary>The name without a number, which the provider asks for, comes with the development package alone.</summary>
    private const string Library = "libsqlite3.so.0";

    private static readonly Lazy<SQLite3Provider_sqlite3> Provider = new(Load, LazyThreadSafetyMode.PublicationOnly);

    static SystemSqlite() => NativeLibrary.SetDllImportResolver(
        typeof(SQLite3Provider_sqlite3).Assembly,
        (name, _, _) => name == "sqlite3" ? NativeLibrary.Load(Library) : IntPtr.Zero);

    /// <summary>To be called before the first connection; what comes later costs nothing.</summary>
    /// <exception cref="IOException">It is not installed. The next call looks again.</exception>
    public static void Use() => _ = Provider.Value;

    private static SQLite3Provider_sqlite3 Load()
    {
        try
        {
            SQLite3Provider_sqlite3 provider = new();
            raw.SetProvider(provider); // asks the library for its version
            return provider;
        }
        catch (DllNotFoundException e)
        {
            throw new IOException($"{Library} is missing (package libsqlite3-0)", e);
        }
    }
}
