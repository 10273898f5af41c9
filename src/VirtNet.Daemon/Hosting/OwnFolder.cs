using VirtNet.Daemon.Configuration;

namespace VirtNet.Daemon.Hosting;

/// <summary>
/// Whether a folder is the daemon's to close or to give away. One that others keep their things in (<c>--runtime-dir /tmp</c>,
/// <c>--state-dir /var/lib</c>) is not, whoever names it.
/// </summary>
internal static class OwnFolder
{
    // Each of them suffices: beside it there may be a log, somebody's copy, or lost+found.
    private static readonly string[] Traces = ["leases.db*", "server-duid", "*.macs", "virtnetd.pid", "virtnet-sock*", "autostarted"];
    private static readonly string[] TracesOfNetworks = ["*.xml", "*.ports", "autostart"];

    /// <summary>Nothing is in it, or something that virtnetd makes; true as well for one that is not there yet.</summary>
    public static bool IsOurs(string folder, DaemonPaths paths) =>
        !Directory.Exists(folder)
        || !Directory.EnumerateFileSystemEntries(folder).Any()
        || TracesIn(folder, paths).Any(trace => Directory.EnumerateFileSystemEntries(folder, trace).Any());

    private static string[] TracesIn(string folder, DaemonPaths paths) =>
        folder == paths.StateDirectory || folder == paths.RuntimeDirectory ? Traces : TracesOfNetworks;
}
