using System.Xml.Linq;

namespace VirtNet.Model.Xml;

/// <summary><c>&lt;txt name= value=/&gt;</c> inside <c>&lt;dns&gt;</c>.</summary>
internal static class DnsTxtXml
{
    public static DnsTxt Parse(XElement txt, string network)
    {
        DnsTxtPattern parsed = ParsePartial(txt, network);
        return parsed.Value is { } value
            ? new DnsTxt(parsed.Name, value)
            : throw txt.XmlDetail(
                $"missing required value attribute in DNS TXT record named '{parsed.Name}' of network {network}");
    }

    /// <summary>For finding an entry: the name is enough.</summary>
    public static DnsTxtPattern ParsePartial(XElement txt, string network)
    {
        string name = txt.Text("name")
            ?? throw txt.XmlDetail($"missing required name attribute in DNS TXT record of network {network}");
        return name.AsSpan().ContainsAny(' ', ',')
            ? throw txt.At("name").XmlDetail(
                $"prohibited character in DNS TXT record name '{name}' of network {network}")
            : new DnsTxtPattern(name, DnsRecordText.Line(txt, "value", "TXT"));
    }

    public static XElement Format(DnsTxt txt) => new("txt",
        new XAttribute("name", txt.Name),
        new XAttribute("value", txt.Value));
}

/// <summary>What an update says about a TXT record: enough to find one.</summary>
internal sealed record DnsTxtPattern(string Name, string? Value);
