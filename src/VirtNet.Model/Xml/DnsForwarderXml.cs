using System.Globalization;
using System.Net;
using System.Xml.Linq;

namespace VirtNet.Model.Xml;

/// <summary><c>&lt;forwarder addr= port= domain=/&gt;</c> inside <c>&lt;dns&gt;</c>.</summary>
internal static class DnsForwarderXml
{
    public static DnsForwarder Parse(XElement forwarder, string network)
    {
        IPAddress? address = null;
        if (forwarder.Attribute("addr") is { } text && !AddressText.TryParse(text.Value, out address))
        {
            throw text.XmlError($"Invalid forwarder IP address '{text.Value}' in network '{network}'");
        }

        ushort port = 0;
        if (forwarder.Attribute("port") is { } number
            && (address is null || !ushort.TryParse(number.Value, NumberStyles.None, CultureInfo.InvariantCulture, out port) || port == 0))
        {
            throw number.XmlError(address is null
                ? $"Invalid forwarder element, port '{number.Value}' needs an addr in network '{network}'"
                : $"Invalid forwarder port '{number.Value}' in network '{network}': it must be a number from 1 to 65535");
        }

        string? domain = forwarder.Text("domain");
        return address is null && domain is null
            ? throw forwarder.XmlError("Invalid forwarder element, must contain at least one of addr or domain")
            : new DnsForwarder(address, domain, port);
    }

    public static XElement Format(DnsForwarder forwarder) => new("forwarder",
        ElementWriting.Attribute("domain", forwarder.Domain),
        ElementWriting.Attribute("addr", forwarder.Address),
        ElementWriting.NonZero("port", forwarder.Port));
}
