using System.Globalization;
using System.Xml.Linq;
using VirtNet.Model;

namespace VirtNet.Cli.Libvirt;

/// <summary>
/// What libvirt has in the place of a network that virtnet runs, so that guests with that network start: a network of the same name
/// and UUID on the same bridge, of which libvirt itself makes nothing. With its addresses, which libvirt refuses from clients but
/// reads from its files: only so lists of leases show the prefix. Made of checked values, never of somebody's text.
/// </summary>
internal static class Stub
{
    private const string Comment = "virtnet runs this network: see virtnet(1), import-libvirt";

    /// <summary>For the folder of definitions.</summary>
    public static string Definition(NetworkDefinition network) => $"<!-- {Comment} -->\n{Of(network)}\n";

    /// <summary>For the folder of what runs.</summary>
    public static string Status(NetworkDefinition network) => new XElement(
        "networkstatus",
        new XElement("class_id", new XAttribute("bitmap", "0-2")),
        new XElement("floor", new XAttribute("sum", "0")),
        Of(network)) + "\n";

    /// <summary>Whether a definition is as it was written here. libvirt writes what its clients change anew, without the comment.</summary>
    public static bool Bears(string definition) => definition.Contains(Comment, StringComparison.Ordinal);

    /// <summary>Whether a definition in force is a stub.</summary>
    public static bool Is(NetworkDefinition network) => network.Forward.Mode == ForwardMode.Bridge;

    private static XElement Of(NetworkDefinition network) => new(
        "network",
        new XElement("name", network.Name),
        new XElement("uuid", network.Uuid),
        new XElement("forward", new XAttribute("mode", "bridge")),
        new XElement("bridge", new XAttribute("name", network.BridgeName!)),
        new XElement("dns", new XAttribute("enable", "no")),
        network.PortIsolated is true ? new XElement("port", new XAttribute("isolated", "yes")) : null,
        network.Ips.Select(ip => new XElement(
            "ip",
            ip.IsIpv6 ? new XAttribute("family", "ipv6") : null,
            new XAttribute("address", ip.Address),
            new XAttribute("prefix", string.Create(CultureInfo.InvariantCulture, $"{ip.EffectivePrefix ?? 0}")))),
        network.PortGroups.Select(group => new XElement(
            "portgroup",
            new XAttribute("name", group.Name),
            group.IsDefault ? new XAttribute("default", "yes") : null)));
}
