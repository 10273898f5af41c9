using System.Net;
using System.Net.Sockets;
using VirtNet.Host.Netlink;
using VirtNet.Linux.Netlink;

namespace VirtNet.Host.Publishing;

/// <summary>
/// Finds out whether answers go back by the uplink that connections come in by. On a host with two, what a guest answers is routed as
/// any packet of that guest is, before the kernel gives it the published address again: by the default route.
/// </summary>
internal sealed class ReturnWays(RtnetlinkClient netlink)
{
    private const string Dummy = "dummy";
    private const int LoopbackIndex = 1; // in every network namespace

    /// <summary>Somebody far away, of addresses that are nobody's (RFC 5737, RFC 3849).</summary>
    private static readonly IPAddress s_far4 = IPAddress.Parse("192.0.2.1");

    private static readonly IPAddress s_far6 = IPAddress.Parse("2001:db8:ffff::1");

    /// <summary>What is wrong, and what helps: half a sentence; null = nothing that is known of.</summary>
    /// <param name="published">An address of the host's.</param>
    /// <param name="guest">Who answers; null = the host itself.</param>
    /// <param name="bridge">Where the guest is.</param>
    /// <param name="isOwn">Whether a link is a network's.</param>
    public string? Find(IPAddress published, IPAddress? guest, string? bridge, Predicate<LinkMessage> isOwn)
    {
        bool ipv6 = published.AddressFamily == AddressFamily.InterNetworkV6;
        if (netlink.FindOwner(published) is not (not 0 and var index) || netlink.FindLink(index) is not { Kind: not Dummy } link
            || link.Index == LoopbackIndex || isOwn(link))
        {
            return null;
        }

        int from = bridge is null || guest is null ? 0 : netlink.FindLink(bridge)?.Index ?? 0;
        if (netlink.FindWay(ipv6 ? s_far6 : s_far4, guest ?? published, from) is not { Link: not 0 } way || way.Link == index
            || netlink.ListRules(KernelFamily.Of(published)).Exists(rule => rule.ChoosesByMark) // somebody remembers where connections came from
            || !IsUplink(published, link)) // last: it may list all routes of the host
        {
            return null;
        }

        IPAddress who = guest ?? published;
        return $"{published} is of {link.Name}, and answers leave by {netlink.NameOf(way.Link)}: whoever is not on {link.Name} itself gets none. "
            + $"What helps: ip{(ipv6 ? " -6" : "")} rule add from {who} lookup TABLE, a table whose default route leads out of {link.Name}";
    }

    /// <summary>Whether clients from far away come in by it: it has a default route of its own, or an address that they can reach.</summary>
    private bool IsUplink(IPAddress published, LinkMessage link) => !IsPrivate(published)
        || netlink.ListAllRoutes(KernelFamily.Of(published), route => route.PrefixLength == 0 && route.Link == link.Index).Count > 0;

    private static bool IsPrivate(IPAddress address) => address.GetAddressBytes() switch
    {
        [10, _, _, _] or [172, >= 16 and <= 31, _, _] or [192, 168, _, _] or [169, 254, _, _] or [100, >= 64 and <= 127, _, _] => true,
        [_, _, _, _] => false,
        _ => address.IsIPv6UniqueLocal || address.IsIPv6LinkLocal,
    };
}
