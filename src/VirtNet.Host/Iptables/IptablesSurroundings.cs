namespace VirtNet.Host.Iptables;

/// <summary>What must be known of the host before anything is removed from chains that others may use too.</summary>
internal sealed record IptablesSurroundings(Func<string, bool> LinkExists, Func<bool> MayHaveLibvirt)
{
    /// <summary>
    /// libvirtd, or the pid file that libvirt's network driver holds while it runs. The socket of its modular daemon says
    /// nothing: it may be virtnet's own.
    /// </summary>
    private static readonly string[] LibvirtFiles = ["/run/libvirt/libvirt-sock", "/run/libvirt/network/driver.pid"];

    private const string LibvirtStatus = "/run/libvirt/network";

    public static IptablesSurroundings ThisHost { get; } = new(
        name => Directory.Exists("/sys/class/net/" + name),
        () => LibvirtFiles.Any(File.Exists) || HasActiveNetwork());

    /// <summary>It keeps a file for each of its active networks, also while it does not run.</summary>
    private static bool HasActiveNetwork() =>
        Directory.Exists(LibvirtStatus) && Directory.EnumerateFiles(LibvirtStatus, "*.xml").Any();
}
