namespace VirtNet.Host.Link;

/// <summary>A kernel setting.</summary>
/// <param name="Path">Below /proc/sys.</param>
/// <param name="Refusal">What a client is told when it cannot be set, before the kernel's reason.</param>
/// <param name="Bridge">The bridge that it is a setting of; null = of the host as a whole.</param>
internal sealed record Sysctl(string Path, string Value, string Refusal, string? Bridge)
    : HostResource(Bridge is null ? Ranks.Forwarding : Ranks.BridgeSysctl)
{
    public const string Ipv4Forwarding = "net/ipv4/ip_forward";
    public const string Ipv6Forwarding = "net/ipv6/conf/all/forwarding";

    private const string AcceptAdvertisements = "accept_ra";

    private static readonly string[] AlwaysOff = [AcceptAdvertisements, "autoconf"];

    public override string Key => $"sysctl {Path}";

    public override string Kind => "sysctl";

    public override string? Device => Bridge;

    public override string Summary => $"{Key} = {Value}";

    public override string? GoesWith => Bridge is null ? null : BridgeLink.KeyOf(Bridge);

    /// <summary>The host's forwarding switches stay on for good once a network has needed them, as with libvirt.</summary>
    public override bool Stays => Bridge is null;

    /// <summary>
    /// Where a bridge has no such file there is no IPv6 on it (kernel, or an MTU below 1280): nothing to switch, and an
    /// IPv6 address will be refused on its own account.
    /// </summary>
    public bool MayBeMissing => Bridge is not null;

    /// <summary>What it is set to again when it is not wanted any more and its bridge stays; null = it is left.</summary>
    public string? Otherwise { get; init; }

    /// <summary>Whether it keeps the host from learning from what guests advertise.</summary>
    public bool GuardsAgainstAdvertisements =>
        Bridge is not null && Path.EndsWith(AcceptAdvertisements, StringComparison.Ordinal);

    public static Sysctl Forwarding(string path) => new(path, "1", "cannot enable IP forwarding", Bridge: null);

    /// <summary>Lets the host reach guests behind a bridge from 127.0.0.1. What comes the other way is dropped before it is looked at.</summary>
    public static Sysctl RouteFromLoopback(string bridge)
    {
        string path = $"net/ipv4/conf/{bridge}/route_localnet";
        return new Sysctl(path, "1", $"cannot write to {SysctlChanges.Root}{path} to publish on 127.0.0.1", bridge)
        {
            Rank = Ranks.LoopbackRoute,
            Otherwise = "0",
        };
    }

    /// <summary>The bridge's own switch. It follows the host's when that is turned, but can be turned alone.</summary>
    public static Sysctl ForwardingOf(string bridge, bool ipv6) => new(
        $"net/{(ipv6 ? "ipv6" : "ipv4")}/conf/{bridge}/forwarding", "1", $"cannot enable IP forwarding on {bridge}", bridge);

    /// <summary>
    /// IPv6 on the bridge, on or off. Never autoconfigured from what guests advertise; and no duplicate address
    /// detection: a guest that claims the gateway's address must not be able to take it away.
    /// </summary>
    public static IEnumerable<Sysctl> ForBridge(string bridge, bool ipv6)
    {
        string path = $"net/ipv6/conf/{bridge}/";
        string toggle = path + "disable_ipv6";
        yield return new Sysctl(
            toggle, ipv6 ? "0" : "1", $"cannot write to {SysctlChanges.Root}{toggle} to enable/disable IPv6", bridge);
        foreach (string name in ipv6 ? AlwaysOff.Append("accept_dad") : AlwaysOff)
        {
            yield return new Sysctl(path + name, "0", $"cannot disable {SysctlChanges.Root}{path}{name}", bridge);
        }
    }
}
