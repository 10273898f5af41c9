namespace VirtNet.Fabric.Configuration;

/// <summary>Where the fabric's files are, derived from three folders.</summary>
/// <param name="ConfigDirectory">Settings, keys.</param>
/// <param name="StateDirectory">The copy of what is shared. Root's alone: virtnetd's own folder belongs to its user.</param>
/// <param name="RuntimeDirectory">virtnetd's, with its socket.</param>
internal sealed record FabricPaths(string ConfigDirectory, string StateDirectory, string RuntimeDirectory)
{
    /// <summary>By which FRRouting tells this instance from others of the host.</summary>
    public const string FrrName = "virtnet";

    public static FabricPaths Default { get; } = new("/etc/virtnet", "/var/lib/virtnet-fabric", "/run/virtnet");

    public string Settings => Path.Combine(ConfigDirectory, "fabric.conf");

    /// <summary>Certificates and keys.</summary>
    public string Keys => Path.Combine(ConfigDirectory, "fabric");

    /// <summary>The certificate of the fabric's authority.</summary>
    public string AuthorityFile => Path.Combine(Keys, "ca.pem");

    /// <summary>Its key; only the host that began the fabric has it.</summary>
    public string AuthorityKeyFile => Path.Combine(Keys, "ca-key.pem");

    /// <summary>This host's own.</summary>
    public string CertificateFile => Path.Combine(Keys, "cert.pem");

    public string KeyFile => Path.Combine(Keys, "key.pem");

    /// <summary>Variables of this host's member of etcd, where it has one.</summary>
    public string EtcdSettings => Path.Combine(Keys, "etcd.env");

    /// <summary>Of the fabric's own FRRouting, as that finds it by its name (-N).</summary>
    public static string Frr => Path.Combine("/etc/frr", FrrName);

    /// <summary>Where its programs listen to what they are told.</summary>
    public static string FrrSockets => Path.Combine("/run/frr", FrrName);

    public static string Bgpd => Path.Combine(FrrSockets, "bgpd.vty");

    public static string Bfdd => Path.Combine(FrrSockets, "bfdd.vty");

    /// <summary>Where the operator's bgpd listens.</summary>
    public static string OthersBgpd => "/run/frr/bgpd.vty";

    /// <summary>Where the operator's bfdd listens.</summary>
    public static string OthersBfdd => "/run/frr/bfdd.vty";

    /// <summary>What of the operator's FRRouting is the fabric's doing, while it is.</summary>
    public string SharedFrr => Path.Combine(StateDirectory, "frr-shared");

    /// <summary>virtnetd's.</summary>
    public string Socket => Path.Combine(RuntimeDirectory, "virtnet-sock");

    /// <summary>What this host and the fabric agreed on, a file for each network.</summary>
    public string Networks => Path.Combine(StateDirectory, "networks");

    /// <summary>How the daemon is.</summary>
    public string Status => Path.Combine(StateDirectory, "status.json");

    /// <summary>Which fabric this host is in.</summary>
    public string FabricIdentity => Path.Combine(StateDirectory, "fabric-id");

    /// <summary>Members of etcd that the settings do not name.</summary>
    public string Endpoints => Path.Combine(StateDirectory, "endpoints");

    /// <summary>Tells this host from another one of its name.</summary>
    public string Identity => Path.Combine(StateDirectory, "id");

    /// <summary>One running daemon holds it.</summary>
    public string LockFile => Path.Combine(StateDirectory, "lock");
}
