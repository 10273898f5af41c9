using System.Net;
using VirtNet.Model;
using VirtNet.Services.Dns.Zone;
using VirtNet.Services.Dnsmasq.Dhcp;
using VirtNet.Services.Dnsmasq.Zone;

namespace VirtNet.Services.Dnsmasq.Reading;

/// <summary>
/// Reads the <c>&lt;dnsmasq:option&gt;</c> lines of a network. Each is honoured by the service that it concerns, or has nothing to
/// do with guests, or the network is not served: none that guests depend on is dropped in silence.
/// </summary>
internal static class DnsmasqReader
{
    public static DnsmasqReading Read(NetworkDefinition network)
    {
        if (network is not { OwnsBridge: true, Ips.Count: > 0 } || network.DnsmasqOptions.Count == 0)
        {
            return new DnsmasqReading(network); // libvirt starts no dnsmasq there
        }

        List<IpDefinition> ips = [.. network.Ips];
        IPAddress[] addresses = [.. ips.Select(ip => ip.Address)];
        LocalZoneBuilder zone = new() { Subnets = ips.Select(ip => ip.Network).OfType<IPNetwork>().ToValueList() };
        List<NamedLine> inPart = [];
        DhcpLines dhcp = new(ips, network.BridgeName);
        TftpLines tftp = new(network.BridgeName);
        OwnLines own = new(network);
        List<NamedLine> refused = [];
        List<string> withoutEffect = [];
        foreach (ConfLine line in network.DnsmasqOptions.SelectMany(ConfLine.Read))
        {
            LineVerdict verdict =
                line.Option.Length == 0 ? LineVerdict.Malformed
                : !OptionTable.IsKnown(line.Option) ? LineVerdict.Unknown
                : !OptionTable.HasItsValue(line) ? LineVerdict.Malformed
                : dhcp.Take(line) ?? tftp.Take(line) ?? own.Take(line)
                    ?? DnsmasqLine.Apply(line, zone, network.BridgeName, addresses)
                    ?? (!OptionTable.IsUnnoticed(line.Option) ? LineVerdict.Unsupported
                        : UnnoticedValues.IsTaken(line) ? LineVerdict.WithoutEffect : LineVerdict.Malformed);
            if (zone.Shortcoming is { } shortcoming)
            {
                inPart.Add(new NamedLine(line.Text.Trim(), shortcoming));
                zone.Shortcoming = null;
            }

            if (verdict == LineVerdict.WithoutEffect)
            {
                withoutEffect.Add(line.Text.Trim());
            }
            else if (verdict != LineVerdict.Honoured)
            {
                refused.Add(new NamedLine(line.Text, Reason(verdict)));
            }
        }

        dhcp.Merge();
        if (zone.LacksAuthorityServer)
        {
            refused.Add(new NamedLine("auth-zone", "is not served without an 'auth-server'"));
        }

        if (tftp is { IsEnabled: true, Root: null } && ips.TrueForAll(ip => ip.TftpRoot is null))
        {
            refused.Add(new NamedLine("enable-tftp", "is not supported without a 'tftp-root': guests could read any file of this host"));
        }

        if (own.Domain is null && network.DnsmasqOptions.SelectMany(ConfLine.Read).Any(line => line.Option == "dhcp-fqdn"))
        {
            refused.Add(new NamedLine("dhcp-fqdn", "needs a domain"));
        }

        return new DnsmasqReading(network with { Ips = WithRoot(ips, tftp).ToValueList(), Domain = own.Domain })
        {
            Dhcp = dhcp.Rules,
            DnsPort = zone.Port,
            Tftp = tftp.Rules,
            TftpRootMayBeMissing = tftp.MayBeMissing,
            HonouredInPart = [.. dhcp.HonouredInPart, .. tftp.HonouredInPart, .. inPart],
            WithoutEffect = withoutEffect.ToValueList(),
            Refused = refused.ToValueList(),
        };
    }

    private static string Reason(LineVerdict verdict) => verdict switch
    {
        LineVerdict.Unknown => "is none that dnsmasq has",
        LineVerdict.Malformed => "is malformed",
        _ => "is not supported",
    };

    /// <summary>The last root counts, and only where TFTP is switched on.</summary>
    private static List<IpDefinition> WithRoot(List<IpDefinition> ips, TftpLines tftp)
    {
        bool isOn = tftp.IsEnabled || ips.Exists(ip => ip.TftpRoot is not null);
        return isOn && tftp.Root is { } root ? [ips[0] with { TftpRoot = root }, .. ips[1..]] : ips;
    }
}
