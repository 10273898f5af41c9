using VirtNet.Host.Link;
using VirtNet.Host.Netlink;
using VirtNet.Linux.Netlink;
using VirtNet.Model;

namespace VirtNet.Host.Networks;

/// <content>The carrier of guests' cables.</content>
public sealed partial class NetworkHost
{
    public PluggedGuest FindGuest(NetworkDefinition network, MacAddress mac)
    {
        if (FindBridge(network)?.Link is not { } bridge)
        {
            throw VirtNetException.OperationInvalid($"network '{network.Name}' has no bridge on this host");
        }

        List<LinkMessage> ports = _netlink.ListLinks(bridge.Index);
        int seen = _netlink.FindPort(bridge.Index, mac);
        LinkMessage port = ports.Find(port => port.Index == seen)
            ?? ports.Find(port => GuestPorts.IsTap(port) && port.IsPortOf(mac))
            ?? throw VirtNetException.OperationInvalid($"no port of network '{network.Name}' knows {mac}");
        return GuestPorts.IsGuest(port, _netlink.FindLink)
            ? new PluggedGuest(port.Name, port.Index, port.Mac, GuestPorts.IsTap(port), (port.Port?.Switches ?? []).ToValueList())
            : throw VirtNetException.OperationInvalid($"{mac} is behind {port.Name}, which is not a guest's: others are behind it");
    }

    public void SetCarrier(PluggedGuest guest, bool on)
    {
        _keeper.Pull(guest.Index, ended: on);
        NetlinkWriter request = new(stackalloc byte[64]);
        LinkRequests.WriteUp(ref request, guest.Index, on);
        int errno = _netlink.Execute(request)[0];
        if (errno != 0)
        {
            _keeper.Pull(guest.Index, ended: true);
        }

        if (errno != 0 && (on || errno != LinkErrors.NoSuchDevice))
        {
            throw LinkErrors.SettingFlags(guest.Device, errno);
        }
    }
}
