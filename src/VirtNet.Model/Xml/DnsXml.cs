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
        ValueList<DnsForwarder> forwarders = ParseAll(dns, "forwarder", network, DnsForwarderXml.Parse);
        ValueList<DnsHost> hosts = ParseAll(dns, "host", network, DnsHostXml.Parse);
        ValueList<DnsSrv> srvs = ParseAll(dns, "srv", network, DnsSrvXml.Parse);
        ValueList<DnsTxt> txts = ParseAll(dns, "txt", network, DnsTxtXml.Parse);
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
        AddAll(element, dns.Forwarders, DnsForwarderXml.Format);
        AddAll(element, dns.Txts, DnsTxtXml.Format);
        AddAll(element, dns.Srvs, DnsSrvXml.Format);
        AddAll(element, dns.Hosts, DnsHostXml.Format);
        return element.HasAttributes || element.HasElements ? element : null;
    }

    private static ValueList<T> ParseAll<T>(XElement dns, string name, string network, Func<XElement, string, T> parse)
    {
        List<T>? parsed = null;
        foreach (XElement element in dns.Elements(name))
        {
            (parsed ??= []).Add(parse(element, network));
        }

        return parsed is null ? [] : parsed.ToValueList();
    }

    private static void AddAll<T>(XElement dns, ValueList<T> items, Func<T, XElement> format)
    {
        foreach (T item in items)
        {
            dns.Add(format(item));
        }
    }
}
