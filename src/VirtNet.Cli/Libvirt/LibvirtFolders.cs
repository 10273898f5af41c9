namespace VirtNet.Cli.Libvirt;

/// <summary>Where libvirt keeps what belongs to its networks.</summary>
/// <param name="Networks">Definitions, and links to those that are started at boot.</param>
/// <param name="Leases">Of libvirt's dnsmasq: leases by bridge, and the server's own files.</param>
/// <param name="State">What runs; gone after a boot.</param>
/// <param name="Hooks">Scripts.</param>
internal sealed record LibvirtFolders(string Networks, string Leases, string State, string Hooks)
{
    private const string NetworksBelow = "etc/libvirt/qemu/networks";

    /// <summary>This host's.</summary>
    public static LibvirtFolders Host { get; } = Below("/");

    /// <summary>
    /// Those in a folder that holds the root of a host, or a copy of its files where they lay; else one with all files of the
    /// networks side by side.
    /// </summary>
    public static LibvirtFolders In(string folder) =>
        Directory.Exists(Path.Combine(folder, NetworksBelow))
            ? Below(folder)
            : new LibvirtFolders(folder, folder, Path.Combine(folder, "state"), Path.Combine(folder, "hooks"));

    public string DefinitionOf(string network) => Path.Combine(Networks, network + ".xml");

    /// <summary>There where the network is started at boot.</summary>
    public string BootLinkOf(string network) => Path.Combine(Networks, "autostart", network + ".xml");

    public string StatusOf(string bridge) => Path.Combine(Leases, bridge + ".status");

    /// <summary>There while the network runs.</summary>
    public string StateOf(string network) => Path.Combine(State, network + ".xml");

    /// <summary>Files of modular libvirt's ports, there while the network runs.</summary>
    public string PortsOf(string network) => Path.Combine(State, network, "ports");

    public string PortOf(string network, Guid port) => Path.Combine(PortsOf(network), port + ".xml");

    /// <summary>Which guests have which MAC addresses, for libvirt's NSS module.</summary>
    public string MacsOf(string bridge) => Path.Combine(Leases, bridge + ".macs");

    /// <summary>Scripts that libvirt runs when a network starts, stops or changes.</summary>
    public IReadOnlyList<string> HookScripts()
    {
        string single = Path.Combine(Hooks, "network");
        string several = Path.Combine(Hooks, "network.d");
        return
        [
            .. File.Exists(single) ? [single] : Array.Empty<string>(),
            .. Directory.Exists(several) ? Directory.GetFiles(several).Order(StringComparer.Ordinal) : Enumerable.Empty<string>(),
        ];
    }

    private static LibvirtFolders Below(string root) => new(
        Path.Combine(root, NetworksBelow),
        Path.Combine(root, "var/lib/libvirt/dnsmasq"),
        Path.Combine(root, "run/libvirt/network"),
        Path.Combine(root, "etc/libvirt/hooks"));
}
