using System.Globalization;

namespace VirtNet.Daemon.Hosting;

/// <summary>
/// On which paths somebody listens, as the kernel says it. Connecting would tell too, but would also start what systemd
/// starts at a connection.
/// </summary>
internal static class UnixListeners
{
    private const string Table = "/proc/net/unix"; // Num: RefCount Protocol Flags Type St Inode Path
    private const int Fields = 8;
    private const int FlagsField = 3;
    private const uint AcceptsConnections = 0x10000; // __SO_ACCEPTCON

    /// <param name="path">As it was given to bind(2).</param>
    public static bool Contains(string path)
    {
        try
        {
            return Contains(File.ReadLines(Table), path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false; // no proc file system, or not this part of it
        }
    }

    internal static bool Contains(IEnumerable<string> table, string path) => table
        .Where(line => line.EndsWith(path, StringComparison.Ordinal))
        .Select(line => line.Split(' ', Fields, StringSplitOptions.RemoveEmptyEntries))
        .Any(fields => fields.Length == Fields
            && fields[^1] == path
            && uint.TryParse(fields[FlagsField], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out uint flags)
            && (flags & AcceptsConnections) != 0);
}
