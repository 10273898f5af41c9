using VirtNet.Wire.Dns;

namespace VirtNet.Services.Dns.Zone;

/// <summary>One record of a name that this server answers itself. Names in <paramref name="Data"/> are not compressed.</summary>
/// <param name="TimeToLive">Null = that of the zone.</param>
internal sealed record DnsRecord(DnsType Type, byte[] Data, uint? TimeToLive = null);
