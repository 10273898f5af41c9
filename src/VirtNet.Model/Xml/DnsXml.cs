using System.Xml.Linq;

namespace VirtNet.Model.Xml;

/// <summary><c>&lt;dns enable= forwardPlainNames=&gt;</c> with forwarders and records.</summary>
internal static class DnsXml
{
    public static DnsDefinition Parse(XElement dns, string network)
    {
        // In the order in which libvirt looks at them: it decides which of several errors is the one reported.
        bool? enable = dns.YesNo("enable");
        bool? plainNames = dns.YesNo("forwardPlainNames");
        ValueList<DnsForwarder> forwarders =
            dns.ParseAll("forwarder", forwarder => DnsForwarderXml.Parse(forwarder, network));
        ValueList<DnsHost> hosts = dns.ParseAll("host", host => DnsHostXml.Parse(host, network));
        ValueList<DnsSrv> srvs = dns.ParseAll("srv", srv => DnsSrvXml.Parse(srv, network));
        ValueList<DnsTxt> txts = dns.ParseAll("txt", txt => DnsTxtXml.Parse(txt, network));
        if (enable is false && forwarders.Count + hosts.Count + srvs.Count + txts.Count > 0)
        {
            throw dns.XmlError($"Extra data in disabled network '{network}'");
        }

        return new DnsDefinition
        {
            Enable = enable,
            ForwardPlainNames = plainNames,
            Forwarders = forwarders,
            Txts = txts,
            Srvs = srvs,
            Hosts = hosts,
        };
    }

    /// <returns>Null when nothing was set.</returns>
    public static XElement? Format(DnsDefinition dns)
    {
        XElement element = new("dns",
            ElementWriting.Attribute("enable", dns.Enable),
            ElementWriting.Attribute("forwardPlainNames", dns.ForwardPlainNames));
        element.AddAll(dns.Forwarders, DnsForwarderXml.Format);
        element.AddAll(dns.Txts, DnsTxtXml.Format);
        element.AddAll(dns.Srvs, DnsSrvXml.Format);
        element.AddAll(dns.Hosts, DnsHostXml.Format);
        return element.HasAttributes || element.HasElements ? element : null;
    }
}
