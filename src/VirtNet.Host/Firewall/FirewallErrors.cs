using VirtNet.Model;

namespace VirtNet.Host.Firewall;

/// <summary>How a client hears that the firewall's tool refused.</summary>
internal static class FirewallErrors
{
    /// <summary>libvirt's code, domain and text: the command, and the tool's own words on one line.</summary>
    public static VirtNetException Refused(HostCommandException e)
    {
        string[] lines = e.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        return new VirtNetException(
            VirErrorCode.InternalError,
            $"internal error: Failed to apply firewall command '{e.Command}': {string.Join("; ", lines.Take(2))}",
            VirErrorDomain.Firewall,
            e);
    }
}
