using System.Xml;
using System.Xml.Linq;
using VirtNet.Model;
using VirtNet.Model.Xml;

namespace VirtNet.Cli.Libvirt;

/// <summary>A network that libvirt runs, as its state file has it.</summary>
/// <param name="Status">The whole file.</param>
/// <param name="Xml">The definition in force.</param>
internal sealed record LiveNetwork(string Status, string Xml, NetworkDefinition Definition)
{
    /// <summary>Whether libvirt noted how rules of nftables are removed, as 11.3 does; 9.0 knows iptables alone, and notes nothing.</summary>
    public bool HasRulesOfNftables => (string?)XElement.Parse(Status).Element("firewall")?.Attribute("backend") == "nftables";

    /// <returns>Null where libvirt does not run the network.</returns>
    /// <exception cref="VirtNetException">The file is none of libvirt's.</exception>
    public static LiveNetwork? Find(LibvirtFolders folders, string name)
    {
        string path = folders.StateOf(name);
        return File.Exists(path) ? Parse(LibvirtNetwork.ReadText(path), path) : null;
    }

    /// <exception cref="VirtNetException">The text is not the state of a network.</exception>
    public static LiveNetwork Parse(string status, string path)
    {
        try
        {
            XElement network = XElement.Parse(status).Element("network") ?? throw new XmlException("no network in it");
            string xml = network.ToString(SaveOptions.DisableFormatting);
            return new LiveNetwork(status, xml, NetworkXml.Parse(xml, path).Definition);
        }
        catch (XmlException e)
        {
            throw VirtNetException.Xml($"'{path}' is not the state of a network: {e.Message}");
        }
    }

    /// <summary>A network that libvirt did not start, as it may find it: it notes what it makes of it.</summary>
    public static LiveNetwork WithoutNotes(string xml) => Parse(
        $"<networkstatus><class_id bitmap='0-2'/><floor sum='0'/>{XElement.Parse(xml)}</networkstatus>\n", "networkstatus");

    /// <summary>Names of the networks that libvirt runs here.</summary>
    public static IEnumerable<string> ListNames(LibvirtFolders folders) =>
        (Directory.Exists(folders.State) ? Directory.GetFiles(folders.State, "*.xml") : []).Select(file => Path.GetFileNameWithoutExtension(file));

    /// <summary>The bridges of all networks that libvirt runs here.</summary>
    public static IReadOnlyList<string> ListBridges(LibvirtFolders folders)
    {
        List<string> bridges = [];
        foreach (string file in Directory.Exists(folders.State) ? Directory.GetFiles(folders.State, "*.xml") : [])
        {
            try
            {
                if (Parse(LibvirtNetwork.ReadText(file), file).Definition.BridgeName is { } bridge && InterfaceName.IsPossible(bridge))
                {
                    bridges.Add(bridge);
                }
            }
            catch (VirtNetException)
            {
                // one that cannot be read has no bridge that libvirt would load rules for
            }
        }

        return [.. bridges.Distinct()];
    }
}
