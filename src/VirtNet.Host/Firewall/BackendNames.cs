namespace VirtNet.Host.Firewall;

/// <summary>The firewall backends, as the configuration file names them.</summary>
public static class BackendNames
{
    public const string Nftables = "nftables";
    public const string Iptables = "iptables";
    public const string None = "none";
}
