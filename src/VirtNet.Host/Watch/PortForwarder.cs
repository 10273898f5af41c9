using Microsoft.Extensions.Logging;
using VirtNet.Host.Link;
using VirtNet.Host.Netlink;
using VirtNet.Linux.Netlink;

namespace VirtNet.Host.Watch;

/// <summary>Lets guests' ports forward at once.</summary>
internal sealed class PortForwarder(RtnetlinkClient netlink, ILogger<PortForwarder> logger)
{
    private const int MessageSize = 128; // more than any of the messages below
    private const int MaxPorts = 64; // at once; the others follow with their next announcement

    /// <summary>
    /// The kernel takes a port's state only while STP is off. STP off, the states, STP on: one batch, which the kernel
    /// works off in one go, so STP is back on however this process ends. A BPDU that comes later still blocks the port.
    /// </summary>
    public void Forward(string network, int bridge)
    {
        LinkMessage? link = netlink.FindLink(bridge);
        IReadOnlyList<LinkMessage> ports = GuestPorts.ThatMayForward(link, netlink.ListLinks(bridge), netlink.FindLink);
        if (link is null || ports.Count == 0)
        {
            return;
        }

        ports = [.. ports.Take(MaxPorts)];
        NetlinkWriter batch = new(new byte[(ports.Count + 2) * MessageSize]);
        LinkRequests.WriteBridgeOptions(ref batch, link.Name, stp: false);
        foreach (LinkMessage port in ports)
        {
            LinkRequests.WritePortState(ref batch, port.Index, PortState.Forwarding);
        }

        LinkRequests.WriteBridgeOptions(ref batch, link.Name, stp: true);
        int[] results = netlink.Execute(batch);
        for (int i = 0; i < ports.Count; i++)
        {
            if (results[i + 1] == 0)
            {
                logger.PortForwards(network, ports[i].Name, link.Name);
            }
        }
    }
}
