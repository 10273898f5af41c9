namespace VirtNet.Host.Link;

/// <summary>A kernel setting.</summary>
/// <param name="Path">Below /proc/sys.</param>
/// <param name="Refusal">What a client is told when it cannot be set, before the kernel's reason.</param>
internal sealed record Sysctl(string Path, string Value, string Refusal, int Order) : HostResource(Order)
{
    public const string Ipv4Forwarding = "net/ipv4/ip_forward";
    public const string Ipv6Forwarding = "net/ipv6/conf/all/forwarding";

    private static readonly string[] AlwaysOff = ["accept_ra", "autoconf"];

    private readonly string? _bridge;

    public override string Key => $"sysctl {Path}";

    public override string Kind => "sysctl";

    public override string Summary => $"{Key} = {Value}";

    public override string? GoesWith => _bridge is null ? null : BridgeLink.KeyOf(_bridge);

    /// <summary>The host's forwarding switches stay on for good once a network has needed them, as with libvirt.</summary>
    public bool Stays => _bridge is null;

    /// <summary>A missing file is no failure: the kernel lacks IPv6, and this switch would only turn it off.</summary>
    public bool MayBeMissing { get; init; }

    public static Sysctl Forwarding(string path) =>
        new(path, "1", "cannot enable IP forwarding", Ranks.Forwarding);

    /// <summary>
    /// IPv6 on the bridge, on or off. Never autoconfigured from what guests advertise; and no duplicate address
    /// detection: a guest that claims the gateway's address must not be able to take it away.
    /// </summary>
    public static IEnumerable<Sysctl> ForBridge(string bridge, bool ipv6)
    {
        string path = $"net/ipv6/conf/{bridge}/";
        string toggle = path + "disable_ipv6";
        yield return new Sysctl(bridge, toggle, ipv6 ? "0" : "1", $"cannot write to {SysctlChanges.Root}{toggle} to enable/disable IPv6", !ipv6);
        foreach (string name in ipv6 ? AlwaysOff.Append("accept_dad") : AlwaysOff)
        {
            yield return new Sysctl(bridge, path + name, "0", $"cannot disable {SysctlChanges.Root}{path}{name}", !ipv6);
        }
    }

    private Sysctl(string bridge, string path, string value, string refusal, bool mayBeMissing)
        : this(path, value, refusal, Ranks.BridgeSysctl)
    {
        _bridge = bridge;
        MayBeMissing = mayBeMissing;
    }
}
