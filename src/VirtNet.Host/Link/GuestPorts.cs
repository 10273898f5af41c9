using VirtNet.Host.Netlink;

namespace VirtNet.Host.Link;

/// <summary>
/// Which ports of bridges are guests', and which of them may forward at once. With STP on the kernel holds a new port for
/// about four seconds, for fear of a loop; a guest's device makes none.
/// </summary>
internal static class GuestPorts
{
    private const string Tap = "tun"; // the kernel's name for both tun and tap
    private const string MacVtap = "macvtap";
    private const string Veth = "veth";

    /// <summary>Whether it belongs to a hypervisor, which keeps it as long as the guest runs.</summary>
    public static bool IsTap(LinkMessage port) => port.Kind == Tap;

    /// <param name="findLink">Finds a link of this namespace by index.</param>
    public static bool IsGuest(LinkMessage port, Func<int, LinkMessage?> findLink) => !port.HasParentDevice && port.Kind switch
    {
        Tap or MacVtap => true,

        // A cable between two bridges of the host may be part of a loop: STP must look at it.
        Veth => port.PeerElsewhere || findLink(port.Peer) is not { Master: not 0 },
        _ => false,
    };

    /// <summary>Whether it leads to a network's other hosts: they send nothing of what they know of loops through it.</summary>
    public static bool IsTunnel(LinkMessage port) => port.Kind == VxlanOptions.Kind && BridgeLink.MarkIn(port.Alias) is not null;

    /// <summary>None while a port of the bridge is blocking: then there is a loop, and STP is at work.</summary>
    public static IReadOnlyList<LinkMessage> ThatMayForward(
        LinkMessage? bridge, IReadOnlyList<LinkMessage> ports, Func<int, LinkMessage?> findLink) =>
        bridge is { Bridge.Stp: BridgeOptions.KernelStp } && !ports.Any(port => port.Port?.State == PortState.Blocking)
            ? [.. ports.Where(port => IsWaiting(port) && (IsGuest(port, findLink) || IsTunnel(port)))]
            : [];

    public static bool IsWaiting(LinkMessage port) => port.Port?.State is PortState.Listening or PortState.Learning;
}
