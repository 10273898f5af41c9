using System.Net;
using System.Xml.Linq;

namespace VirtNet.Model.Xml;

/// <summary><c>&lt;forwarder addr= domain=/&gt;</c> inside <c>&lt;dns&gt;</c>.</summary>
internal static class DnsForwarderXml
{
    public static DnsForwarder Parse(XElement forwarder, string network)
    {
        IPAddress? address = null;
        if (forwarder.Attribute("addr") is { } text && !AddressText.TryParse(text.Value, out address))
        {
            throw text.XmlError($"Invalid forwarder IP address '{text.Value}' in network '{network}'");
        }

        string? domain = forwarder.Text("domain");
        return address is null && domain is null
            ? throw forwarder.XmlError("Invalid forwarder element, must contain at least one of addr or domain")
            : new DnsForwarder(address, domain);
    }

    public static XElement Format(DnsForwarder forwarder) => new("forwarder",
        ElementWriting.Attribute("domain", forwarder.Domain),
        ElementWriting.Attribute("addr", forwarder.Address));
}
