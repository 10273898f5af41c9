using System.Globalization;
using System.Xml.Linq;
using VirtNet.Model.Xml;

namespace VirtNet.Model.Publishing;

/// <summary><c>&lt;check/&gt;</c> inside <c>&lt;publish&gt;</c>.</summary>
internal static class PublicationCheckXml
{
    private const string Tcp = "tcp";
    private const string Http = "http";

    private static readonly XNamespace Ns = NetworkExtension.Namespace;
    private static readonly PublicationCheck Usual = new();

    /// <exception cref="VirtNetException">It has a form that this version does not know.</exception>
    public static PublicationCheck Parse(XElement check)
    {
        check.AllowOnly(["protocol", "port", "path", "interval", "timeout", "fall", "rise"]);
        string protocol = check.RequiredText("protocol");
        if (protocol is not (Tcp or Http))
        {
            throw check.At("protocol").XmlError($"a check is '{Tcp}' or '{Http}', not '{protocol}'");
        }

        if (check.Attribute("path") is { } path && (protocol != Http || !PublicationCheck.IsPath(path.Value)))
        {
            throw path.XmlError("the path of a check is one of HTTP: a slash, then letters, digits and signs without blanks");
        }

        TimeSpan interval = check.Seconds("interval") ?? Usual.Interval;
        TimeSpan timeout = check.Seconds("timeout") ?? (interval < Usual.Timeout ? interval : Usual.Timeout);
        return timeout > interval
            ? throw check.At("timeout").XmlError("the timeout of a check is not longer than its interval")
            : new PublicationCheck
            {
                Path = protocol == Http ? check.Text("path") ?? "/" : null,
                Port = (ushort?)check.Number("port", 1, ushort.MaxValue),
                Interval = interval,
                Timeout = timeout,
                Fall = check.Number("fall", 1, 100) ?? Usual.Fall,
                Rise = check.Number("rise", 1, 100) ?? Usual.Rise,
            };
    }

    public static XElement Format(PublicationCheck check) => new(Ns + "check",
        new XAttribute("protocol", check.IsHttp ? Http : Tcp),
        check.Port is { } port ? ElementWriting.Number("port", port) : null,
        ElementWriting.Attribute("path", check.Path),
        Seconds("interval", check.Interval),
        Seconds("timeout", check.Timeout),
        ElementWriting.Number("fall", (ulong)check.Fall),
        ElementWriting.Number("rise", (ulong)check.Rise));

    private static XAttribute Seconds(string name, TimeSpan time) =>
        new(name, ((decimal)time.TotalMilliseconds / 1000).ToString("0.###", CultureInfo.InvariantCulture));
}
