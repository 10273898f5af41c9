namespace VirtNet.Host.Commands;

/// <summary>
/// The file by which programs of iptables' older variant keep out of each other's way. Only root can make it, and only those to
/// whom it was opened (tmpfiles.d) can lock it; without a lock these programs do nothing at all.
/// </summary>
internal static class XtablesLock
{
    /// <summary>Names another file to those programs.</summary>
    public const string Variable = "XTABLES_LOCKFILE";

    private const string Shared = "/run/xtables.lock";

    /// <returns>Null = the shared file, which all programs use; else one of our own, the second best.</returns>
    public static string? Choose(string? runtimeDirectory, string shared = Shared) =>
        runtimeDirectory is null || Environment.IsPrivilegedProcess || CanOpen(shared)
            ? null
            : Path.Combine(runtimeDirectory, "xtables.lock");

    private static bool CanOpen(string path)
    {
        try
        {
            using FileStream lockFile = File.Open(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }
}
