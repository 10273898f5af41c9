using VirtNet.Services.Dns.Forwarding;
using VirtNet.Services.Dns.Zone;

namespace VirtNet.Services.Dns.Answers;

/// <summary>Where the host's own name service is configured, and the bounds of ours.</summary>
internal sealed record DnsOptions
{
    public string ResolvConfPath { get; init; } = ResolvConf.DefaultPath;

    public string HostsPath { get; init; } = "/etc/hosts";

    /// <summary>Where guests ask; another one only where this host cannot give that one away, as under test.</summary>
    public ushort Port { get; init; } = ResolvConf.DnsPort;

    public ForwarderOptions Forwarding { get; init; } = new();

    /// <summary>TCP connections open at one time, for each network.</summary>
    public int MaxConnectionsPerNetwork { get; init; } = 128;

    /// <summary>The same, for each client.</summary>
    public int MaxConnectionsPerClient { get; init; } = 32;

    /// <summary>How long a TCP connection may be silent (RFC 7766, 6.2.3 wants seconds, not minutes).</summary>
    public TimeSpan ConnectionIdleTime { get; init; } = TimeSpan.FromSeconds(10);
}
