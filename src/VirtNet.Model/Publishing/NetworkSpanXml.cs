using System.Globalization;
using System.Net;
using System.Xml.Linq;
using VirtNet.Model.Spanning;
using VirtNet.Model.Xml;

namespace VirtNet.Model.Publishing;

/// <summary><c>&lt;span vni= learning= locked=&gt;&lt;hosts match=/&gt;&lt;host address=/&gt;&lt;/span&gt;</c>.</summary>
internal static class NetworkSpanXml
{
    private static readonly XNamespace Ns = NetworkExtension.Namespace;

    /// <exception cref="VirtNetException">It has a form that this version does not know.</exception>
    public static NetworkSpan Parse(XElement span)
    {
        span.AllowOnly(["vni", "learning", "locked"], ["hosts", "host"]);
        return new NetworkSpan(Vni(span), [.. span.Own("host").Select(ParseHost)])
        {
            Learns = span.YesNo("learning") ?? true,
            Locks = span.YesNo("locked") ?? true,
            Members = ParseMembers(span),
        };
    }

    public static XElement Format(NetworkSpan span) => new(Ns + "span",
        ElementWriting.NonZero("vni", span.Vni),
        span.Learns ? null : new XAttribute("learning", "no"),
        span.Locks ? null : new XAttribute("locked", "no"),
        span.Members is null ? null : new XElement(Ns + "hosts", ElementWriting.Attribute("match", span.Members)),
        span.Hosts.Select(host => new XElement(Ns + "host", ElementWriting.Attribute("address", host))));

    private static uint Vni(XElement span) =>
        span.Attribute("vni") is not { } given ? 0
        : uint.TryParse(given.Value, NumberStyles.None, CultureInfo.InvariantCulture, out uint vni) && vni is > 0 and <= NetworkSpan.MaxVni
            ? vni
            : throw given.InvalidValue($" Expected a number from 1 to {NetworkSpan.MaxVni}");

    private static string? ParseMembers(XElement span)
    {
        XElement[] hosts = [.. span.Own("hosts")];
        if (hosts.Length == 0)
        {
            return null;
        }

        hosts[0].AllowOnly(["match"]);
        string match = hosts[0].RequiredText("match");
        return hosts.Length > 1 ? throw hosts[1].XmlError("<span> has one <hosts> at most")
            : match.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '.' or '-' or '_' or '*' or '?') ? match
            : throw hosts[0].Attribute("match")!.InvalidValue(" Expected a host's name in the fabric, in which * stands for any letters and ? for one");
    }

    private static IPAddress ParseHost(XElement host)
    {
        host.AllowOnly(["address"]);
        host.RequiredText("address");
        return host.OptionalAddress("address")!;
    }
}
