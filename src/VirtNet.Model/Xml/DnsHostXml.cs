using System.Net;
using System.Xml.Linq;

namespace VirtNet.Model.Xml;

/// <summary><c>&lt;host ip=&gt;&lt;hostname/&gt;&lt;/host&gt;</c> inside <c>&lt;dns&gt;</c>.</summary>
internal static class DnsHostXml
{
    public static DnsHost Parse(XElement host, string network) =>
        Read(host, network, partial: false).Complete(network);

    /// <summary>For finding an entry: an address, names, or both.</summary>
    public static DnsHostPattern ParsePartial(XElement host, string network)
    {
        DnsHostPattern parsed = Read(host, network, partial: true);
        return parsed is { Address: null, Names.Count: 0 }
            ? throw host.XmlDetail($"Missing ip and hostname in network '{network}' DNS HOST record")
            : parsed;
    }

    public static XElement Format(DnsHost host)
    {
        XElement element = new("host", ElementWriting.Attribute("ip", host.Address));
        foreach (string name in host.Names)
        {
            element.Add(new XElement("hostname", name));
        }

        return element;
    }

    private static DnsHostPattern Read(XElement host, string network, bool partial)
    {
        ValueList<string> names = host.ParseAll("hostname", hostname => hostname.Value is { Length: > 0 } name
            ? name
            : throw hostname.XmlDetail(DnsHostPattern.MissingName(network)));
        if (names.Count == 0 && !partial)
        {
            throw host.XmlDetail(DnsHostPattern.MissingName(network));
        }

        IPAddress? address = null;
        if (host.Attribute("ip") is { } ip && !AddressText.TryParse(ip.Value, out address))
        {
            throw ip.XmlDetail($"Invalid IP address in network '{network}' DNS HOST record");
        }

        return new DnsHostPattern(address, names) { Position = host.Position() };
    }
}

/// <summary>What an update says about a DNS host: enough to find one.</summary>
internal sealed record DnsHostPattern(IPAddress? Address, ValueList<string> Names)
{
    public XmlPosition? Position { get; init; }

    /// <summary>The record that the pattern describes, if it describes one whole.</summary>
    public DnsHost Complete(string network)
    {
        if (Address is null)
        {
            throw Missing($"Missing IP address in network '{network}' DNS HOST record");
        }

        return Names.Count > 0 ? new DnsHost(Address, Names) : throw Missing(MissingName(network));
    }

    public static string MissingName(string network) => $"Missing hostname in network '{network}' DNS HOST record";

    private VirtNetException Missing(string text) => new(VirErrorCode.XmlDetail, text) { Position = Position };
}
