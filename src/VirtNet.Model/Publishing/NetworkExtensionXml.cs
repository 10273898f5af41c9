using System.Net;
using System.Xml.Linq;
using VirtNet.Model.Xml;

namespace VirtNet.Model.Publishing;

/// <summary>The extension from and to its element in a network's metadata.</summary>
public static class NetworkExtensionXml
{
    private const string Root = "network";

    private static readonly XNamespace Ns = NetworkExtension.Namespace;

    /// <summary>What a definition carries. Nothing throws: what cannot be in force is among its faults.</summary>
    /// <param name="hostDefault">Where publications without an address listen if the network does not say; null = everywhere.</param>
    public static NetworkExtension Of(NetworkDefinition network, IPAddress? hostDefault = null)
    {
        if (StoredElement(network) is null)
        {
            return NetworkExtension.None;
        }

        XElement metadata = XmlSource.Read(MetadataPrinter.Print(MetadataXml.ToElement(network.Metadata!), level: 0));
        NetworkExtension read = ExtensionReader.Read(metadata.Element(Ns + Root) ?? metadata.Elements().First(IsOurs), network, hostDefault);
        return read with { Faults = [.. read.Faults.Select(fault => fault with { Position = null })] };
    }

    /// <summary>
    /// The element alone, as a client sets it: its parts may be without a namespace, which they get when they are stored.
    /// </summary>
    /// <exception cref="VirtNetException"><see cref="VirErrorCode.XmlDetail"/>: the text is no XML.</exception>
    /// <param name="hostDefault">As of <see cref="Of"/>.</param>
    public static NetworkExtension Parse(string element, NetworkDefinition network, IPAddress? hostDefault = null)
    {
        XElement root = XmlSource.Read(element);
        foreach (XElement bare in root.DescendantsAndSelf().Where(each => each.Name.Namespace == XNamespace.None).ToArray())
        {
            bare.Name = Ns + bare.Name.LocalName;
        }

        return ExtensionReader.Read(root, network, hostDefault);
    }

    /// <summary>The elements of the extension in a whole <c>&lt;network&gt;</c> document, with their places in it.</summary>
    /// <exception cref="VirtNetException"><see cref="VirErrorCode.XmlDetail"/>: the text is no XML.</exception>
    /// <param name="hostDefault">As of <see cref="Of"/>.</param>
    public static ValueList<ExtensionFault> FindFaults(string document, NetworkDefinition network, IPAddress? hostDefault = null)
    {
        if (!document.Contains(NetworkExtension.Namespace, StringComparison.Ordinal))
        {
            return [];
        }

        XElement[] elements =
            [.. XmlSource.Read(document).Elements("metadata").Take(1).SelectMany(metadata => metadata.Elements().Where(IsOurs))];
        IEnumerable<ExtensionFault> repeated = elements.Skip(1).Select(element => new ExtensionFault(
            element.Position(), $"only the first element of {Ns} counts", ExtensionReader.PartOf(element)));
        return elements.Length == 0 ? [] : [.. ExtensionReader.Read(elements[0], network, hostDefault).Faults, .. repeated];
    }

    /// <summary>The element for metadata that holds none yet, and for tests: it reads as it was.</summary>
    public static string Format(NetworkExtension extension)
    {
        XElement root = new(Ns + Root,
            new XAttribute(XNamespace.Xmlns + NetworkExtension.Prefix, Ns),
            extension.DefaultAddress is { } address
                ? new XElement(Ns + ExtensionReader.Default, ElementWriting.Attribute("address", address)) : null,
            extension.Publications.Select(PublicationXml.Format),
            extension.Names.Select(ServedNameXml.Format),
            extension.Peers.Select(NetworkPeerXml.Format),
            extension.Span is { } span ? NetworkSpanXml.Format(span) : null);
        return root.ToString();
    }

    /// <summary>As metadata keeps it.</summary>
    internal static MetadataElement? StoredElement(NetworkDefinition network) =>
        network.Metadata?.Elements.FirstOrDefault(element => element.NamespaceUri == NetworkExtension.Namespace);

    private static bool IsOurs(XElement element) => element.Name.Namespace == Ns;
}
