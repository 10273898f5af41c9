using System.Xml;
using System.Xml.Linq;
using VirtNet.Cli.Libvirt;
using VirtNet.Model;

namespace VirtNet.Cli.Takeover;

/// <summary>What libvirtd does for guests of a network that it would not do on a stub of it.</summary>
internal static class StubObjections
{
    private static readonly string[] GuestFolders = ["/etc/libvirt/qemu", "/run/libvirt/qemu"];

    /// <returns>A sentence each; none = a stub will do.</returns>
    public static IEnumerable<string> Of(NetworkDefinition network)
    {
        if (network is not { OwnsBridge: true, BridgeName: not null })
        {
            yield return "it has no bridge of its own";
        }

        if (network.Bridge?.MacTableManager == MacTableManager.Libvirt)
        {
            yield return "libvirt keeps its bridge's table of MAC addresses: with a stub it would not";
        }

        foreach (PortGroup group in network.PortGroups.Where(group =>
            group.Bandwidth is not null || group.Vlan is not null || group.VirtualPort is not null))
        {
            yield return $"its port group {group.Name} limits or tags guests: with a stub they would be without";
        }

        foreach (string guest in GuestsWithFloor(network.Name))
        {
            yield return $"guest {guest} has a bandwidth floor on it: libvirt does not start guests with one on a stub";
        }
    }

    private static IEnumerable<string> GuestsWithFloor(string network) => GuestFolders
        .Where(Directory.Exists)
        .SelectMany(folder => Directory.EnumerateFiles(folder, "*.xml"))
        .Where(file => HasFloor(file, network))
        .Select(file => Path.GetFileNameWithoutExtension(file))
        .Distinct();

    private static bool HasFloor(string file, string network)
    {
        try
        {
            return XElement.Parse(LibvirtNetwork.ReadText(file)).DescendantsAndSelf("interface").Any(card =>
                (string?)card.Element("source")?.Attribute("network") == network
                && card.Element("bandwidth")?.Element("inbound")?.Attribute("floor") is not null);
        }
        catch (Exception e) when (e is XmlException or VirtNetException)
        {
            return false; // libvirt cannot read it either
        }
    }
}
