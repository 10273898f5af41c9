using System.Net;
using System.Net.Sockets;
using VirtNet.Host.Netlink;
using VirtNet.Linux.Netlink;
using VirtNet.Model;

namespace VirtNet.Host.Link;

/// <summary>Gives published addresses to interfaces of the host, and takes them away again.</summary>
internal sealed class AddressClaims(RtnetlinkClient netlink)
{
    /// <summary>Ours among the addresses of an interface: any number will do that nobody else writes (the kernel has 1 to 3).</summary>
    private const byte Mark = 0x76;

    /// <summary>Hosts of the Internet that no local rule speaks of: by their way it is known which interface is the uplink.</summary>
    private static readonly IPAddress s_outside4 = IPAddress.Parse("9.9.9.9");
    private static readonly IPAddress s_outside6 = IPAddress.Parse("2620:fe::9");

    /// <summary>
    /// What a network is to have. An address belongs on the interface that it is published on, else where its subnet is, else on
    /// that of the default route; where there is none of these, it waits for one.
    /// </summary>
    public IEnumerable<ClaimedAddress> For(IEnumerable<HostPublication> publications)
    {
        foreach (HostPublication publication in publications)
        {
            if (publication is { IsClaimed: true, Address: { } address } && LinkFor(publication, address) is { } link)
            {
                yield return new ClaimedAddress(address, link);
            }
        }
    }

    /// <summary>As it is: where somebody has it, the host has it.</summary>
    public ClaimedAddress? Read(ClaimedAddress wanted)
    {
        AddressMessage[] there = Having(wanted.Address);
        return there.Length == 0 ? null
            : Array.Exists(there, one => one.Origin != Mark) ? wanted
            : wanted with { Link = netlink.NameOf(there[0].Link) };
    }

    /// <exception cref="Model.VirtNetException">The kernel refuses, or does not keep the mark.</exception>
    public void Apply(ClaimedAddress? before, ClaimedAddress? after)
    {
        int wanted = after is null ? 0 : (netlink.FindLink(after.Link) ?? throw LinkErrors.Refused(
            $"cannot give {after.Address} to {after.Link}", LinkErrors.NoSuchDevice)).Index;
        AddressMessage[] there = Having((after ?? before)!.Address);
        foreach (AddressMessage own in there.Where(one => one.Origin == Mark && one.Link != wanted))
        {
            Remove(own);
        }

        if (after is not null && !Array.Exists(there, one => one.Origin != Mark || one.Link == wanted))
        {
            Add(after, wanted);
        }
    }

    private void Add(ClaimedAddress claim, int link)
    {
        bool ipv6 = claim.Address.AddressFamily == AddressFamily.InterNetworkV6;
        AddressMessage address = new(link, claim.Address, ipv6 ? 128 : 32) { Origin = Mark, IsDeprecated = ipv6 };
        int errno = Send(NetlinkType.NewAddress, NetlinkFlags.Create | NetlinkFlags.Exclusive, address);
        if (errno is not 0 and not LinkErrors.Exists)
        {
            throw LinkErrors.Refused($"cannot give {claim.Address} to {claim.Link}", errno);
        }

        if (errno == 0 && !Array.Exists(Having(claim.Address), one => one.Link == link && one.Origin == Mark))
        {
            Remove(address);
            throw LinkErrors.Impossible(
                $"cannot give {claim.Address} to {claim.Link}", "this kernel does not keep whose an address is (Linux 5.18 does): add it yourself");
        }
    }

    private void Remove(AddressMessage address)
    {
        int errno = Send(NetlinkType.DeleteAddress, NetlinkFlags.None, address with { Origin = 0, IsDeprecated = false });
        if (errno is not (0 or LinkErrors.NoSuchAddress or LinkErrors.NoSuchDevice))
        {
            throw LinkErrors.Refused($"cannot take {address.Address} away", errno);
        }
    }

    private int Send(NetlinkType type, NetlinkFlags flags, AddressMessage address)
    {
        NetlinkWriter request = new(stackalloc byte[256]);
        AddressMessage.Write(ref request, type, flags, address);
        return netlink.Execute(request)[0];
    }

    private AddressMessage[] Having(IPAddress address) => [.. netlink.ListAddresses().Where(one => one.Address.Equals(address))];

    private string? LinkFor(HostPublication publication, IPAddress address)
    {
        if (publication.Interface is { } named)
        {
            return netlink.FindLink(named)?.Name;
        }

        AddressMessage? near = netlink.ListAddresses().Where(one => one.Origin != Mark && IsNear(one, address)).MaxBy(one => one.PrefixLength);
        return near is not null ? netlink.FindLink(near.Link)?.Name
            : Way(publication.Ipv6 ? s_outside6 : s_outside4) is { } uplink ? netlink.FindLink(uplink)?.Name
            : null;
    }

    private static bool IsNear(AddressMessage one, IPAddress address) =>
        one.Address.AddressFamily == address.AddressFamily && !IPAddress.IsLoopback(one.Address)
        && Model.Subnet.Contains(one.Address, one.PrefixLength, address);

    private int? Way(IPAddress outside)
    {
        try
        {
            return netlink.FindWay(outside) is { Link: not 0 } way ? way.Link : null;
        }
        catch (VirtNetException)
        {
            return null; // no way out, or no such protocol
        }
    }
}
