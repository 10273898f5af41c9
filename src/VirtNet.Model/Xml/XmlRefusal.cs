using System.Xml;
using System.Xml.Linq;

namespace VirtNet.Model.Xml;

/// <summary>
/// Makes the errors of the XML readers: libvirt's code, domain and text, and the place in the document beside them.
/// Domains differ on purpose, as libvirt raises them in different parts of itself: <c>Network</c> for what is specific
/// to networks, <c>Xml</c> for attributes with a fixed set of values, <c>None</c> in what it shares with guests.
/// </summary>
internal static class XmlRefusal
{
    public static VirtNetException XmlError(
        this XObject at, string detail, VirErrorDomain domain = VirErrorDomain.Network) =>
        At(at, VirErrorCode.XmlError, $"XML error: {detail}", domain);

    public static VirtNetException XmlDetail(
        this XObject at, string text, VirErrorDomain domain = VirErrorDomain.Network) =>
        At(at, VirErrorCode.XmlDetail, text, domain);

    public static VirtNetException Unsupported(
        this XObject at, string detail, VirErrorDomain domain = VirErrorDomain.Network) =>
        At(at, VirErrorCode.ConfigUnsupported, $"unsupported configuration: {detail}", domain);

    public static VirtNetException Internal(
        this XObject at, string detail, VirErrorDomain domain = VirErrorDomain.Network) =>
        At(at, VirErrorCode.InternalError, $"internal error: {detail}", domain);

    /// <summary>An attribute whose value is not one of those known.</summary>
    public static VirtNetException InvalidValue(this XAttribute attribute, string expectation = "") =>
        attribute.XmlError(
            $"Invalid value for attribute '{attribute.Name.LocalName}' in element "
            + $"'{attribute.Parent?.Name.LocalName}': "
            + $"'{attribute.Value}'.{expectation}",
            VirErrorDomain.Xml);

    public static VirtNetException Missing(this XElement element, string attribute) =>
        element.XmlError(
            $"Missing required attribute '{attribute}' in element '{element.Name.LocalName}'", VirErrorDomain.Xml);

    /// <summary>The resolver's words: libvirt reads literals with getaddrinfo.</summary>
    public static VirtNetException BadAddress(this XObject at, string value) =>
        At(at, VirErrorCode.SystemError, $"Cannot parse socket address '{value}': Name or service not "
            + "known", VirErrorDomain.None);

    /// <summary>Where the angle bracket of an element, or the name of an attribute, stands.</summary>
    public static XmlPosition? Position(this XObject at)
    {
        IXmlLineInfo info = at;
        return info.HasLineInfo()
            ? new XmlPosition(info.LineNumber, info.LinePosition - (at is XElement ? 1 : 0))
            : null;
    }

    private static VirtNetException At(XObject at, VirErrorCode code, string message, VirErrorDomain domain) =>
        new(code, message, domain) { Position = at.Position() };
}
