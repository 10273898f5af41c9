using System.Buffers;
using System.Net;
using System.Xml.Linq;

namespace VirtNet.Model.Xml;

/// <summary><c>&lt;host mac= id= name= ip=/&gt;</c> inside <c>&lt;dhcp&gt;</c>: a reservation.</summary>
internal static class DhcpHostXml
{
    private static readonly SearchValues<char> IdCharacters = SearchValues.Create("0123456789abcdefABCDEF:");

    /// <param name="ipv6">
    /// Whether the <c>&lt;ip&gt;</c> around it is IPv6: what a host must and may have depends on it.
    /// </param>
    /// <param name="partial">For finding an entry to delete: any one of mac, name and ip is enough.</param>
    public static DhcpHost Parse(XElement host, string network, bool ipv6, bool partial = false)
    {
        DhcpHost parsed = new(
            Mac: ParseMac(host, network, ipv6),
            Id: ParseId(host, network),
            Name: ParseName(host, network),
            Address: ParseAddress(host, network));
        if (partial)
        {
            CheckPartial(host, parsed, network);
        }
        else
        {
            CheckComplete(host, parsed, network, ipv6);
        }

        return parsed with { Lease = LeaseTimeXml.ParseChild(host) };
    }

    public static XElement Format(DhcpHost host) => new("host",
        ElementWriting.Attribute("mac", host.Mac),
        ElementWriting.Attribute("id", host.Id),
        ElementWriting.Attribute("name", host.Name),
        ElementWriting.Attribute("ip", host.Address),
        host.Lease is { } lease ? LeaseTimeXml.Format(lease) : null);

    /// <summary>Kept as written; only checked.</summary>
    private static string? ParseMac(XElement host, string network, bool ipv6)
    {
        if (host.Attribute("mac") is not { } mac)
        {
            return null;
        }

        if (ipv6)
        {
            throw mac.XmlError(
                $"Invalid to specify MAC address '{mac.Value}' in network '{network}' IPv6 static host definition");
        }

        if (!MacAddress.TryParse(mac.Value, out MacAddress address))
        {
            throw mac.XmlError($"Cannot parse MAC address '{mac.Value}' in network '{network}'");
        }

        return address.IsMulticast
            ? throw mac.XmlError($"expected unicast mac address, found multicast '{mac.Value}' in network '{network}'")
            : mac.Value;
    }

    private static string? ParseId(XElement host, string network)
    {
        if (host.Attribute("id") is not { } id)
        {
            return null;
        }

        int bad = id.Value.AsSpan().IndexOfAnyExcept(IdCharacters);
        return bad < 0
            ? id.Value
            : throw id.XmlError($"Invalid character '{id.Value[bad]}' in id '{id.Value}' of network '{network}'");
    }

    private static string? ParseName(XElement host, string network)
    {
        if (host.Attribute("name") is not { } name)
        {
            return null;
        }

        return name.Value.Length > 0 && char.IsAsciiLetterOrDigit(name.Value[0])
            ? name.Value
            : throw name.XmlError($"Cannot use host name '{name.Value}' in network '{network}'");
    }

    private static IPAddress? ParseAddress(XElement host, string network)
    {
        if (host.Attribute("ip") is not { } ip)
        {
            return null;
        }

        return AddressText.TryParse(ip.Value, out IPAddress? address)
            ? address
            : throw ip.XmlError($"Invalid IP address in static host definition for network '{network}'");
    }

    private static void CheckPartial(XElement host, DhcpHost parsed, string network)
    {
        if (parsed is { Mac: null, Name: null, Address: null })
        {
            throw host.XmlError(
                "At least one of name, mac, or ip attribute must be specified "
                + $"for static host definition in network '{network}'");
        }
    }

    private static void CheckComplete(XElement host, DhcpHost parsed, string network, bool ipv6)
    {
        if (ipv6 && parsed is { Id: null, Name: null })
        {
            throw host.XmlError($"Static host definition in IPv6 network '{network}' must have id or name attribute");
        }

        if (!ipv6 && parsed is { Mac: null, Name: null })
        {
            throw host.XmlError($"Static host definition in IPv4 network '{network}' must have mac or name attribute");
        }

        if (parsed.Address is null)
        {
            throw host.XmlError($"Missing IP address in static host definition for network '{network}'");
        }
    }
}
