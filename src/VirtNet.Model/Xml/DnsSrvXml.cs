using System.Buffers;
using System.Text;
using System.Xml.Linq;

namespace VirtNet.Model.Xml;

/// <summary>
/// <c>&lt;srv service= protocol= domain= target= port= priority= weight=/&gt;</c> inside <c>&lt;dns&gt;</c>.
/// </summary>
internal static class DnsSrvXml
{
    /// <summary>Bytes of a service name that still fit into a record of 512 with all the rest.</summary>
    private const int MaxServiceLength = 482;

    private static readonly SearchValues<char> ServiceCharacters =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-+/*");

    private static readonly SearchValues<char> ProtocolCharacters =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-+/");

    public static DnsSrv Parse(XElement srv, string network)
    {
        DnsSrvPattern parsed = Read(srv, network, partial: false);
        return new DnsSrv(
            parsed.Service ?? "", parsed.Protocol ?? "", parsed.Domain, parsed.Target,
            parsed.Port, parsed.Priority, parsed.Weight);
    }

    /// <summary>For finding an entry: any of the attributes.</summary>
    public static DnsSrvPattern ParsePartial(XElement srv, string network) => Read(srv, network, partial: true);

    public static XElement Format(DnsSrv srv) => new("srv",
        new XAttribute("service", srv.Service),
        new XAttribute("protocol", srv.Protocol),
        ElementWriting.Attribute("domain", srv.Domain),
        ElementWriting.Attribute("target", srv.Target),
        ElementWriting.NonZero("port", srv.Port),
        ElementWriting.NonZero("priority", srv.Priority),
        ElementWriting.NonZero("weight", srv.Weight));

    private static DnsSrvPattern Read(XElement srv, string network, bool partial)
    {
        string? service = ParseService(srv, network, partial);
        string? protocol = ParseProtocol(srv, network, service, partial);
        return new DnsSrvPattern(
            service, protocol, DnsRecordText.Line(srv, "domain", "SRV"), DnsRecordText.Line(srv, "target", "SRV"))
        {
            Port = ParseNumber(srv, "port", minimum: 1, network, "invalid"),
            Priority = ParseNumber(srv, "priority", minimum: 0, network, "Invalid"),
            Weight = ParseNumber(srv, "weight", minimum: 0, network, "invalid"),
        };
    }

    private static string? ParseService(XElement srv, string network, bool partial)
    {
        if (srv.Attribute("service") is not { } service)
        {
            return partial
                ? null
                : throw srv.XmlDetail($"missing required service attribute in DNS SRV record of network '{network}'");
        }

        if (Encoding.UTF8.GetByteCount(service.Value) > MaxServiceLength)
        {
            throw service.XmlDetail(
                $"service attribute '{service.Value}' in network '{network}' is too long, limit is "
                + $"{MaxServiceLength} bytes");
        }

        return service.Value.AsSpan().ContainsAnyExcept(ServiceCharacters)
            ? throw service.XmlDetail(
                $"invalid character in service attribute '{service.Value}' in DNS SRV record of network '{network}'")
            : service.Value;
    }

    private static string? ParseProtocol(XElement srv, string network, string? service, bool partial)
    {
        if (srv.Attribute("protocol") is not { } protocol)
        {
            return partial
                ? null
                : throw srv.XmlDetail(
                    $"missing required protocol attribute in DNS SRV record '{service}' of network '{network}'");
        }

        return protocol.Value.AsSpan().ContainsAnyExcept(ProtocolCharacters)
            ? throw protocol.XmlDetail(
                $"invalid character in protocol attribute '{protocol.Value}' in DNS SRV record of network '{network}'")
            : protocol.Value;
    }

    /// <param name="invalid">libvirt spells one of the three with a capital.</param>
    private static ushort ParseNumber(XElement srv, string attribute, uint minimum, string network, string invalid)
    {
        if (srv.Attribute(attribute) is not { Value.Length: > 0 } number)
        {
            return 0;
        }

        bool read = NumberText.TryParse(number.Value, radix: 10, out uint value);
        if (read && srv.Attribute("target") is null)
        {
            throw number.XmlDetail(
                $"DNS SRV {attribute} attribute not permitted without target for service "
                + $"'{srv.Text("service")}' in network '{network}'");
        }

        return read && value >= minimum && value <= ushort.MaxValue
            ? (ushort)value
            : throw number.XmlDetail(
                $"{invalid} DNS SRV {attribute} attribute for service '{srv.Text("service")}' in network '{network}'");
    }
}

/// <summary>What an update says about an SRV record; null matches any.</summary>
internal sealed record DnsSrvPattern(string? Service, string? Protocol, string? Domain, string? Target)
{
    public ushort Port { get; init; }

    public ushort Priority { get; init; }

    public ushort Weight { get; init; }
}
