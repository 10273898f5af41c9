using System.Net;
using System.Net.Sockets;

namespace VirtNet.Services.Dnsmasq;

/// <summary>An address as lines about DHCP write it: IPv4 with four numbers, IPv6 in brackets.</summary>
internal static class DnsmasqAddress
{
    public static IPAddress? TryParse(string word) =>
        word is ['[', .. { } inner, ']']
            ? IPAddress.TryParse(inner, out IPAddress? address) && address.AddressFamily == AddressFamily.InterNetworkV6 ? address : null
            : TryParseIpv4(word);

    public static IPAddress? TryParseIpv4(string word) =>
        word.Count(c => c == '.') == 3 && IPAddress.TryParse(word, out IPAddress? address)
        && address.AddressFamily == AddressFamily.InterNetwork ? address : null;
}
