namespace VirtNet.Services.Networks;

/// <summary>What the guests' services need to know of the daemon.</summary>
public sealed record NetworkServicesOptions
{
    /// <summary>Folder of the lease database and of the status files; it exists.</summary>
    public string StateDirectory { get; set; } = "/var/lib/virtnet";

    /// <summary>Where the host's own name servers are written: guests' questions go there too.</summary>
    public string ResolvConfPath { get; set; } = "/etc/resolv.conf";

    /// <summary>Names of the host itself, which its guests may use.</summary>
    public string HostsPath { get; set; } = "/etc/hosts";

    /// <summary>Whether links below a TFTP root may lead out of it.</summary>
    public bool TftpFollowLinks { get; set; }
}
