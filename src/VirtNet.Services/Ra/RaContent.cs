using System.Net;
using VirtNet.Services.Dnsmasq.Dhcp;
using VirtNet.Wire;
using VirtNet.Wire.Ndisc;

namespace VirtNet.Services.Ra;

/// <summary>What a network advertises; the resolver, where it offers one and names no other, is the bridge's link-local
/// address.</summary>
internal sealed record RaContent(RouterAdvertisement Advertisement, bool OffersDns)
{
    /// <summary>The longest time between two advertisements; null = as usual.</summary>
    public TimeSpan? Interval { get; init; }

    private const int MaxLength = 1280; // IPv6's least MTU

    public byte[] ToMessage(IPAddress linkLocal)
    {
        RouterAdvertisement advertisement = Advertisement with { DnsServers = OffersDns ? [linkLocal] : WithOwn(linkLocal) };
        WireWriter writer = new(new byte[MaxLength]);
        advertisement.Write(ref writer);
        return writer.Written.ToArray();
    }

    private List<IPAddress> WithOwn(IPAddress linkLocal) =>
        [.. Advertisement.DnsServers.Select(address => address.Equals(OwnIpv6.LinkLocal) ? linkLocal : address)];

    /// <summary>This in place of another: prefixes that only that one had are taken back.</summary>
    public RaContent InPlaceOf(RaContent former) => this with
    {
        Advertisement = Advertisement with
        {
            Prefixes =
            [
                .. Advertisement.Prefixes,
                .. former.Advertisement.Prefixes
                    .Where(had => Advertisement.Prefixes.All(have => have.Prefix != had.Prefix))
                    .Select(had => had with { Lifetime = 0 }),
            ],
        },
    };

    public bool SaysTheSame(RaContent other) =>
        ToMessage(IPAddress.IPv6Any).AsSpan().SequenceEqual(other.ToMessage(IPAddress.IPv6Any));
}
