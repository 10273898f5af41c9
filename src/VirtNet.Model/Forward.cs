namespace VirtNet.Model;

/// <summary>How guests reach the world. Names are those of the XML, in libvirt's order.</summary>
public enum ForwardMode
{
    None,
    Nat,
    Route,
    Open,
    Bridge,
    Private,
    Vepa,
    Passthrough,
    Hostdev,
}

/// <summary>The <c>&lt;forward&gt;</c> element; at most one of interfaces, addresses and physical function is in force.</summary>
public sealed record Forward(ForwardMode Mode)
{
    public static Forward None { get; } = new(ForwardMode.None);

    /// <summary>Host interfaces; the first is the <c>dev</c> attribute.</summary>
    public ValueList<string> Interfaces { get; init; } = [];

    /// <summary>Virtual functions listed by PCI address (mode hostdev).</summary>
    public ValueList<PciAddress> Addresses { get; init; } = [];

    /// <summary><c>&lt;pf dev=/&gt;</c>.</summary>
    public string? PhysicalFunction { get; init; }

    /// <summary><c>managed='yes'</c>, mode hostdev only.</summary>
    public bool Managed { get; init; }

    public ForwardDriver? Driver { get; init; }

    public NatOptions? Nat { get; init; }

    /// <summary>The <c>dev</c> attribute: the first interface.</summary>
    public string? Device => Interfaces.Count > 0 ? Interfaces[0] : null;

    /// <summary>Whether guests of a subnet reach the world under the host's address: IPv6 only where it was asked for.</summary>
    public bool Translates(IpDefinition ip) => Mode == ForwardMode.Nat && (!ip.IsIpv6 || Nat?.Ipv6 == true);
}

/// <summary>The <c>&lt;driver&gt;</c> of a hostdev pool; name is kvm, vfio or xen.</summary>
public sealed record ForwardDriver(string? Name, string? Model);

/// <summary>A PCI function, printed as <c>0000:03:00.1</c>.</summary>
public sealed record PciAddress(uint Domain, uint Bus, uint Slot, uint Function)
{
    public override string ToString() => $"{Domain:x4}:{Bus:x2}:{Slot:x2}.{Function:x}";
}
