using VirtNet.Host.Netlink;
using VirtNet.Host.Spanning;
using VirtNet.Linux.Netlink;

namespace VirtNet.Host.Watch;

/// <summary>Hears where bridges, tunnels and the host see whom: a guest that may be elsewhere than before is looked for.</summary>
internal sealed class NeighbourListener(WatchedBridges bridges, RtnetlinkClient netlink, HostWatcher watcher, GuestKeeper guests)
{
    public void Hear(in NetlinkMessage message)
    {
        HearTunnelEntry(message);
        WatchedBridge? bridge = null;
        lock (bridges.Sync)
        {
            if (ForwardingEntry.TryParse(message) is { Bridge: not 0 } seen)
            {
                bridge = bridges.Find(seen.Bridge) is { } known
                    && (IsNews(known, seen, message.Type == NetlinkType.DeleteNeighbour)
                        || (message.Type == NetlinkType.NewNeighbour && known.Network.Hairpins is { } hairpins
                            && hairpins.Guests.Any(guest => guest.Mac is null || guest.Mac == seen.Mac))) ? known : null;
            }
            else if (message.Type == NetlinkType.DeleteNeighbour && NeighbourEntry.TryParse(message) is { } gone)
            {
                bridge = bridges.Find(gone.Link);
            }
            else if (message.Type == NetlinkType.NewNeighbour && NeighbourEntry.TryParseLearnt(message) is { } found)
            {
                bridge = bridges.Find(found.Link) is { Network.Hairpins: { } hairpins } there
                    && hairpins.Guests.Any(guest => guest.Mac is null && guest.Address.Equals(found.Address)) ? there : null;
            }
        }

        if (bridge is not null)
        {
            guests.Touch(bridge.Network);
        }
    }

    /// <summary>Whether a guest may be elsewhere than before. What virtnet itself puts there, where the guest is, is none.</summary>
    private static bool IsNews(WatchedBridge bridge, ForwardingEntry seen, bool deleted)
    {
        bool isGuest = bridge.Network.GuestMacs.Contains(seen.Mac);
        return seen.IsStatic
            ? bridge.Network.Locks is not null && (deleted || !isGuest || seen.Port == bridge.TunnelIndex) || (isGuest && deleted)
            : isGuest;
    }

    /// <summary>
    /// Hosts that are to hear what is for everybody, and do not any more. Where a control plane tells of guests it takes these entries
    /// along when it ends, and all ways to other hosts with them: then each is put back at once, and not with the next repair.
    /// </summary>
    private void HearTunnelEntry(in NetlinkMessage message)
    {
        if (message.Type != NetlinkType.DeleteNeighbour || TunnelEntry.TryParse(message) is not { IsFlood: true } entry)
        {
            return;
        }

        WatchedBridge? spanning;
        lock (bridges.Sync)
        {
            spanning = bridges.FindByTunnel(entry.Link);
        }

        if (spanning is not null)
        {
            if (watcher.FindAtRest(spanning.Network.Uuid)?.Tunnel is { Learns: false } tunnel && tunnel.Peers.Contains(entry.Host))
            {
                SpanChanges.PutBack(netlink, entry);
            }

            watcher.Suspect(spanning.Network.Uuid, Suspicion.Links);
        }
    }
}
