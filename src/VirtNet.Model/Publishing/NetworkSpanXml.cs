using System.Globalization;
using System.Net;
using System.Xml.Linq;
using VirtNet.Model.Spanning;
using VirtNet.Model.Xml;

namespace VirtNet.Model.Publishing;

/// <summary><c>&lt;span vni= learning=&gt;&lt;host address=/&gt;&lt;/span&gt;</c>.</summary>
internal static class NetworkSpanXml
{
    private static readonly XNamespace Ns = NetworkExtension.Namespace;

    /// <exception cref="VirtNetException">It has a form that this version does not know.</exception>
    public static NetworkSpan Parse(XElement span)
    {
        span.AllowOnly(["vni", "learning"], ["host"]);
        return new NetworkSpan(Vni(span), [.. span.Own("host").Select(ParseHost)])
        {
            Learns = span.YesNo("learning") ?? true,
        };
    }

    public static XElement Format(NetworkSpan span) => new(Ns + "span",
        ElementWriting.Number("vni", span.Vni),
        span.Learns ? null : new XAttribute("learning", "no"),
        span.Hosts.Select(host => new XElement(Ns + "host", ElementWriting.Attribute("address", host))));

    private static uint Vni(XElement span) =>
        uint.TryParse(span.RequiredText("vni"), NumberStyles.None, CultureInfo.InvariantCulture, out uint vni) && vni is > 0 and <= NetworkSpan.MaxVni
            ? vni
            : throw span.Attribute("vni")!.InvalidValue($" Expected a number from 1 to {NetworkSpan.MaxVni}");

    private static IPAddress ParseHost(XElement host)
    {
        host.AllowOnly(["address"]);
        host.RequiredText("address");
        return host.OptionalAddress("address")!;
    }
}
