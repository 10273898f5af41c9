using VirtNet.Host.Link;
using VirtNet.Host.Netlink;

namespace VirtNet.Host.Hairpins;

/// <summary>
/// Whether frames that a bridge forwards pass the rules for IP packets: for all bridges (net.bridge.bridge-nf-call-iptables, which
/// Docker and Kubernetes set), or for one. Nothing is announced when that changes.
/// </summary>
internal static class BridgeFiltering
{
    public static bool IsOn(LinkMessage bridge, bool ipv6) =>
        SysctlChanges.Read($"net/bridge/bridge-nf-call-ip{(ipv6 ? "6" : "")}tables") == "1"
        || (ipv6 ? bridge.Bridge?.Filters6 : bridge.Bridge?.Filters4) == true;
}
