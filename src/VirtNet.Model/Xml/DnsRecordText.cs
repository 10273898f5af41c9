using System.Xml.Linq;

namespace VirtNet.Model.Xml;

/// <summary>Free text of a DNS record. It has always been one line: servers are configured with it.</summary>
internal static class DnsRecordText
{
    public static string? Line(XElement record, string attribute, string type) =>
        record.Attribute(attribute) is { } text && text.Value.Contains('\n', StringComparison.Ordinal)
            ? throw text.XmlDetail($"invalid line break in DNS {type} record {attribute} attribute")
            : record.Text(attribute);
}
