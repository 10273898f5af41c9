using VirtNet.Wire.Dns;

namespace VirtNet.Services.Dns.Zone;

/// <summary>One record of a name that this server answers itself. Names in <paramref name="Data"/> are not compressed.</summary>
internal sealed record DnsRecord(DnsType Type, byte[] Data, uint TimeToLive = 0);
