using VirtNet.Wire.Dns;

namespace VirtNet.Services.Dns.Zone;

/// <summary>What the SOA record of a zone says beside the server's name (RFC 1035, 3.3.13).</summary>
internal sealed record AuthorityTimes
{
    public static AuthorityTimes Default { get; } = new();

    public uint Serial { get; init; }

    /// <summary>Null = "hostmaster" of the server.</summary>
    public DnsName? Hostmaster { get; init; }

    public uint Refresh { get; init; } = 1200;

    public uint Retry { get; init; } = 180;

    public uint Expiry { get; init; } = 1209600;
}
