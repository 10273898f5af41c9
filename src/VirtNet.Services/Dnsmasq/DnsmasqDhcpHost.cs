using System.Net.Sockets;
using VirtNet.Model;
using VirtNet.Services.Dhcp4;

namespace VirtNet.Services.Dnsmasq;

/// <summary>
/// The value of a <c>dhcp-host=</c> line, as far as a <c>&lt;host&gt;</c> can say the same: MAC, address, name and lease time in
/// any order, and <c>id:</c> with an address in brackets for IPv6. Tags and <c>ignore</c> are not understood.
/// </summary>
internal static class DnsmasqDhcpHost
{
    private const string Id = "id:";

    public static DhcpHost? TryParse(string value)
    {
        DhcpHost host = new(null, null, null, null);
        foreach (string word in value.Split(',', StringSplitOptions.TrimEntries))
        {
            if (Add(host, word) is not { } more)
            {
                return null;
            }

            host = more;
        }

        bool isIpv6 = host.Address is { AddressFamily: AddressFamily.InterNetworkV6 };
        bool names = isIpv6 ? host.Mac is null && host.Id is not null : host.Id is null && (host.Mac ?? host.Name) is not null;
        return names && (host.Address ?? (object?)host.Name) is not null ? host : null;
    }

    /// <summary>Null for a word that is not understood, or is said twice.</summary>
    private static DhcpHost? Add(DhcpHost host, string word)
    {
        if (host.Mac is null && MacAddress.TryParse(word, out _))
        {
            return host with { Mac = word };
        }

        if (host.Id is null && word.StartsWith(Id, StringComparison.Ordinal) && word.Length > Id.Length)
        {
            return host with { Id = word[Id.Length..] };
        }

        if (host.Address is null && DnsmasqAddress.TryParse(word) is { } address)
        {
            return host with { Address = address };
        }

        if (host.Lease is null && DnsmasqLeaseTime.TryParse(word) is { } lease)
        {
            return host with { Lease = lease };
        }

        return host.Name is null && HostNames.TryRead(word, out _) && word is not "ignore" ? host with { Name = word } : null;
    }
}
