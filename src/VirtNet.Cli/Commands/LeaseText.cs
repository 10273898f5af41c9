using VirtNet.Cli.Output;
using VirtNet.Rpc.Driver;

namespace VirtNet.Cli.Commands;

/// <summary>Leases in words and in JSON.</summary>
internal static class LeaseText
{
    /// <summary>virIPAddrType.</summary>
    public static string Protocol(this DhcpLease lease) => lease.Type switch
    {
        0 => "ipv4",
        1 => "ipv6",
        _ => "-",
    };

    /// <summary>Null = never.</summary>
    public static DateTimeOffset? Expires(this DhcpLease lease) =>
        lease.ExpiryTime == 0 ? null : DateTimeOffset.FromUnixTimeSeconds(lease.ExpiryTime);

    public static JsonLease ToJson(this DhcpLease lease, string? host = null) => new(
        lease.Expires(),
        lease.Mac,
        lease.Protocol(),
        lease.IpAddress,
        lease.Prefix,
        lease.Hostname,
        lease.ClientId,
        lease.Iaid,
        lease.Interface,
        host);
}
