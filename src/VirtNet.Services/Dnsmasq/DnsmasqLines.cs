using System.Net;
using VirtNet.Model;
using VirtNet.Services.Dhcp4;
using VirtNet.Services.Dns.Zone;

namespace VirtNet.Services.Dnsmasq;

/// <summary>
/// The <c>&lt;dnsmasq:option&gt;</c> lines of a network as a whole. Each is honoured by the service that it concerns, or the
/// network is not served: none is dropped in silence.
/// </summary>
internal static class DnsmasqLines
{
    /// <summary>What they ask for is so anyway.</summary>
    private static readonly string[] AlwaysSo = ["dhcp-authoritative", "dhcp-no-override"];

    /// <summary>The definition with the reservations and ranges of its lines where XML has them.</summary>
    /// <exception cref="VirtNetException">A line that no service knows, or that is malformed; it is named.</exception>
    public static NetworkDefinition Expand(NetworkDefinition network)
    {
        if (network is not { OwnsBridge: true, Ips.Count: > 0 })
        {
            return network; // libvirt starts no dnsmasq there
        }

        LocalZoneBuilder zone = new();
        List<IpDefinition> ips = [.. network.Ips];
        foreach (string line in network.DnsmasqOptions)
        {
            string[] parts = line.Split('=', 2);
            string value = parts.Length == 2 ? parts[1].Trim() : "";
            bool? honoured = parts[0].Trim() switch
            {
                "dhcp-host" => DnsmasqDhcpHost.TryParse(value) is { } host && AddHost(ips, host),
                "dhcp-range" => DnsmasqDhcpRange.TryParse(value) is { } range && AddRange(ips, range),
                "dhcp-option" or "dhcp-option-force" => DnsmasqDhcpOption.TryParse(line, server: 0, out _),
                var option when AlwaysSo.Contains(option) => value.Length == 0,
                _ => DnsmasqLine.Apply(line, zone) switch
                {
                    DnsmasqLineResult.Applied => true,
                    DnsmasqLineResult.Invalid => false,
                    _ => null,
                },
            };
            if (honoured != true)
            {
                string what = honoured is null ? "is not supported" : "is malformed, or says more than is supported";
                throw VirtNetException.ConfigUnsupported($"dnsmasq option '{line}' of network '{network.Name}' {what}");
            }
        }

        return network with { Ips = ips.ToValueList() };
    }

    /// <summary>One without an address goes to the address that DHCP is served on.</summary>
    private static bool AddHost(List<IpDefinition> ips, DhcpHost host)
    {
        int i = host.Address is { } address ? IndexOf(ips, address) : ips.FindIndex(ip => ip.HasDhcp && !ip.IsIpv6);
        if (i < 0)
        {
            return false;
        }

        ips[i] = ips[i] with { Hosts = [.. ips[i].Hosts, host] };
        return true;
    }

    private static bool AddRange(List<IpDefinition> ips, DhcpRange range)
    {
        int i = IndexOf(ips, range.Start);
        if (i < 0 || i != IndexOf(ips, range.End) || Subnet.Distance(range.Start, range.End) < 0)
        {
            return false;
        }

        ips[i] = ips[i] with { Ranges = [.. ips[i].Ranges, range] };
        return true;
    }

    private static int IndexOf(List<IpDefinition> ips, IPAddress address) => ips.FindIndex(
        ip => ip.EffectivePrefix is { } prefix && ip.Address.AddressFamily == address.AddressFamily
            && Subnet.Contains(ip.Address, prefix, address));
}
