using System.Net;

namespace VirtNet.Model;

/// <summary>The <c>&lt;nat&gt;</c> element. An absent port range means 1024-65535 in the rules.</summary>
public sealed record NatOptions
{
    /// <summary><c>ipv6=</c>; null when absent.</summary>
    public bool? Ipv6 { get; init; }

    public AddressRange? Addresses { get; init; }

    public NatPortRange? Ports { get; init; }
}

/// <summary>An inclusive range of addresses of one family.</summary>
public sealed record AddressRange(IPAddress Start, IPAddress End);

/// <summary>An inclusive range of TCP/UDP ports.</summary>
public sealed record NatPortRange(ushort Start, ushort End);
