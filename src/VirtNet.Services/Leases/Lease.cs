using System.Net;
using VirtNet.Model;
using VirtNet.Wire.Dhcp6;

namespace VirtNet.Services.Leases;

/// <summary>An address bound to a client of one network.</summary>
/// <param name="Network">UUID of the network.</param>
/// <param name="Expires">Null = infinite.</param>
/// <param name="HostName">Bare name, without domain.</param>
/// <param name="ClientId">IPv4: option 61 with its type byte, lower-case hex with colons; IPv6: the DUID.</param>
/// <param name="Iaid">IPv6 only.</param>
public sealed record Lease(
    Guid Network,
    IPAddress Address,
    MacAddress? Mac,
    string? ClientId,
    Dhcp6IaId? Iaid,
    string? HostName,
    DateTimeOffset? Expires);
