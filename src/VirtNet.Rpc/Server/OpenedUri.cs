using VirtNet.Model;

namespace VirtNet.Rpc.Server;

/// <summary>The name by which a client opened the server.</summary>
internal sealed record OpenedUri(string Name, OpenedAs Kind)
{
    private const string Network = "network:///system";

    /// <summary>The schemes of libvirt's hypervisor drivers with a system-wide instance.</summary>
    private static readonly string[] Hypervisors = ["qemu", "xen", "lxc", "ch", "vz", "bhyve"];

    /// <summary>What virConnectGetType says: the driver's name as libvirt writes it.</summary>
    public string Type => Name.Split(':')[0] switch
    {
        "qemu" => "QEMU",
        "xen" => "Xen",
        "lxc" => "LXC",
        "ch" => "CH",
        "vz" => "vz",
        "bhyve" => "BHYVE",
        "test" => "Test",
        "interface" => "interface",
        _ => "network",
    };

    public bool IsHypervisor => Kind == OpenedAs.Hypervisor;

    public bool ShowsInterfaces => Kind != OpenedAs.Networks;

    /// <exception cref="VirtNetException">The name is not one of ours.</exception>
    public static OpenedUri Parse(string? name, bool acceptHypervisors)
    {
        if (string.IsNullOrEmpty(name))
        {
            // Who asks for no driver in particular takes whatever the host has.
            return acceptHypervisors ? new OpenedUri(Network, OpenedAs.Hypervisor) : throw ServerErrors.NoDriver("");
        }

        int schemeEnd = name.IndexOf(':');
        if (schemeEnd <= 0)
        {
            throw ServerErrors.NoDriver($"URI '{name}' does not include a driver name");
        }

        string scheme = name[..schemeEnd];
        string afterScheme = name[(schemeEnd + 1)..].Split('?', '#')[0];
        bool isLocal = TryGetLocalPath(afterScheme, out string path);
        bool isHypervisor = acceptHypervisors && isLocal
            && ((Hypervisors.Contains(scheme) && path == "/system") || (scheme == "test" && path == "/default"));
        return scheme switch
        {
            _ when isHypervisor => new OpenedUri(name, OpenedAs.Hypervisor),
            "network" when isLocal && path == "/system" => new OpenedUri(name, OpenedAs.Networks),
            "interface" when acceptHypervisors && isLocal && path == "/system" => new OpenedUri(name, OpenedAs.Interfaces),
            "network" when isLocal => throw ServerErrors.UnexpectedPath(path),
            _ => throw ServerErrors.NoDriver(name),
        };
    }

    /// <summary>False for a URI that names a host: it means somebody else's networks.</summary>
    private static bool TryGetLocalPath(string afterScheme, out string path)
    {
        if (!afterScheme.StartsWith("//", StringComparison.Ordinal))
        {
            path = afterScheme;
            return true;
        }

        int pathStart = afterScheme.IndexOf('/', startIndex: 2);
        path = pathStart < 0 ? "" : afterScheme[pathStart..];
        return pathStart == 2 || afterScheme.Length == 2;
    }
}

/// <summary>What a client believes that it talks to: we answer to the names of others too.</summary>
internal enum OpenedAs
{
    Networks,

    /// <summary>The daemon of host interfaces.</summary>
    Interfaces,
    Hypervisor,
}
