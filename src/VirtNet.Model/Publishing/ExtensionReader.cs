using System.Net;
using System.Xml.Linq;
using VirtNet.Model.Spanning;
using VirtNet.Model.Xml;

namespace VirtNet.Model.Publishing;

/// <summary>
/// Reads the parts one by one: what is wrong with one, or written by a later version, keeps the others from nothing. A part of
/// which something is not understood is not in force at all: that might have been what confines it.
/// </summary>
internal sealed class ExtensionReader
{
    public const string Default = "publish-default";
    private const string Publish = "publish";
    private const string Name = "name";
    private const string Peer = "peer";
    private const string Spans = "span";

    /// <summary>Ten thousand publications and more; a client must not make anybody read for seconds.</summary>
    private const int MaxParts = 16384;

    private readonly NetworkDefinition _network;
    private readonly XElement _root;
    private readonly List<ExtensionFault> _faults = [];
    private readonly List<Publication> _publications = [];
    private readonly List<ServedName> _names = [];
    private readonly List<NetworkPeer> _peers = [];
    private IPAddress? _default;
    private NetworkSpan? _span;

    private ExtensionReader(XElement root, NetworkDefinition network, IPAddress? hostDefault) =>
        (_root, _network, _default) = (root, network, hostDefault);

    /// <summary>Known once it is known where those without an address listen.</summary>
    private ListenPlaces Places => field ??= new ListenPlaces(_default);

    /// <param name="hostDefault">Where publications without an address listen if the network does not say; null = everywhere.</param>
    public static NetworkExtension Read(XElement root, NetworkDefinition network, IPAddress? hostDefault)
    {
        ExtensionReader reader = new(root, network, hostDefault);
        reader.Try(root, RequireRoot);
        XElement[] children = [.. root.Elements().Take(MaxParts + 1)];
        if (children.Length > MaxParts)
        {
            reader.Try(root, _ => throw children[^1].XmlError($"<network> has at most {MaxParts} parts"));
        }

        // Where publications listen by default is known before they are read.
        reader.TryAll(root.Own(Default).Take(1), reader.ReadDefault);
        reader.TryAll(root.Own(Default).Skip(1).Take(MaxParts), second => throw second.XmlError($"<network> has one <{Default}> at most"));
        reader.TryAll(children.Take(MaxParts).Where(child => !IsDefault(child)), reader.ReadPart);
        return new NetworkExtension
        {
            DefaultAddress = reader._default,
            Publications = reader._publications.ToValueList(),
            Names = reader._names.ToValueList(),
            Peers = reader._peers.ToValueList(),
            Span = reader._span,
            Faults = reader._faults.ToValueList(),
        };
    }

    /// <summary>An element written the same whatever its prefixes and layout are.</summary>
    public static string PartOf(XElement element)
    {
        XElement copy = new(element);
        copy.RemoveLayout();
        foreach (XElement each in copy.DescendantsAndSelf().ToArray())
        {
            each.Attributes().Where(attribute => attribute.IsNamespaceDeclaration).Remove();
            if (each.Name.Namespace == NetworkExtension.Namespace)
            {
                each.Name = each.Name.LocalName;
            }
        }

        return copy.ToString(SaveOptions.DisableFormatting);
    }

    private static bool IsDefault(XElement part) => part.Name == XName.Get(Default, NetworkExtension.Namespace);

    private static void RequireRoot(XElement root)
    {
        if (root.Name != XName.Get("network", NetworkExtension.Namespace))
        {
            throw root.XmlError($"expecting root element of 'network', not '{root.Name.LocalName}'");
        }

        root.AllowOnlyAttributes([]);
        if (root.Nodes().OfType<XText>().FirstOrDefault(text => !string.IsNullOrWhiteSpace(text.Value)) is { } text)
        {
            throw text.XmlError("<network> holds no text");
        }
    }

    private void ReadDefault(XElement element)
    {
        element.AllowOnly(["address"]);
        element.RequiredText("address");
        IPAddress address = element.OptionalAddress("address")!;
        _default = PublicationRules.WhyNoDefault(address) is { } reason ? throw element.At("address").XmlError(reason) : address;
    }

    private void ReadPart(XElement part)
    {
        ExtensionReading.RequireOwn(part, [Publish, Default, Name, Peer, Spans]);
        switch (part.Name.LocalName)
        {
            case Publish:
                Publication publication = PublicationXml.Parse(part);
                if ((PublicationRules.WhyImpossible(publication, _network, _default) ?? Places.WhyTaken(publication)) is { } reason)
                {
                    throw part.XmlError($"<publish>: {reason}");
                }

                Places.Add(publication);
                _publications.Add(publication);
                break;
            case Name:
                _names.Add(ServedNameXml.Parse(part));
                break;
            case Spans:
                ReadSpan(part);
                break;
            default:
                NetworkPeer peer = NetworkPeerXml.Parse(part);
                if (peer.WhyImpossible(_network) is { } why)
                {
                    throw part.XmlError($"<peer>: {why}");
                }

                _peers.Add(peer);
                break;
        }
    }

    private void ReadSpan(XElement part)
    {
        if (part.ElementsBeforeSelf(part.Name).Any())
        {
            throw part.XmlError($"<network> has one <{Spans}> at most");
        }

        NetworkSpan span = NetworkSpanXml.Parse(part);
        _span = SpanRules.WhyImpossible(span, _network) is { } reason ? throw part.XmlError($"<{Spans}>: {reason}") : span;
    }

    private void TryAll(IEnumerable<XElement> parts, Action<XElement> read)
    {
        foreach (XElement part in parts)
        {
            Try(part, read);
        }
    }

    private void Try(XElement part, Action<XElement> read)
    {
        const string prefix = "XML error: ";
        try
        {
            read(part);
        }
        catch (VirtNetException e)
        {
            string text = e.Message.StartsWith(prefix, StringComparison.Ordinal) ? e.Message[prefix.Length..] : e.Message;
            _faults.Add(new ExtensionFault(e.Position, text, part == _root ? "" : PartOf(part)));
        }
    }
}
