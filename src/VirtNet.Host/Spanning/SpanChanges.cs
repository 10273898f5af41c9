using System.Net;
using VirtNet.Host.Link;
using VirtNet.Host.Netlink;
using VirtNet.Linux.Netlink;
using VirtNet.Model;

namespace VirtNet.Host.Spanning;

/// <summary>
/// Applies changes of tunnels and of what the host sends from. Whoever asks has looked up the link, and that it is his to change.
/// Removing what is absent succeeds.
/// </summary>
internal sealed class SpanChanges(RtnetlinkClient netlink)
{
    private const int BytesForEntry = 80;
    private const int BatchLimit = 256;

    private delegate void Writer(ref NetlinkWriter writer);

    /// <param name="link">The tunnel as it is; null = there is none.</param>
    public void Apply(SpanLink? before, SpanLink after, LinkMessage? link)
    {
        if (link is null || before is null || after.IsOther(before))
        {
            Remove(link);
            link = Make(after);
            before = after with { Up = false, Bridge = null, Marked = false, Peers = [] };
        }

        if (!before.Marked)
        {
            Throw(Send((ref w) => LinkRequests.WriteAlias(ref w, after.Name, after.Alias)), errno => Setting(after, "alias", errno));
        }

        if (after.Mtu is { } mtu && mtu != before.Mtu)
        {
            Throw(Send((ref w) => LinkRequests.WriteMtu(ref w, after.Name, mtu)), errno => LinkErrors.SettingMtu(after.Name, errno));
        }

        if (!before.Up)
        {
            Send((ref w) => LinkRequests.WriteNoAddresses(ref w, link.Index)); // it is a port, and no end of anything
        }

        ApplyPeers(link.Index, before.Peers, after);
        if (before.Bridge != after.Bridge)
        {
            int bridge = netlink.FindLink(after.Bridge!)?.Index ?? throw Setting(after, $"bridge {after.Bridge}", LinkErrors.NoSuchDevice);
            Throw(
                Send((ref w) => LinkRequests.WriteMaster(ref w, link.Index, bridge)),
                errno => Setting(after, $"bridge {after.Bridge}", errno));
            before = before with { PortLearns = true, Suppresses = false }; // as any new port
        }

        if (before.PortLearns != after.PortLearns || before.Suppresses != after.Suppresses)
        {
            Throw(
                Send((ref w) => LinkRequests.WritePortSwitches(ref w, link.Index, BridgePort.Of(after.PortLearns, after.Suppresses))),
                errno => Setting(after, "the port", errno));
        }

        if (!before.Up)
        {
            Throw(Send((ref w) => LinkRequests.WriteUp(ref w, link.Index, up: true)), errno => LinkErrors.SettingFlags(after.Name, errno));
        }
    }

    public void Remove(LinkMessage? link)
    {
        if (link is not null)
        {
            int errno = Send((ref w) => LinkRequests.WriteDelete(ref w, link.Index));
            Throw(errno == LinkErrors.NoSuchDevice ? 0 : errno, code => LinkErrors.DeletingBridge(link.Name, code));
        }
    }

    /// <summary>Has what is for everybody go to this host again. Best effort: whoever asks looks again.</summary>
    public static void PutBack(RtnetlinkClient netlink, TunnelEntry entry)
    {
        NetlinkWriter writer = new(stackalloc byte[BytesForEntry]);
        TunnelEntry.Write(ref writer, NetlinkType.NewNeighbour, NetlinkFlags.Create | NetlinkFlags.Append, entry);
        netlink.Execute(writer);
    }

    public void Apply(SubnetSource source, bool wanted, LinkMessage? bridge)
    {
        if (bridge is null)
        {
            if (wanted)
            {
                throw LinkErrors.Refused($"cannot set the {source.Key}", LinkErrors.NoSuchDevice);
            }

            return;
        }

        foreach (RouteMessage route in netlink.ListRoutes(KernelFamily.Ipv4, bridge.Index)
            .Where(route => source.IsOfSubnet(route) && (wanted ? !source.IsIn(route) : route.Protocol == SubnetSource.Protocol)))
        {
            Send((ref w) => RouteMessage.Write(ref w, NetlinkType.DeleteRoute, NetlinkFlags.None, route));
        }

        RouteMessage own = new(source.Subnet, source.PrefixLength, bridge.Index)
        {
            Protocol = wanted ? SubnetSource.Protocol : RouteMessage.KernelProtocol,
            PreferredSource = wanted ? source.Source : source.Gateway,
        };
        int errno = Send((ref w) => RouteMessage.Write(ref w, NetlinkType.NewRoute, NetlinkFlags.Create | NetlinkFlags.Exclusive, own));
        Throw(errno == LinkErrors.Exists || !wanted ? 0 : errno, code => LinkErrors.Refused($"cannot set the {source.Key} to {source.Source}", code));
    }

    private LinkMessage Make(SpanLink after)
    {
        int errno = Send((ref w) => LinkRequests.WriteCreateVxlan(
            ref w, after.Name, after.Mac!.Value, after.Mtu, BridgeLink.FirstGroupOf(after.Owner ?? Guid.Empty), after.Options));
        Throw(errno, code => code == LinkErrors.Exists ? Taken(after) : LinkErrors.Refused($"error creating tunnel {after.Name}", code));
        return netlink.FindLink(after.Name) ?? throw LinkErrors.Refused($"error creating tunnel {after.Name}", LinkErrors.NoSuchDevice);
    }

    /// <summary>Whose tunnel has the name, or the number and port, that this one needs.</summary>
    private VirtNetException Taken(SpanLink wanted)
    {
        LinkMessage? other = netlink.FindLink(wanted.Name)
            ?? netlink.ListLinks().Find(link => link.Vxlan is { } tunnel && tunnel.Vni == wanted.Vni && tunnel.Port == wanted.Port);
        return LinkErrors.Impossible(
            $"error creating tunnel {wanted.Name}",
            other is null ? $"VNI {wanted.Vni} is in use on port {wanted.Port}"
                : $"{other.Name}, which is not this network's, has {(other.Name == wanted.Name ? "the name" : $"VNI {wanted.Vni} on port {wanted.Port}")}");
    }

    private void ApplyPeers(int link, ValueList<IPAddress> before, SpanLink after)
    {
        TunnelEntry[] gone = [.. before.Except(after.Peers).Select(peer => new TunnelEntry(link, default, peer))];
        TunnelEntry[] missing = [.. after.Peers.Except(before).Select(peer => new TunnelEntry(link, default, peer))];
        if (gone.Length + missing.Length == 0)
        {
            return;
        }

        NetlinkWriter batch = new(new byte[(gone.Length + missing.Length) * BytesForEntry]);
        foreach (TunnelEntry entry in gone)
        {
            TunnelEntry.Write(ref batch, NetlinkType.DeleteNeighbour, NetlinkFlags.None, entry);
        }

        foreach (TunnelEntry entry in missing)
        {
            TunnelEntry.Write(ref batch, NetlinkType.NewNeighbour, NetlinkFlags.Create | NetlinkFlags.Append, entry);
        }

        int errno = netlink.Execute(batch).Skip(gone.Length).FirstOrDefault(result => result != 0);
        Throw(errno, code => Setting(after, "peers", code));
        Forget(link, [.. gone.Select(entry => entry.Host)]);
    }

    /// <summary>
    /// Guests of hosts that are none of this network's any more. The control plane takes their entries along, but for those that an
    /// earlier run of its programs has made and this one never heard of: they would lead there for good.
    /// </summary>
    private void Forget(int link, HashSet<IPAddress> hosts)
    {
        TunnelEntry[] entries = hosts.Count == 0 ? [] : [.. netlink.ListTunnelEntries(link).Where(entry => !entry.IsFlood && hosts.Contains(entry.Host))];
        if (entries.Length == 0)
        {
            return;
        }

        NetlinkWriter batch = new(new byte[entries.Length * 2 * BytesForEntry]);
        foreach (TunnelEntry entry in entries)
        {
            TunnelEntry.Write(ref batch, NetlinkType.DeleteNeighbour, NetlinkFlags.None, entry);
            TunnelEntry.WriteForget(ref batch, entry);
        }

        netlink.Execute(batch); // what has gone by itself meanwhile is gone
    }

    private int Send(Writer write)
    {
        NetlinkWriter writer = new(stackalloc byte[BatchLimit]);
        write(ref writer);
        return netlink.Execute(writer)[0];
    }

    private static VirtNetException Setting(SpanLink tunnel, string what, int errno) =>
        LinkErrors.Refused($"cannot set {what} of tunnel {tunnel.Name}", errno);

    private static void Throw(int errno, Func<int, Exception> error)
    {
        if (errno != 0)
        {
            throw error(errno);
        }
    }
}
