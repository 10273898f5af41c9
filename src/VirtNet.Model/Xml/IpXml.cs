using System.Net;
using System.Xml.Linq;

namespace VirtNet.Model.Xml;

/// <summary>
/// <c>&lt;ip family= address= netmask= prefix= localPtr=&gt;</c> with <c>&lt;tftp&gt;</c> and <c>&lt;dhcp&gt;</c>.
/// </summary>
internal static class IpXml
{
    public static IpDefinition Parse(XElement ip, string network)
    {
        IpDefinition parsed = new(ParseAddress(ip, network))
        {
            Family = ip.NonEmpty("family"),
            Netmask = ParseNetmask(ip, network),
            Prefix = ip.UInt32("prefix") ?? 0,
            LocalPtr = ip.YesNo("localPtr"),
        };
        CheckFamily(ip, parsed, network);
        CheckMask(ip, parsed, network);
        parsed = ip.Element("dhcp") is { } dhcp ? WithDhcp(dhcp, parsed, network) : parsed;
        if (ip.Element("tftp") is not { } tftp)
        {
            return parsed;
        }

        return parsed.IsIpv6
            ? throw tftp.Unsupported($"Unsupported <tftp> element in an IPv6 element in network '{network}'")
            : parsed with { TftpRoot = tftp.NonEmpty("root") };
    }

    public static XElement Format(IpDefinition ip) => new("ip",
        ElementWriting.Attribute("family", ip.Family),
        ElementWriting.Attribute("address", ip.Address),
        ElementWriting.Attribute("netmask", ip.Netmask),
        ElementWriting.NonZero("prefix", ip.Prefix),
        ElementWriting.Attribute("localPtr", ip.LocalPtr),
        ip.TftpRoot is { } root ? new XElement("tftp", new XAttribute("root", root)) : null,
        ip.HasDhcp ? FormatDhcp(ip) : null,
        ElementWriting.Open);

    private static IPAddress ParseAddress(XElement ip, string network)
    {
        string text = ip.NonEmpty("address")
            ?? throw ip.XmlError($"Missing required address attribute in network '{network}'");
        return AddressText.TryParse(text, out IPAddress? address)
            ? address
            : throw ip.At("address").XmlError($"Invalid address '{text}' in network '{network}'");
    }

    private static IPAddress? ParseNetmask(XElement ip, string network)
    {
        if (ip.NonEmpty("netmask") is not { } text)
        {
            return null;
        }

        return AddressText.TryParse(text, out IPAddress? netmask)
            ? netmask
            : throw ip.At("netmask").XmlError($"Invalid netmask '{text}' in network '{network}'");
    }

    private static void CheckFamily(XElement ip, IpDefinition parsed, string network)
    {
        string address = ip.Text("address")!;
        switch (parsed.Family)
        {
            case null when parsed.IsIpv6:
                throw ip.Unsupported($"no family specified for non-IPv4 address '{address}' in network '{network}'");
            case "ipv4" when parsed.IsIpv6:
                throw ip.At("family").Unsupported(
                    $"ipv4 family specified for non-IPv4 address '{address}' in network '{network}'");
            case "ipv6" when !parsed.IsIpv6:
                throw ip.At("family").Unsupported(
                    $"Family 'ipv6' specified for non-IPv6 address '{address}' in network '{network}'");
            case not (null or "ipv4" or "ipv6"):
                throw ip.At("family").XmlError($"Unrecognized family '{parsed.Family}' in network '{network}'");
        }
    }

    private static void CheckMask(XElement ip, IpDefinition parsed, string network)
    {
        if (parsed.Netmask is { } netmask)
        {
            XObject at = ip.At("netmask");
            if (parsed.IsIpv6)
            {
                throw at.Unsupported("netmask not allowed for IPv6 address "
                    + $"'{ip.Text("address")}' in network '{network}'");
            }

            if (netmask.AddressFamily != parsed.Address.AddressFamily)
            {
                throw at.Unsupported(
                    $"Invalid netmask '{ip.Text("netmask")}' for address '{ip.Text("address")}' "
                    + $"in network '{network}' (both must be IPv4)");
            }

            if (parsed.Prefix > 0)
            {
                throw at.Unsupported($"Network '{network}' IP address cannot have both a prefix and a netmask");
            }
        }

        if (parsed.Prefix > (parsed.IsIpv6 ? 128 : 32))
        {
            throw ip.At("prefix").Unsupported(
                $"Invalid {(parsed.IsIpv6 ? "IPv6" : "IPv4")} prefix '{parsed.Prefix}' in network '{network}'");
        }
    }

    /// <summary>All ranges are read before all hosts; the boot file only for IPv4.</summary>
    private static IpDefinition WithDhcp(XElement dhcp, IpDefinition ip, string network) => ip with
    {
        Ranges = dhcp.ParseAll("range", range => DhcpRangeXml.Parse(range, network, ip)),
        Hosts = dhcp.ParseAll("host", host => DhcpHostXml.Parse(host, network, ip.IsIpv6)),
        Boot = !ip.IsIpv6 && dhcp.Element("bootp") is { } bootp ? BootFileXml.Parse(bootp) : null,
    };

    private static XElement FormatDhcp(IpDefinition ip)
    {
        XElement dhcp = new("dhcp");
        foreach (DhcpRange range in ip.Ranges)
        {
            dhcp.Add(DhcpRangeXml.Format(range));
        }

        foreach (DhcpHost host in ip.Hosts)
        {
            dhcp.Add(DhcpHostXml.Format(host));
        }

        dhcp.Add(ip.Boot is { } boot ? BootFileXml.Format(boot) : null);
        return dhcp;
    }
}
