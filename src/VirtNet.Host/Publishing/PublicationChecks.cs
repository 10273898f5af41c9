using System.Net;
using VirtNet.Host.Netlink;
using VirtNet.Linux.Netlink;
using VirtNet.Model;
using VirtNet.Model.Publishing;

namespace VirtNet.Host.Publishing;

/// <summary>What speaks on this host against publishing something, and what will keep it from working.</summary>
internal sealed class PublicationChecks(RtnetlinkClient netlink)
{
    /// <param name="added">What is not in force yet.</param>
    /// <param name="isOwn">Whether it is this process that has a port, for what is published.</param>
    /// <exception cref="VirtNetException">One of them cannot be: a process has its port, or the host needs its address.</exception>
    public void ThrowIfImpossible(IEnumerable<HostPublication> added, Func<PublishedProtocol, IPEndPoint, bool> isOwn)
    {
        PortHolders holders = new(isOwn);
        foreach (HostPublication publication in added)
        {
            if (holders.Find(publication) is { } holder)
            {
                throw VirtNetException.OperationInvalid($"cannot publish {publication.Listen}: {holder}");
            }

            if (publication is { Ports: null, IsForced: false, Address: { } whole } && !publication.IsOwnAddress && WhyNeeded(whole) is { } reason)
            {
                throw VirtNetException.OperationInvalid(
                    $"cannot publish the whole address {whole}: {reason}, and would be cut off; it can be forced");
            }
        }
    }

    /// <summary>Addresses of the host.</summary>
    public HashSet<IPAddress> HostAddresses() => [.. netlink.ListAddresses().Select(address => address.Address), IPAddress.Loopback, IPAddress.IPv6Loopback];

    /// <summary>Why the host cannot do without an address of its own; null = it can.</summary>
    private string? WhyNeeded(IPAddress whole)
    {
        AddressMessage[] all = [.. netlink.ListAddresses().Where(address => KernelFamily.Of(address.Address) == KernelFamily.Of(whole))];
        if (Array.Find(all, address => address.Address.Equals(whole)) is not { } own)
        {
            return null;
        }

        string name = netlink.NameOf(own.Link);
        AddressMessage[] others = [.. all.Where(address => address.Link == own.Link && !address.Address.Equals(whole) && !IsLinkLocal(address.Address))];
        if (others.Length == 0)
        {
            return $"it is the only one of {name}, by which the host is reached";
        }

        return netlink.ListRoutes(KernelFamily.Of(whole)).Any(route => route.PrefixLength == 0 && route.Link == own.Link
                && (route.PreferredSource ?? all.First(address => address.Link == own.Link).Address).Equals(whole))
            ? "it is what the host itself sends from by its default route" : null;
    }

    private static bool IsLinkLocal(IPAddress address) => address.IsIPv6LinkLocal
        || (address.GetAddressBytes() is [169, 254, _, _]);
}
