using VirtNet.Cli.Libvirt;
using VirtNet.Linux.Files;
using VirtNet.Model;

namespace VirtNet.Cli.Takeover;

/// <summary>
/// Links by which libvirt's clients and NSS modules see virtnetd's lists, in libvirt's format: one for each list of a network, never
/// for the folder, in which libvirt writes and deletes.
/// </summary>
internal static class ListLinks
{
    /// <summary>virtnetd's, where it writes such lists.</summary>
    private const string StateFolder = "/var/lib/virtnet";

    private static LibvirtFolders Folders => LibvirtFolders.Host;

    /// <summary>Of the leases.</summary>
    public static void MakeOfLeases(NetworkDefinition network) => Make(network, Folders.StatusOf(network.BridgeName!));

    /// <summary>Of the guests' MAC addresses.</summary>
    public static void MakeOfGuests(NetworkDefinition network) => Make(network, Folders.MacsOf(network.BridgeName!));

    /// <summary>Removes all but those of some bridges: libvirt writes lists of its own in their place, or none.</summary>
    public static void RemoveExcept(IReadOnlyCollection<string> bridges)
    {
        foreach (string list in Directory.Exists(Folders.Leases) ? Directory.GetFiles(Folders.Leases) : [])
        {
            if (File.ResolveLinkTarget(list, returnFinalTarget: false) is { } target && Path.GetDirectoryName(target.FullName) == StateFolder
                && !bridges.Contains(Path.GetFileNameWithoutExtension(list)))
            {
                AtomicFile.Delete(list);
            }
        }
    }

    private static void Make(NetworkDefinition network, string list)
    {
        if (network.Ips.Count > 0)
        {
            AtomicFile.Link(list, Path.Combine(StateFolder, Path.GetFileName(list)));
        }
    }
}
