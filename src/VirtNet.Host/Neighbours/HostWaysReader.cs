using System.Net;
using System.Net.Sockets;
using VirtNet.Host.Netlink;

namespace VirtNet.Host.Neighbours;

/// <summary>Reads which way packets take on this host.</summary>
internal static class HostWaysReader
{
    private const string BridgedFlag = "/proc/sys/net/bridge/bridge-nf-call-iptables";

    public static HostWays Read()
    {
        using RtnetlinkClient netlink = new();
        return new HostWays(
            Uplink(netlink, IPAddress.Parse("9.9.9.9")), Uplink(netlink, IPAddress.Parse("2620:fe::9")),
            File.Exists(BridgedFlag) && File.ReadAllText(BridgedFlag).Trim() == "1",
            bridge => Directory.Exists($"/sys/class/net/{bridge}/brif")
                ? [.. Directory.EnumerateFileSystemEntries($"/sys/class/net/{bridge}/brif").Select(Path.GetFileName).OfType<string>()]
                : []);
    }

    /// <summary>Asks the kernel for the way to an address outside; nothing is sent.</summary>
    private static string? Uplink(RtnetlinkClient netlink, IPAddress outside)
    {
        try
        {
            using Socket socket = new(outside.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
            socket.Connect(outside, 53);
            IPAddress source = ((IPEndPoint)socket.LocalEndPoint!).Address;
            return netlink.ListAddresses().Find(address => address.Address.Equals(source)) is { } own
                ? netlink.FindLink(own.Link)?.Name : null;
        }
        catch (Exception e) when (e is SocketException or IOException)
        {
            return null; // no way out, or no such protocol
        }
    }
}
