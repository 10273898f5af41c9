using System.Globalization;
using System.Net;
using System.Xml.Linq;
using VirtNet.Model.Xml;

namespace VirtNet.Model.Publishing;

/// <summary>How elements and attributes of the extension are read: what is not known is refused, not passed over.</summary>
internal static class ExtensionReading
{
    private static readonly XNamespace Ns = NetworkExtension.Namespace;

    /// <exception cref="VirtNetException">There is anything else.</exception>
    public static void AllowOnly(this XElement element, ReadOnlySpan<string> attributes, ReadOnlySpan<string> children = default)
    {
        element.AllowOnlyAttributes(attributes);
        foreach (XNode node in element.Nodes())
        {
            if (node is XElement child)
            {
                RequireOwn(child, children);
            }
            else if (node is XText text && !string.IsNullOrWhiteSpace(text.Value))
            {
                throw text.XmlError($"<{element.Name.LocalName}> holds no text");
            }
        }
    }

    public static void AllowOnlyAttributes(this XElement element, ReadOnlySpan<string> attributes)
    {
        foreach (XAttribute attribute in element.Attributes())
        {
            if (!attribute.IsNamespaceDeclaration
                && (attribute.Name.Namespace != XNamespace.None || !attributes.Contains(attribute.Name.LocalName)))
            {
                throw attribute.XmlError(
                    $"<{element.Name.LocalName}> has no attribute '{attribute.Name.LocalName}'"
                    + Question(attribute.Name.LocalName, attributes));
            }
        }
    }

    /// <exception cref="VirtNetException">It is none of these, or of another namespace.</exception>
    public static void RequireOwn(XElement child, ReadOnlySpan<string> names)
    {
        if (child.Name.Namespace != Ns || !names.Contains(child.Name.LocalName))
        {
            string parent = child.Parent?.Name.LocalName ?? "";
            throw child.XmlError(child.Name.Namespace == Ns
                ? $"<{parent}> has no element <{child.Name.LocalName}>{Question(child.Name.LocalName, names)}"
                : $"<{child.Name.LocalName}> in <{parent}> is not of namespace {Ns}");
        }
    }

    /// <summary>Takes away blanks that only lay elements out.</summary>
    public static void RemoveLayout(this XElement element) => element.DescendantNodesAndSelf().OfType<XText>()
        .Where(text => string.IsNullOrWhiteSpace(text.Value) && text.Parent is { HasElements: true })
        .ToList()
        .ForEach(text => text.Remove());

    public static IEnumerable<XElement> Own(this XElement element, string name) => element.Elements(Ns + name);

    /// <summary>A value that must be there and not be empty.</summary>
    public static string RequiredText(this XElement element, string attribute) =>
        element.Attribute(attribute) is not { } found ? throw element.Missing(attribute)
        : found.Value.Length == 0 ? throw found.InvalidValue()
        : found.Value;

    /// <summary>In full: <c>1</c>, which the C library reads as 0.0.0.1, is a slip.</summary>
    public static IPAddress? OptionalAddress(this XElement element, string attribute) =>
        element.Attribute(attribute) is not { } found ? null
        : !found.Value.StartsWith('[') && HostPort.TryParseAddress(found.Value, out IPAddress? address) ? address
        : throw found.InvalidValue(" Expected an IP address");

    public static PublishedProtocol? OptionalProtocol(this XElement element) =>
        element.Attribute("protocol") is not { } found ? null
        : PublishedProtocols.Find(found.Value)
            ?? throw found.InvalidValue($" Expected one of {string.Join(", ", PublishedProtocols.Names)}");

    public static ValueList<PortRange> Ports(this XElement element) =>
        element.Attribute("port") is not { } found ? []
        : PortRange.TryParseList(found.Value, out ValueList<PortRange> ports) ? ports
        : throw found.InvalidValue(" Expected ports from 1 to 65535: 80, 9000-9010 or a list of these with commas");

    public static int? Number(this XElement element, string attribute, int least, int most) =>
        element.Attribute(attribute) is not { } found ? null
        : int.TryParse(found.Value, NumberStyles.None, CultureInfo.InvariantCulture, out int value) && value >= least && value <= most ? value
        : throw found.InvalidValue($" Expected a number from {least} to {most}");

    /// <summary>Seconds with up to three decimals, from 0.1 to 3600.</summary>
    public static TimeSpan? Seconds(this XElement element, string attribute)
    {
        if (element.Attribute(attribute) is not { } found)
        {
            return null;
        }

        return decimal.TryParse(found.Value, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out decimal seconds)
            && seconds is >= 0.1m and <= 3600 && decimal.Truncate(seconds * 1000) == seconds * 1000
            ? TimeSpan.FromMilliseconds((long)(seconds * 1000))
            : throw found.InvalidValue(" Expected seconds from 0.1 to 3600");
    }

    private static string Question(string name, ReadOnlySpan<string> known) =>
        NearestName.Find(name, known) is { } nearest ? $"; did you mean '{nearest}'?" : "";
}
