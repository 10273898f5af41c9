namespace VirtNet.Fabric.Configuration;

/// <summary>Where the fabric's files are, derived from three folders.</summary>
/// <param name="ConfigDirectory">Settings, keys.</param>
/// <param name="StateDirectory">The copy of what is shared. Root's alone: virtnetd's own folder belongs to its user.</param>
/// <param name="RuntimeDirectory">virtnetd's, with its socket.</param>
internal sealed record FabricPaths(string ConfigDirectory, string StateDirectory, string RuntimeDirectory)
{
    public static FabricPaths Default { get; } = new("/etc/virtnet", "/var/lib/virtnet-fabric", "/run/virtnet");

    public string Settings => Path.Combine(ConfigDirectory, "fabric.conf");

    /// <summary>Certificates and keys.</summary>
    public string Keys => Path.Combine(ConfigDirectory, "fabric");

    /// <summary>virtnetd's.</summary>
    public string Socket => Path.Combine(RuntimeDirectory, "virtnet-sock");

    /// <summary>What this host and the fabric agreed on, a file for each network.</summary>
    public string Networks => Path.Combine(StateDirectory, "networks");

    /// <summary>How the daemon is.</summary>
    public string Status => Path.Combine(StateDirectory, "status.json");

    /// <summary>Tells this host from another one of its name.</summary>
    public string Identity => Path.Combine(StateDirectory, "id");

    /// <summary>One running daemon holds it.</summary>
    public string LockFile => Path.Combine(StateDirectory, "lock");
}
