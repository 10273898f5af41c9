using System.Runtime.InteropServices;
using Microsoft.Extensions.Logging;
using VirtNet.Host.Link;
using VirtNet.Host.Netlink;
using VirtNet.Linux.Netlink;

namespace VirtNet.Host.Watch;

/// <summary>Plugs guests in again whose bridge was gone and made anew, or who were taken off it.</summary>
internal sealed class PortReturn(RtnetlinkClient netlink, ILogger<PortReturn> logger)
{
    public void PutBack(string network, string bridge, IReadOnlyCollection<LinkMessage> ports)
    {
        if (netlink.FindLink(bridge) is not { } link)
        {
            return;
        }

        foreach (LinkMessage port in ports)
        {
            // Only what is still there, still free, and still the same device.
            if (netlink.FindLink(port.Index) is { Master: 0 } free
                && free.Name == port.Name
                && (port.Mac is null || port.Mac == free.Mac)
                && GuestPorts.IsGuest(free, netlink.FindLink))
            {
                if (TryPutBack(link, port) is { } failure)
                {
                    logger.PortNotBack(network, port.Name, bridge, failure);
                }
                else
                {
                    logger.PortIsBack(network, port.Name, bridge);
                }
            }
        }
    }

    /// <returns>Why it could not be; null = it is on the bridge, with the settings that it had.</returns>
    public string? TryPutBack(LinkMessage bridge, LinkMessage port)
    {
        NetlinkWriter batch = new(stackalloc byte[512]);
        LinkRequests.WriteMaster(ref batch, port.Index, bridge.Index);
        if (port.Port is { } settings)
        {
            LinkRequests.WritePortSwitches(ref batch, port.Index, settings); // isolation above all: as it was
        }

        int errno = Array.Find(netlink.Execute(batch), result => result != 0);
        if (errno == 0)
        {
            return null;
        }

        // Better off the bridge than on it with fewer restrictions than before.
        NetlinkWriter undo = new(stackalloc byte[128]);
        LinkRequests.WriteMaster(ref undo, port.Index, bridge: 0);
        netlink.Execute(undo);
        return Marshal.GetPInvokeErrorMessage(errno);
    }
}
