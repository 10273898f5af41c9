using VirtNet.Model;

namespace VirtNet.Rpc.Server;

/// <summary>The name by which a client opened the server.</summary>
/// <param name="IsHypervisor">An alias: the client believes that it talks to a hypervisor.</param>
internal sealed record OpenedUri(string Name, bool IsHypervisor)
{
    private const string Network = "network:///system";

    /// <summary>The schemes of libvirt's hypervisor drivers with a system-wide instance.</summary>
    private static readonly string[] Hypervisors = ["qemu", "xen", "lxc", "ch", "vz", "bhyve"];

    /// <exception cref="VirtNetException">The name is not one of ours.</exception>
    public static OpenedUri Parse(string? name, bool acceptHypervisors)
    {
        if (string.IsNullOrEmpty(name))
        {
            return acceptHypervisors ? new OpenedUri(Network, IsHypervisor: false) : throw ServerErrors.NoDriver("");
        }

        int schemeEnd = name.IndexOf("://", StringComparison.Ordinal);
        string scheme = schemeEnd < 0 ? "" : name[..schemeEnd];
        string path = schemeEnd < 0 ? "" : name[(schemeEnd + 3)..].Split('?', '#')[0];
        bool isHypervisor = acceptHypervisors
            && ((Hypervisors.Contains(scheme) && path == "/system") || (scheme == "test" && path == "/default"));
        return scheme switch
        {
            _ when isHypervisor => new OpenedUri(name, IsHypervisor: true),
            "network" when path == "/system" => new OpenedUri(name, IsHypervisor: false),
            "network" => throw ServerErrors.UnexpectedPath(path),
            _ => throw ServerErrors.NoDriver(name),
        };
    }
}
