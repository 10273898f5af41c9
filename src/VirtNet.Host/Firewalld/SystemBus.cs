namespace VirtNet.Host.Firewalld;

/// <summary>Where the D-Bus system bus is, as far as it can be known without asking it.</summary>
internal static class SystemBus
{
    public const string AddressVariable = "DBUS_SYSTEM_BUS_ADDRESS";

    private const string DefaultSocket = "/run/dbus/system_bus_socket";
    private const string PathPrefix = "unix:path=";

    /// <summary>firewalld puts its bus policy in one of these when it is installed.</summary>
    private static readonly string[] FirewalldPolicies =
        ["/usr/share/dbus-1/system.d/FirewallD.conf", "/etc/dbus-1/system.d/FirewallD.conf"];

    /// <summary>
    /// Whether asking for firewalld may be worth a process: its absence is by far the most frequent answer. A bus that was
    /// named expressly is always asked.
    /// </summary>
    public static bool MayHaveFirewalld() => Environment.GetEnvironmentVariable(AddressVariable) is { Length: > 0 } address
        ? MayExist(address)
        : File.Exists(DefaultSocket) && FirewalldPolicies.Any(File.Exists);

    private static bool MayExist(string address) =>
        !address.StartsWith(PathPrefix, StringComparison.Ordinal)
        || File.Exists(address[PathPrefix.Length..].Split(',', ';')[0]);
}
