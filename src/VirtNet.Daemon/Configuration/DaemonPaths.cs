
namespace VirtNet.Daemon.Configuration;

/// <summary>Where the daemon keeps things, derived from its three folders.</summary>
public sealed record DaemonPaths(string ConfigDirectory, string StateDirectory, string RuntimeDirectory)
{
    public static DaemonPaths Default { get; } = new("/etc/virtnet", "/var/lib/virtnet", "/run/virtnet");

    /// <summary>Persistent definitions, one file a network.</summary>
    public string NetworkConfigs => Path.Combine(ConfigDirectory, "networks");

    /// <summary>Links to the definitions that are started at boot.</summary>
    public string AutostartLinks => Path.Combine(NetworkConfigs, "autostart");

    public string Hooks => Path.Combine(ConfigDirectory, "hooks");

    /// <summary>Live definitions and ports of active networks; lost at boot, like the networks themselves.</summary>
    public string NetworkStates => Path.Combine(RuntimeDirectory, "networks");

    /// <summary>Present once networks were autostarted since boot.</summary>
    public string AutostartedMarker => Path.Combine(RuntimeDirectory, "autostarted");

    public string LockFile => Path.Combine(RuntimeDirectory, "virtnetd.pid");

    /// <summary>Beside the leases: another daemon may have other sockets and the same leases.</summary>
    public string StateLockFile => Path.Combine(StateDirectory, "leases.db.lock");

    public string Socket => Path.Combine(RuntimeDirectory, "virtnet-sock");

    public string ReadOnlySocket => Path.Combine(RuntimeDirectory, "virtnet-sock-ro");

    /// <summary>All folders, those above before those in them.</summary>
    public IReadOnlyList<string> Folders => [NetworkConfigs, AutostartLinks, StateDirectory, RuntimeDirectory, NetworkStates];

    /// <summary>
    /// Makes the folders that are missing. One that cannot be made is left out, unless nothing works without it: it is said while the
    /// daemon runs.
    /// </summary>
    public void Create()
    {
        foreach (string folder in Folders)
        {
            try
            {
                Directory.CreateDirectory(folder);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException
                && folder != StateDirectory && folder != RuntimeDirectory)
            {
                // something else has its name, or what is above may not be changed
            }
        }
    }
}
