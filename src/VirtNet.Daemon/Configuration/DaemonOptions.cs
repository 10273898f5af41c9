using System.Net;

namespace VirtNet.Daemon.Configuration;

/// <summary>Settings of <c>virtnetd.conf</c>. Names in the file are those of the summary's first word.</summary>
public sealed record DaemonOptions
{
    /// <summary><c>firewall_backend</c>: nftables, iptables or none; null = the first that works.</summary>
    public string? FirewallBackend { get; init; }

    /// <summary>
    /// <c>coexist</c>, <c>auto</c> or <c>report</c>: whether networks are let through other firewalls of the host, or it is only
    /// told who cuts them off.
    /// </summary>
    public bool AdaptsToFirewalls { get; init; } = true;

    /// <summary><c>flow_offload</c>: established connections may pass the rules by, where the kernel has flowtables.</summary>
    public bool FlowOffload { get; init; }

    /// <summary><c>libvirt_sockets</c>: also listen where modular libvirt looks for its network daemon.</summary>
    public bool LibvirtSockets { get; init; }

    /// <summary><c>accept_hypervisor_uris</c>: open <c>qemu:///system</c> and the like as this daemon.</summary>
    public bool AcceptHypervisorUris { get; init; } = true;

    /// <summary><c>auth_unix_rw</c>, <c>polkit</c> or <c>none</c>: whether polkit decides about clients other than root.</summary>
    public bool AskPolkit { get; init; }

    /// <summary><c>unix_sock_group</c>: the group that may change networks; null = not given.</summary>
    public string? SocketGroup { get; init; }

    /// <summary><c>unix_sock_rw_perms</c>, octal; null = not given.</summary>
    public UnixFileMode? SocketMode { get; init; }

    /// <summary><c>unix_sock_ro_perms</c>, octal; null = not given.</summary>
    public UnixFileMode? ReadOnlySocketMode { get; init; }

    /// <summary>Without what can change while the daemon runs.</summary>
    internal DaemonOptions NeedingRestart() =>
        this with { SocketGroup = null, SocketMode = null, ReadOnlySocketMode = null };

    /// <summary><c>tftp_follow_links</c>: links below a network's TFTP root may lead out of it.</summary>
    public bool TftpFollowLinks { get; init; }

    /// <summary>
    /// <c>publish_default</c>: where what networks publish without an address listens, unless the network says; null = everywhere.
    /// </summary>
    public IPAddress? PublishDefault { get; init; }

    /// <summary><c>metrics_listen</c>: where metrics are served over HTTP, an address with a port or a path; null = nowhere.</summary>
    public string? MetricsListen { get; init; }

    internal static UnixFileMode FromOctal(string text) => (UnixFileMode)Convert.ToInt32(text, 8);
}
