using System.Net;
using System.Xml.Linq;
using VirtNet.Model.Xml;

namespace VirtNet.Model.Publishing;

/// <summary>
/// Changes one publication in the element's text, as a client reads and sets it, and leaves everything else in it as it is: what
/// another version wrote, too.
/// </summary>
public static class NetworkExtensionEditor
{
    private const string Root = "network";
    private const string Publish = "publish";

    /// <param name="element">Null where there is none yet.</param>
    /// <returns>The same text where it says so already.</returns>
    /// <exception cref="VirtNetException">It cannot be in force, or is in another's way.</exception>
    public static string Add(string? element, Publication publication, NetworkDefinition network)
    {
        NetworkExtension before = element is null ? NetworkExtension.None : NetworkExtensionXml.Parse(element, network);
        if (element is not null && before.Publications.Contains(publication))
        {
            return element;
        }

        ListenPlaces places = new(before.DefaultAddress);
        foreach (Publication other in before.Publications)
        {
            places.Add(other);
        }

        if ((PublicationRules.WhyImpossible(publication, network, before.DefaultAddress) ?? places.WhyTaken(publication)) is { } reason)
        {
            throw VirtNetException.OperationInvalid(reason);
        }

        XElement root = element is null ? new XElement(Root) : XmlSource.Read(element);
        root.RemoveLayout();
        root.Add(Bare(publication, root.Name.Namespace));
        return root.ToString();
    }

    /// <summary>The element of one publication, as <see cref="Add"/> writes it.</summary>
    public static string Text(Publication publication) => Bare(publication, XNamespace.None).ToString();

    /// <summary>The publications that a word means: the one of that name, else those that listen there.</summary>
    /// <param name="word">A name, or where one listens.</param>
    /// <param name="remaining">The element without them; null where nothing is left in it.</param>
    /// <returns>What they are called; empty where there is none.</returns>
    public static ValueList<string> Remove(string element, string word, out string? remaining)
    {
        XElement root = XmlSource.Read(element);
        root.RemoveLayout();
        XElement[] all = [.. root.Elements(root.Name.Namespace + Publish)];
        XElement[] found = [.. all.Where(publish => publish.Text("name") == word)];
        if (found.Length == 0 && ListenText.Parse(word) is { } place)
        {
            IPAddress? defaultAddress = DefaultOf(root);
            found = [.. all.Where(publish => ListensAt(publish, place, defaultAddress))];
        }

        ValueList<string> names = [.. found.Select(publish => publish.Text("name") ?? word)];
        foreach (XElement publish in found)
        {
            publish.Remove();
        }

        bool isEmpty = !root.HasElements && root.Attributes().All(attribute => attribute.IsNamespaceDeclaration);
        remaining = found.Length == 0 ? element : isEmpty ? null : root.ToString();
        return names;
    }

    private static XElement Bare(Publication publication, XNamespace ns)
    {
        XElement element = PublicationXml.Format(publication);
        foreach (XElement each in element.DescendantsAndSelf().ToArray())
        {
            each.Name = ns + each.Name.LocalName;
        }

        return element;
    }

    private static IPAddress? DefaultOf(XElement root)
    {
        try
        {
            return root.Element(root.Name.Namespace + ExtensionReader.Default)?.OptionalAddress("address");
        }
        catch (VirtNetException)
        {
            return null; // a later version's
        }
    }

    /// <summary>Whatever else it says, and whether that is understood.</summary>
    private static bool ListensAt(XElement publish, Publication place, IPAddress? defaultAddress)
    {
        try
        {
            return publish.OptionalProtocol() == place.Protocol
                && publish.Ports().Equals(place.Ports)
                && Equals(publish.OptionalAddress("address") ?? defaultAddress, place.Address ?? defaultAddress);
        }
        catch (VirtNetException)
        {
            return false; // a later version's
        }
    }
}
