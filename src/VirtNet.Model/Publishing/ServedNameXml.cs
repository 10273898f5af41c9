using System.Net;
using System.Xml.Linq;
using VirtNet.Model.Xml;

namespace VirtNet.Model.Publishing;

/// <summary><c>&lt;name match= address=/&gt;</c>.</summary>
internal static class ServedNameXml
{
    private const int MaxNameLength = 253;
    private const int MaxLabelLength = 63;

    private static readonly XNamespace Ns = NetworkExtension.Namespace;

    /// <exception cref="VirtNetException">It has a form that this version does not know.</exception>
    public static ServedName Parse(XElement name)
    {
        name.AllowOnly(["match", "address"]);
        string match = name.RequiredText("match").TrimEnd('.');
        name.RequiredText("address");
        IPAddress address = name.OptionalAddress("address")!;
        ServedName served = new(match.ToLowerInvariant(), address);
        return IsName(served.Name) ? served
            : throw name.At("match").XmlError($"'{match}' is neither a name nor '*.' and a name");
    }

    public static XElement Format(ServedName name) => new(Ns + "name",
        new XAttribute("match", name.Match),
        ElementWriting.Attribute("address", name.Address));

    private static bool IsName(string name) => name.Length is > 0 and <= MaxNameLength && name.Split('.').All(IsLabel);

    private static bool IsLabel(string label) =>
        label.Length is > 0 and <= MaxLabelLength
        && label.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_')
        && label is not (['-', ..] or [.., '-']);
}
