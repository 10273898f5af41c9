using System.Net;
using VirtNet.Host.Firewall;

namespace VirtNet.Host.Nft;

/// <summary>Renders what a network publishes as elements, and as the chains that some of them go to.</summary>
internal static class PublicationRenderer
{
    public static IEnumerable<NftElement> Elements(FirewallRules rules)
    {
        if (rules.Publications.Count == 0)
        {
            return [];
        }

        IEnumerable<NftElement> way =
        [
            NftElement.Of(PublicationSets.Bridges, rules.Bridge),
            .. rules.Plan.Subnets.Select(subnet => NftElement.Of(
                PublicationSets.Hairpin(subnet.IsIpv6, subnet.Network.PrefixLength), rules.Bridge,
                subnet.Network.PrefixLength == 0 ? null : subnet.Network.BaseAddress)),
        ];
        // For one key there is one value: what is named first has it.
        return way.Concat(Places(rules).SelectMany(place => Entrances(rules.Bridge, place)))
            .Concat(rules.Publications.SelectMany(publication => publication.IsOwnAddress ? Door(publication) : WayThrough(publication)))
            .DistinctBy(element => (element.Set, element.Key, element.End));
    }

    /// <summary>Those that elements go to, each once.</summary>
    public static IEnumerable<PublishedChain> Chains(FirewallRules rules) => Places(rules)
        .Where(place => !IsSimple(place)).Select(place => PublishedChain.For(rules.Bridge, place)).DistinctBy(chain => chain.Name);

    /// <summary>What is published at one place, for different clients: they are asked in this order.</summary>
    public static IEnumerable<HostPublication[]> Places(FirewallRules rules) => rules.Publications
        .Where(publication => !publication.IsOwnAddress)
        .GroupBy(publication => (publication.Ipv6, publication.Address, publication.Protocol, publication.Ports))
        .Select(place => place.ToArray());

    /// <summary>The elements by which connections to one place come in: those that count them.</summary>
    public static IEnumerable<NftElement> Entrances(string bridge, HostPublication[] place)
    {
        HostPublication publication = place[0];
        bool ipv6 = publication.Ipv6;
        bool any = publication.Address is null;
        string? chain = IsSimple(place) ? null : PublishedChain.For(bridge, place).Name;
        if (publication.Ports is not { } ports)
        {
            NftElement whole = NftElement.Of(PublicationSets.Whole(ipv6, chain is not null), publication.Address);
            yield return chain is null ? whole.To(publication.Targets[0].Address) : whole.ToChain(chain);
            yield break;
        }

        HostTarget? target = chain is null ? publication.Targets[0] : null;
        if (ports.IsSingle || target is { Address: null } || (target?.FirstPort is { } first && first != ports.First))
        {
            for (int port = ports.First; port <= ports.Last; port++)
            {
                ushort to = (ushort)((target?.FirstPort ?? ports.First) + port - ports.First);
                yield return target switch
                {
                    null => Keyed(any ? PublicationSets.AnyExact(ipv6, true) : PublicationSets.Exact(ipv6, true), port).ToChain(chain!),
                    { Address: { } address } =>
                        Keyed(any ? PublicationSets.AnyExact(ipv6, false) : PublicationSets.Exact(ipv6, false), port).To(address, to),
                    _ => Keyed(any ? PublicationSets.AnyToHost(ipv6) : PublicationSets.ToHost(ipv6), port).ToPort(to),
                };
            }
        }
        else
        {
            NftElement range = Keyed(
                any ? PublicationSets.AnyRange(ipv6, chain is not null) : PublicationSets.Range(ipv6, chain is not null), ports.First)
                .Until(publication.Address, publication.Protocol, ports.Last);
            yield return chain is null ? range.To(target!.Address) : range.ToChain(chain);
        }

        NftElement Keyed(string set, int port) => NftElement.Of(set, publication.Address, publication.Protocol, (ushort)port);
    }

    private static bool IsSimple(HostPublication[] place) => place is [{ IsSimple: true }];

    private static IEnumerable<NftElement> WayThrough(HostPublication publication)
    {
        IEnumerable<NftElement> accepted = publication.Targets.Concat(publication.Down)
            .Where(target => target.Address is not null).SelectMany(target => Accepted(publication, target));
        return publication is { Ports: null, Targets: [{ Address: { } owner }] }
            ? accepted.Append(NftElement.Of(PublicationSets.WayOut(publication.Ipv6), owner).To(publication.Address)) : accepted;
    }

    private static IEnumerable<NftElement> Door(HostPublication publication) => publication.Ports switch
    {
        null => [NftElement.Of(PublicationSets.DoorWhole(publication.Ipv6), publication.Address)],
        { } ports when ports.IsSingle =>
            [NftElement.Of(PublicationSets.Door(publication.Ipv6, range: false), publication.Address, publication.Protocol, ports.First)],
        { } ports =>
        [
            NftElement.Of(PublicationSets.Door(publication.Ipv6, range: true), publication.Address, publication.Protocol, ports.First)
                .Until(publication.Address, publication.Protocol, ports.Last),
        ],
    };

    private static IEnumerable<NftElement> Accepted(HostPublication publication, HostTarget target)
    {
        bool ipv6 = publication.Ipv6;
        bool any = publication.Address is null;
        IPAddress? from = publication.Address;
        if (publication.Ports is not { } ports)
        {
            yield return NftElement.Of(PublicationSets.AcceptedWhole(ipv6), from, target.Address);
        }
        else if (!ports.IsSingle && (target.FirstPort ?? ports.First) == ports.First)
        {
            yield return NftElement.Of(
                PublicationSets.Accepted(ipv6, any, range: true), from, publication.Protocol, ports.First, target.Address, ports.First)
                .Until(from, publication.Protocol, ports.Last, target.Address, ports.Last);
        }
        else
        {
            for (int port = ports.First; port <= ports.Last; port++)
            {
                ushort to = (ushort)((target.FirstPort ?? ports.First) + port - ports.First);
                yield return NftElement.Of(
                    PublicationSets.Accepted(ipv6, any, range: false), from, publication.Protocol, (ushort)port, target.Address, to);
            }
        }
    }
}
