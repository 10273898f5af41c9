namespace VirtNet.Rpc.Driver;

/// <summary>One lease as libvirt's API tells it (virNetworkDHCPLease).</summary>
/// <param name="Interface">The bridge.</param>
/// <param name="ExpiryTime">Unix seconds; 0 = infinite.</param>
/// <param name="Type">0 IPv4, 1 IPv6.</param>
public sealed record DhcpLease(
    string Interface,
    long ExpiryTime,
    int Type,
    string? Mac,
    string? Iaid,
    string IpAddress,
    uint Prefix,
    string? Hostname,
    string? ClientId);
