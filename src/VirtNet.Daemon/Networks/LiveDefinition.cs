using VirtNet.Model;

namespace VirtNet.Daemon.Networks;

/// <summary>What a definition becomes when it is started.</summary>
internal static class LiveDefinition
{
    // Guests never use a privileged source port outside (libvirt's default range).
    private static readonly NatPortRange UnprivilegedPorts = new(1024, 65535);

    public static NetworkDefinition Of(NetworkDefinition definition) =>
        definition.Forward is var forward && forward.Nat?.Ports is null && definition.Ips.Any(forward.Translates)
            ? definition with
            {
                Forward = forward with { Nat = (forward.Nat ?? new NatOptions()) with { Ports = UnprivilegedPorts } },
            }
            : definition;
}
