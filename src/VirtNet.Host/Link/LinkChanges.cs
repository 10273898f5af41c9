using VirtNet.Host.Netlink;
using VirtNet.Linux.Netlink;

namespace VirtNet.Host.Link;

/// <summary>
/// Applies changes of links, addresses and routes. Whoever asks has looked up the link, and that it is his to change. Removing what
/// is absent succeeds.
/// </summary>
internal sealed class LinkChanges(RtnetlinkClient netlink, OwnBridges own, BridgeRemovals removals)
{
    private const int BatchLimit = 1024;

    private delegate void Writer(ref NetlinkWriter writer);

    /// <param name="link">The link as it is; null = there is none.</param>
    public void Apply(BridgeLink? before, BridgeLink after, LinkMessage? link)
    {
        if (before is not null && before.Name != after.Name)
        {
            Rename(
                link ?? throw LinkErrors.Refused($"cannot rename {before.Name} to {after.Name}", LinkErrors.NoSuchDevice),
                after.Name);
        }

        if (before is null)
        {
            // Alone: in one batch with the rest, a link that exists already would get our settings.
            Throw(
                Send((ref w) => LinkRequests.WriteCreateBridge(
                    ref w, after.Name, after.Mac, after.Owner is { } marked ? BridgeLink.FirstGroupOf(marked) : 0)),
                errno => LinkErrors.CreatingBridge(after.Name, errno));
            if (after.Owner is { } owner && netlink.FindLink(after.Name) is { } made)
            {
                own.Made(made, owner); // so that it is undone if it cannot be marked
            }
        }
        else if (after.Mac is { } mac && mac != before.Mac)
        {
            Throw(
                Send((ref w) => LinkRequests.WriteMac(ref w, after.Name, mac)),
                errno => LinkErrors.SettingMac(after.Name, mac, errno));
        }

        if (after.Alias != (before?.Alias ?? ""))
        {
            Throw( // the kernel takes no alias while it makes a link
                Send((ref w) => LinkRequests.WriteAlias(ref w, after.Name, after.Alias)),
                errno => LinkErrors.SettingBridge(after.Name, "ifalias", errno));
        }

        if (after.Mtu is { } mtu && mtu != before?.Mtu)
        {
            Throw(
                Send((ref w) => LinkRequests.WriteMtu(ref w, after.Name, mtu)),
                errno => LinkErrors.SettingMtu(after.Name, errno));
        }

        if (before is null || before.Stp != after.Stp || before.ForwardDelay != after.ForwardDelay)
        {
            ApplySpanningTree(before, after);
        }
    }

    public async Task RemoveAsync(BridgeLink before, LinkMessage? link)
    {
        if (link is not null && before.Owner is { } owner) // a link of nobody's mark is not virtnet's
        {
            ThrowUnless(
                LinkErrors.NoSuchDevice,
                await removals.RemoveAsync(owner, link.Index),
                errno => LinkErrors.DeletingBridge(before.Name, errno));
        }
    }

    /// <summary>Gives a network's bridge its name again; a kernel that cannot do that while it is up has it down for a moment.</summary>
    public void Rename(LinkMessage link, string name)
    {
        int errno = Send((ref w) => LinkRequests.WriteName(ref w, link.Index, name));
        if (errno == LinkErrors.Busy)
        {
            Throw(
                Send((ref w) => LinkRequests.WriteUp(ref w, link.Name, up: false)),
                code => LinkErrors.SettingFlags(link.Name, code));
            errno = Send((ref w) => LinkRequests.WriteName(ref w, link.Index, name));
            string now = errno == 0 ? name : link.Name;
            Throw(Send((ref w) => LinkRequests.WriteUp(ref w, now, up: true)), code => LinkErrors.SettingFlags(now, code));
        }

        Throw(errno, code => LinkErrors.Refused($"cannot rename {link.Name} to {name}", code));
    }

    public void Apply(BridgeAddress? before, BridgeAddress after, LinkMessage? link)
    {
        if (link is null)
        {
            throw LinkErrors.AddingAddress(after, LinkErrors.NoSuchDevice);
        }

        if (before is not null && !Equals(before.Broadcast, after.Broadcast))
        {
            Remove(before, link); // the kernel does not change it in place
            before = null;
        }

        if (before is null)
        {
            AddressMessage address = new(link.Index, after.Address, after.PrefixLength) { Broadcast = after.Broadcast };
            int result = Send((ref w) => AddressMessage.Write(
                ref w, NetlinkType.NewAddress, NetlinkFlags.Create | NetlinkFlags.Exclusive, address));
            if (result != LinkErrors.Exists || !Has(address)) // IPv6 has an address once, whatever its prefix
            {
                Throw(result, errno => LinkErrors.AddingAddress(after, errno));
            }
        }
        else if (after.Routed && !before.Routed)
        {
            ApplySubnetRoute(link.Index, after);
        }
    }

    public void Remove(BridgeAddress before, LinkMessage? link)
    {
        if (link is not null)
        {
            AddressMessage address = new(link.Index, before.Address, before.PrefixLength);
            ThrowUnless(
                LinkErrors.NoSuchAddress,
                Send((ref w) => AddressMessage.Write(ref w, NetlinkType.DeleteAddress, NetlinkFlags.None, address)),
                errno => LinkErrors.Removing(before, errno));
        }
    }

    public void Apply(BridgeUp? before, BridgeUp up, bool wanted)
    {
        if (wanted && up.LinkLocal)
        {
            AddressGeneration.TurnOn(up.Bridge, anew: before is not null);
        }

        int errno = Send((ref w) => LinkRequests.WriteUp(ref w, up.Bridge, wanted));
        if (wanted || errno != LinkErrors.NoSuchDevice)
        {
            Throw(errno, code => LinkErrors.SettingFlags(up.Bridge, code));
        }
    }

    public void Apply(BridgeVlanFiltering filtering, bool wanted)
    {
        int errno = Send((ref w) => LinkRequests.WriteBridgeOptions(ref w, filtering.Bridge, vlanFiltering: wanted));
        if (errno == 0 && wanted && netlink.FindLink(filtering.Bridge) is { Bridge.VlanFiltering: false })
        {
            errno = LinkErrors.InvalidArgument; // a kernel without it takes the request and does nothing
        }

        if (wanted || errno != LinkErrors.NoSuchDevice)
        {
            Throw(errno, code => LinkErrors.SettingBridge(filtering.Bridge, "vlan_filtering", code));
        }
    }

    /// <summary>Removes what the host learnt from a guest that played router. Best effort: it expires as well.</summary>
    public void ForgetLearntRoutes(LinkMessage bridge)
    {
        foreach (RouteMessage route in netlink.ListRoutes(KernelFamily.Ipv6, bridge.Index).Where(route => route.IsLearnt))
        {
            Send((ref w) => RouteMessage.Write(ref w, NetlinkType.DeleteRoute, NetlinkFlags.None, route));
        }
    }

    public void Apply(StaticRoute route, bool wanted, LinkMessage? link)
    {
        if (link is null)
        {
            if (wanted)
            {
                throw LinkErrors.AddingRoute(route, LinkErrors.NoSuchDevice);
            }

            return;
        }

        RouteMessage message = new(route.Destination, route.PrefixLength, link.Index)
        {
            Gateway = route.Gateway,
            Metric = route.Metric,
        };
        if (wanted)
        {
            ThrowUnless(
                LinkErrors.Exists,
                Send((ref w) => RouteMessage.Write(
                    ref w, NetlinkType.NewRoute, NetlinkFlags.Create | NetlinkFlags.Exclusive, message)),
                errno => LinkErrors.AddingRoute(route, errno));
        }
        else
        {
            ThrowUnless(
                LinkErrors.NoSuchProcess,
                Send((ref w) => RouteMessage.Write(ref w, NetlinkType.DeleteRoute, NetlinkFlags.None, message)),
                errno => LinkErrors.Removing(route, errno));
        }
    }

    /// <summary>
    /// The delay goes in while STP is off: only then any value is legal, and when STP goes on the kernel brings it into its
    /// bounds.
    /// </summary>
    private void ApplySpanningTree(BridgeLink? before, BridgeLink after)
    {
        int errno = 0;
        if (before is { Stp: true })
        {
            errno = Send((ref w) => LinkRequests.WriteBridgeOptions(ref w, after.Name, stp: false));
        }

        if (errno == 0)
        {
            errno = Send((ref w) => LinkRequests.WriteBridgeOptions(ref w, after.Name, after.ForwardDelay, after.Stp));
        }

        Throw(errno, code => LinkErrors.SettingBridge(after.Name, "stp_state", code));
    }

    /// <summary>What the kernel itself makes for an address, put back after somebody deleted it.</summary>
    private void ApplySubnetRoute(int link, BridgeAddress address)
    {
        RouteMessage route = new(address.Subnet, address.PrefixLength, link)
        {
            Protocol = RouteMessage.KernelProtocol,
            PreferredSource = address.IsIpv6 ? null : address.Address,
            Metric = address.IsIpv6 ? 256u : 0, // the kernel's own choice for routes of this kind
        };
        ThrowUnless(
            LinkErrors.Exists,
            Send((ref w) => RouteMessage.Write(
                ref w, NetlinkType.NewRoute, NetlinkFlags.Create | NetlinkFlags.Exclusive, route)),
            errno => LinkErrors.Refused($"cannot add the route of {address.Key}", errno));
    }

    private bool Has(AddressMessage wanted) => netlink.ListAddresses(wanted.Link).Exists(
        have => have.PrefixLength == wanted.PrefixLength && have.Address.Equals(wanted.Address));

    private int Send(Writer write)
    {
        NetlinkWriter writer = new(stackalloc byte[BatchLimit]);
        write(ref writer);
        return netlink.Execute(writer)[0];
    }

    private static void Throw(int errno, Func<int, Exception> error) => ThrowUnless(allowed: 0, errno, error);

    private static void ThrowUnless(int allowed, int errno, Func<int, Exception> error)
    {
        if (errno != 0 && errno != allowed)
        {
            throw error(errno);
        }
    }
}
