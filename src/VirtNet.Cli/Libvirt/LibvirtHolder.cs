using System.Text.RegularExpressions;
using VirtNet.Model;

namespace VirtNet.Cli.Libvirt;

/// <summary>
/// Which network of libvirt on this host has a bridge, for those who collide with it. By the settings of libvirt's dnsmasq, which
/// everybody may read, unlike libvirt's own files.
/// </summary>
internal static partial class LibvirtHolder
{
    /// <param name="folder">Where those settings are.</param>
    /// <returns>The name of the network; null where it is none of libvirt's, or not known.</returns>
    public static string? Of(string bridge, string folder)
    {
        try
        {
            return Directory.EnumerateFiles(folder, "*.conf")
                .Where(file => InterfaceLine().Match(LibvirtNetwork.ReadText(file)).Groups["name"].Value == bridge)
                .Select(file => Path.GetFileNameWithoutExtension(file))
                .FirstOrDefault(network => !IsOver(folder, bridge));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or VirtNetException)
        {
            return null;
        }
    }

    /// <summary>What is known of virtnet's own list of leases in libvirt's place says whose the bridge is now.</summary>
    private static bool IsOver(string folder, string bridge) => new FileInfo(Path.Combine(folder, bridge + ".status")).LinkTarget is not null;

    [GeneratedRegex("^interface=(?<name>.+)$", RegexOptions.Multiline)]
    private static partial Regex InterfaceLine();
}
