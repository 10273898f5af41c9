namespace VirtNet.Host.Iptables;

/// <summary>What must be known of the host before anything is removed from chains that others may use too.</summary>
internal sealed record IptablesSurroundings(Func<string, bool> LinkExists, Func<bool> MayHaveLibvirt)
{
    private static readonly string[] LibvirtSockets = ["/run/libvirt/libvirt-sock", "/run/libvirt/virtnetworkd-sock"];

    public static IptablesSurroundings ThisHost { get; } = new(
        name => Directory.Exists("/sys/class/net/" + name),
        () => LibvirtSockets.Any(File.Exists));
}
