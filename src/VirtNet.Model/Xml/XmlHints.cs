using System.Xml.Linq;

namespace VirtNet.Model.Xml;

/// <summary>Finds what a reader of the document passes over in silence.</summary>
internal static class XmlHints
{
    /// <summary>Enough for a person to act on; a hostile document must not make a list as long as itself.</summary>
    private const int MaxHints = 50;

    private const string Options = "options";
    private const string Option = "option";

    private static readonly string Declaration = $"xmlns:dnsmasq='{DnsmasqOptionsXml.Namespace}'";

    public static ValueList<XmlHint> Find(XElement network, string? file)
    {
        Walk walk = new(file);
        walk.Visit(network, NetworkShape.Root, parents: []);
        return walk.Hints.ToValueList();
    }

    private sealed class Walk(string? file)
    {
        public List<XmlHint> Hints { get; } = [];

        /// <param name="parents">The shapes around this one, the root first.</param>
        public void Visit(XElement element, ElementShape shape, ElementShape[] parents)
        {
            foreach (XAttribute attribute in element.Attributes())
            {
                Check(attribute, shape);
            }

            HashSet<string>? seen = null;
            foreach (XElement child in element.Elements())
            {
                if (Hints.Count >= MaxHints)
                {
                    return;
                }

                if (child.Name.Namespace != XNamespace.None)
                {
                    CheckForeign(child, shape, parents);
                }
                else if (shape.Child(child.Name.LocalName) is not { } known)
                {
                    AddUnknown(child, shape, parents);
                }
                else
                {
                    if (!known.Repeats && !(seen ??= []).Add(known.Name))
                    {
                        Add(
                            XmlHintKind.Repeated,
                            child,
                            $"only the first <{known.Name}> in <{shape.Name}> counts, this one is ignored",
                            nearest: null);
                    }

                    if (!known.Free)
                    {
                        Visit(child, known, [.. parents, shape]);
                    }
                }
            }
        }

        private void Check(XAttribute attribute, ElementShape shape)
        {
            string name = attribute.Name.LocalName;
            if (attribute.IsNamespaceDeclaration
                || (attribute.Name.Namespace == XNamespace.None && shape.Attributes.Contains(name)))
            {
                return;
            }

            string? nearest = NearestName.Find(name, shape.Attributes);
            Add(XmlHintKind.UnknownAttribute, attribute, $"<{shape.Name}> has no attribute '{name}', it is "
                + $"ignored{Question(nearest)}", nearest);
        }

        /// <summary>
        /// Options for the DNS and DHCP server are the one thing of another namespace that counts outside metadata.
        /// </summary>
        private void CheckForeign(XElement element, ElementShape parent, ElementShape[] parents)
        {
            string name = element.Name.LocalName;
            if (parent == NetworkShape.Root && element.Name == DnsmasqOptionsXml.Namespace + Options)
            {
                CheckOptions(element);
            }
            else if (element.Name.Namespace == DnsmasqOptionsXml.Namespace && name is Option or Options)
            {
                string place = name == Option ? $"inside <dnsmasq:{Options}>, which is inside <network>"
                    : $"beside <{(parents.Length > 1 ? parents[1] : parent).Name}>, inside <network>";
                Add(XmlHintKind.Misplaced, element, $"<dnsmasq:{name}> in <{parent.Name}> is ignored: it belongs {place}", nearest: null);
            }
            else
            {
                string what = element.Name.NamespaceName != XmlSource.Undeclared
                    ? "its namespace is not known here (other programs' elements belong into <metadata>)"
                    : name is Option or Options ? $"its prefix is not declared: <network> needs {Declaration}"
                    : "its prefix is not declared";
                Add(XmlHintKind.Foreign, element, $"<{name}> in <{parent.Name}> is ignored: {what}", nearest: null);
            }
        }

        private void CheckOptions(XElement options)
        {
            foreach (XElement child in options.Elements().Where(child => child.Name != DnsmasqOptionsXml.Namespace + Option))
            {
                Add(
                    XmlHintKind.UnknownElement,
                    child,
                    $"<{child.Name.LocalName}> in <dnsmasq:{Options}> is ignored: its elements are called <dnsmasq:{Option}>",
                    "dnsmasq:" + Option);
            }
        }

        private void AddUnknown(XElement element, ElementShape parent, ElementShape[] parents)
        {
            string name = element.Name.LocalName;
            for (int i = parents.Length - 1; i >= 0; i--)
            {
                if (parents[i].Child(name) is not null)
                {
                    string beside = i + 1 < parents.Length ? parents[i + 1].Name : parent.Name;
                    Add(
                        XmlHintKind.Misplaced,
                        element,
                        $"<{name}> inside <{parent.Name}> is ignored: it belongs beside <{beside}>, inside "
                        + $"<{parents[i].Name}>",
                        nearest: null);
                    return;
                }
            }

            if (Array.Find(parent.Children, shape => shape.Child(name) is not null) is { } home)
            {
                Add(
                    XmlHintKind.Misplaced,
                    element,
                    $"<{name}> directly inside <{parent.Name}> is ignored: it belongs inside <{home.Name}>",
                    nearest: null);
                return;
            }

            if (name is Option or Options)
            {
                Add(
                    XmlHintKind.UnknownElement,
                    element,
                    $"<{name}> in <{parent.Name}> is ignored: lines for the DNS and DHCP server are <dnsmasq:{Option}> elements inside "
                    + $"<dnsmasq:{Options}>, inside <network> with {Declaration}",
                    "dnsmasq:" + name);
                return;
            }

            string? nearest = NearestName.Find(name, Array.ConvertAll(parent.Children, shape => shape.Name));
            Add(
                XmlHintKind.UnknownElement,
                element,
                $"<{parent.Name}> has no element <{name}>, it is ignored{Question(nearest)}",
                nearest);
        }

        private static string Question(string? nearest) => nearest is null ? "" : $"; did you mean '{nearest}'?";

        private void Add(XmlHintKind kind, XObject at, string message, string? nearest)
        {
            if (Hints.Count < MaxHints)
            {
                string name = at is XElement element ? element.Name.LocalName : ((XAttribute)at).Name.LocalName;
                Hints.Add(new XmlHint(file, at.Position() ?? default, name, message, nearest) { Kind = kind });
            }
        }
    }
}
