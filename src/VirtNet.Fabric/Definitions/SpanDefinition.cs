using System.Globalization;
using System.IO.Enumeration;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using System.Xml;
using System.Xml.Linq;
using VirtNet.Model;
using VirtNet.Model.Publishing;
using VirtNet.Model.Xml;

namespace VirtNet.Fabric.Definitions;

/// <summary>
/// The document of a network that spans hosts, taken apart into what all hosts have alike and what each has for itself: the list
/// of hosts, which is the fabric's; whether it learns from what arrives where guests are; the parts of its DHCP ranges that this host
/// gives out; the name of its bridge where the host made that up.
/// </summary>
internal sealed partial class SpanDefinition
{
    private const string Learning = "learning";

    private static readonly XNamespace Ns = NetworkExtension.Namespace;

    private readonly XElement _root;
    private readonly XElement _span;
    private readonly string? _members;

    private SpanDefinition(XElement root, XElement span, NetworkDefinition definition)
    {
        _root = root;
        _span = span;
        Name = definition.Name;
        Uuid = definition.Uuid ?? Guid.Empty;
        Vni = uint.TryParse((string?)span.Attribute("vni"), NumberStyles.None, CultureInfo.InvariantCulture, out uint vni) ? vni : 0;
        _members = (string?)span.Elements(Ns + "hosts").FirstOrDefault()?.Attribute("match");
        Subnets = [.. definition.Ips.Select(ip => ip.Network).OfType<IPNetwork>().Select(network => network.ToString())];
        Hosts = [.. span.Elements(Ns + "host").Select(host => (string?)host.Attribute("address") ?? "")];
        Ranges = [.. definition.Ips.SelectMany(ip => ip.Ranges)];
    }

    public string Name { get; }

    public Guid Uuid { get; }

    /// <summary>0 = the fabric is to give it one.</summary>
    public uint Vni { get; }

    public IReadOnlyList<string> Subnets { get; }

    /// <summary>Addresses of the hosts that it names.</summary>
    public IReadOnlyList<string> Hosts { get; }

    public IReadOnlyList<DhcpRange> Ranges { get; }

    /// <summary>Whether a member of that name has the network.</summary>
    public bool IsFor(string member) => _members is null || FileSystemName.MatchesSimpleExpression(_members, member, ignoreCase: false);

    /// <summary>Whether the host finds out by itself where guests are.</summary>
    public bool Learns => (string?)_span.Attribute(Learning) != "no";

    private XElement? Bridge => _root.Element("bridge");

    /// <summary>Null where it is a network of one host, or none that can be understood.</summary>
    public static SpanDefinition? TryRead(string xml)
    {
        if (!xml.Contains(Ns.NamespaceName, StringComparison.Ordinal))
        {
            return null; // most networks
        }

        try
        {
            XElement root = XElement.Parse(xml);
            return root.Elements("metadata").Elements(Ns + "network").Elements(Ns + "span").FirstOrDefault() is { } span
                ? new SpanDefinition(root, span, NetworkXml.Parse(xml).Definition)
                : null;
        }
        catch (Exception e) when (e is XmlException or VirtNetException)
        {
            return null;
        }
    }

    /// <summary>The same with a number.</summary>
    public SpanDefinition WithVni(uint vni)
    {
        SpanDefinition copy = Copy();
        copy._span.SetAttributeValue("vni", vni);
        return copy.Copy();
    }

    /// <summary>What all hosts have alike.</summary>
    /// <param name="given">What this host was last given of the fabric's definition; null = nothing.</param>
    public string Shared(GivenDefinition? given)
    {
        SpanDefinition copy = Copy();
        copy.SetHosts([], learns: true);
        if (copy.Bridge?.Attribute("name") is { } name && MadeUpName().IsMatch(name.Value))
        {
            name.Remove();
        }

        if (given is not null && Ranges.Select(AddressBlock.Format).SequenceEqual(given.Ranges))
        {
            ILookup<string?, XElement> pool = XElement.Parse(given.Xml).Elements("ip").ToLookup(AddressOf);
            foreach (XElement ip in copy._root.Elements("ip"))
            {
                SetRanges(ip, RangesOf(pool[AddressOf(ip)]));
            }
        }

        return copy._root.ToString();
    }

    /// <summary>The document for this host.</summary>
    /// <param name="blocks">The addresses that this host gives out.</param>
    /// <param name="bridge">What its bridge is called here already; null = it is made up, unless the fabric has a name for it.</param>
    /// <param name="learns">Whether the host finds out by itself where guests are: no control plane runs on it.</param>
    public string Render(IEnumerable<string> hosts, IReadOnlyList<AddressBlock> blocks, string? bridge, bool learns)
    {
        SpanDefinition copy = Copy();
        copy.SetHosts(hosts, learns);
        foreach (XElement ip in copy._root.Elements("ip"))
        {
            XElement[] pieces = [.. RangesOf([ip]).SelectMany(range => PiecesOf(range, blocks))];
            SetRanges(ip, pieces);
        }

        if (bridge is not null && copy.Bridge is null)
        {
            copy._root.Add(new XElement("bridge"));
        }

        if (bridge is not null && copy.BridgeName is null)
        {
            copy.Bridge!.SetAttributeValue("name", bridge);
        }

        return copy._root.ToString();
    }

    /// <summary>The name of its bridge, if it says one.</summary>
    public string? BridgeName => (string?)Bridge?.Attribute("name");

    /// <summary>Equal for documents that say the same, however they are laid out.</summary>
    public static string HashOf(string shared)
    {
        XElement root = XElement.Parse(shared);
        foreach (XElement empty in root.DescendantsAndSelf().Where(element => element is { HasElements: false, Value: "" }).ToArray())
        {
            empty.RemoveNodes(); // <a></a> is <a/>
        }

        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(root.ToString(SaveOptions.DisableFormatting))));
    }

    private static string? AddressOf(XElement ip) => (string?)ip.Attribute("address");

    private static IEnumerable<XElement> RangesOf(IEnumerable<XElement> ips) => ips.Elements("dhcp").Elements("range");

    /// <summary>What of a range lies in blocks; with its lease time.</summary>
    private static IEnumerable<XElement> PiecesOf(XElement range, IReadOnlyList<AddressBlock> blocks) =>
        AddressBlock.TryParse((string?)range.Attribute("start"), (string?)range.Attribute("end")) is { } whole
            ? AddressBlock.Join(blocks.Select(whole.Intersect).OfType<AddressBlock>()).Select(piece =>
                new XElement("range", new XAttribute("start", piece.First), new XAttribute("end", piece.Last), range.Elements()))
            : [];

    private static void SetRanges(XElement ip, IEnumerable<XElement> ranges)
    {
        XElement[] after = [.. ranges.Select(range => new XElement(range))];
        XElement? dhcp = ip.Element("dhcp");
        dhcp?.Elements("range").Remove();
        if (after.Length > 0 && dhcp is null)
        {
            dhcp = new XElement("dhcp");
            ip.Add(dhcp);
        }

        dhcp?.AddFirst(after);
        if (dhcp?.HasElements == false)
        {
            dhcp.Remove();
        }
    }

    private void SetHosts(IEnumerable<string> hosts, bool learns)
    {
        _span.SetAttributeValue(Learning, learns ? null : "no");
        _span.Elements(Ns + "host").Remove();
        _span.Add(hosts.Select(address => new XElement(Ns + "host", new XAttribute("address", address))));
    }

    private SpanDefinition Copy()
    {
        XElement root = new(_root);
        XElement span = root.Elements("metadata").Elements(Ns + "network").Elements(Ns + "span").First();
        return new SpanDefinition(root, span, NetworkXml.Parse(root.ToString()).Definition);
    }

    /// <summary>As virtnetd and libvirt name bridges by themselves.</summary>
    [GeneratedRegex("^virbr[0-9]+$")]
    private static partial Regex MadeUpName();
}
