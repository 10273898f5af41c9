using VirtNet.Model;

namespace VirtNet.Services.Dnsmasq;

/// <summary>
/// The value of a <c>dhcp-range=</c> line: <c>start,end[,netmask[,broadcast]][,lease time]</c>, of which netmask and broadcast
/// address are those of the network anyway. Tags, modes and IPv6 are not understood.
/// </summary>
internal static class DnsmasqDhcpRange
{
    public static DhcpRange? TryParse(string value)
    {
        string[] words = value.Split(',', StringSplitOptions.TrimEntries);
        LeaseTime? lease = words.Length > 2 ? DnsmasqLeaseTime.TryParse(words[^1]) : null;
        string[] addresses = lease is null ? words : words[..^1];
        return addresses.Length is >= 2 and <= 4 && addresses.All(word => DnsmasqAddress.TryParseIpv4(word) is not null)
            ? new DhcpRange(DnsmasqAddress.TryParseIpv4(words[0])!, DnsmasqAddress.TryParseIpv4(words[1])!, lease)
            : null;
    }
}
