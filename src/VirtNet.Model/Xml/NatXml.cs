using System.Net;
using System.Net.Sockets;
using System.Xml.Linq;

namespace VirtNet.Model.Xml;

/// <summary>
/// <c>&lt;nat ipv6=&gt;&lt;address/&gt;&lt;port/&gt;&lt;/nat&gt;</c> inside <c>&lt;forward mode='nat'&gt;</c>.
/// </summary>
internal static class NatXml
{
    public static NatOptions Parse(XElement nat, string network) => new()
    {
        Ipv6 = nat.YesNo("ipv6"),
        Addresses = Only(nat, "address", network) is { } address ? ParseAddresses(address, network) : null,
        Ports = Only(nat, "port", network) is { } port ? ParsePorts(port, network) : null,
    };

    /// <returns>Null when nothing was set.</returns>
    public static XElement? Format(NatOptions nat)
    {
        XElement element = new("nat",
            ElementWriting.Attribute("ipv6", nat.Ipv6),
            nat.Addresses is { } addresses ? new XElement("address",
                ElementWriting.Attribute("start", addresses.Start),
                ElementWriting.Attribute("end", addresses.End)) : null,
            nat.Ports is { } ports ? new XElement("port",
                ElementWriting.Number("start", ports.Start),
                ElementWriting.Number("end", ports.End)) : null);
        return element.HasAttributes || element.HasElements ? element : null;
    }

    private static XElement? Only(XElement nat, string name, string network)
    {
        XElement? only = null;
        foreach (XElement element in nat.Elements(name))
        {
            only = only is null
                ? element
                : throw element.XmlError($"Only one <{name}> element is allowed in <nat> in <forward> in "
                    + $"network {network}");
        }

        return only;
    }

    private static AddressRange ParseAddresses(XElement address, string network)
    {
        foreach (string bound in (ReadOnlySpan<string>)["start", "end"])
        {
            if (address.Attribute(bound) is null)
            {
                throw address.XmlError(
                    $"missing '{bound}' attribute in <address> element in <nat> in <forward> in network {network}");
            }
        }

        AddressRange range = new(ParseBound(address, "start", network), ParseBound(address, "end", network));
        AddressRangeRules.CheckSize(address, range.Start, range.End);
        return range;
    }

    private static IPAddress ParseBound(XElement address, string bound, string network) =>
        AddressText.TryParse(address.Text(bound), out IPAddress? parsed)
        && parsed.AddressFamily == AddressFamily.InterNetwork
            ? parsed
            : throw address.At(bound).XmlError(
                $"Bad ipv4 {bound} address '{address.Text(bound)}' in <nat> in <forward> in network '{network}'");

    /// <returns>Null for 0-0, which means "not given".</returns>
    private static NatPortRange? ParsePorts(XElement port, string network)
    {
        ushort start = ParsePort(port, "start", minimum: 0, network);
        ushort end = ParsePort(port, "end", start, network);
        return (start, end) == (0, 0) ? null : new NatPortRange(start, end);
    }

    private static ushort ParsePort(XElement port, string bound, ushort minimum, string network) =>
        NumberText.TryParse(port.Text(bound) ?? "", radix: 10, out uint value)
        && value >= minimum && value <= ushort.MaxValue
            ? (ushort)value
            : throw port.At(bound).XmlDetail(
                $"Missing or invalid '{bound}' attribute in <port> in <nat> in <forward> in network {network}");
}
