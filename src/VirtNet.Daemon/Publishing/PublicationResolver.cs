using System.Net;
using System.Net.Sockets;
using VirtNet.Host;
using VirtNet.Model;
using VirtNet.Model.Publishing;
using VirtNet.Rpc.Driver;
using PublicationTarget = VirtNet.Model.Publishing.PublicationTarget;

namespace VirtNet.Daemon.Publishing;

/// <summary>From what a definition publishes to what is in force with the addresses that guests have now. Pure.</summary>
internal static class PublicationResolver
{
    /// <summary>Ports that go to other ports, or to several targets that have others, are rules of their own each.</summary>
    public const int MaxSinglePorts = 1024;

    /// <param name="isDown">Whether a target failed its check.</param>
    public static ResolvedPublication Resolve(
        Publication publication, NetworkExtension extension, GuestAddresses guests, Predicate<IPAddress> isDown)
    {
        IPAddress? address = publication.Address ?? extension.DefaultAddress;
        bool[] families = [.. Families(address).Where(ipv6 => publication.From.Count == 0 || SourcesOf(publication, ipv6).Count > 0)];
        (PublicationTarget Target, ResolvedGuest Guest)[] found =
        [
            .. publication.Targets.Select(target => (target, target.IsHost ? new ResolvedGuest(null, null, null) : Reached(target, guests.Find(target), families))),
        ];
        List<HostPublication> places = [];
        foreach (bool ipv6 in families)
        {
            places.AddRange(Places(publication, ResolvedPublication.ParticularOf(address), ipv6, SourcesOf(publication, ipv6), found, isDown));
        }

        return new ResolvedPublication(
            publication, address, places.ToValueList(), found.Select(one => Described(one.Target, one.Guest, found, isDown)).ToValueList());
    }

    /// <summary>Where it will be in force, also while it has no target that is there.</summary>
    public static IEnumerable<HostPublication> Intended(ResolvedPublication one)
    {
        Publication publication = one.Publication;
        return one.Places.Count > 0 ? one.Places
            : Families(one.Address).SelectMany(ipv6 => (publication.IsWholeAddress ? [null] : publication.Ports.Select(range => (PortRange?)range))
                .Select(ports => new HostPublication(
                    ipv6, one.Particular, publication.Protocol, ports, publication.Interface, publication.From, publication.Balance, Targets: [])
                {
                    IsForced = publication.Force,
                }));
    }

    /// <summary>To whom places lead that guests of the same network can use, too.</summary>
    public static ValueList<PublishedGuest> Guests(IEnumerable<HostPublication> places, GuestAddresses guests) => places
        .Where(place => place is { Interface: null, IsLoopback: false, IsOwnAddress: false })
        .SelectMany(place => place.Targets).Select(target => target.Address).OfType<IPAddress>().Distinct()
        .Select(address => new PublishedGuest(address, guests.MacOf(address))).ToValueList();

    /// <summary>Why it cannot be made of rules; null = it can.</summary>
    public static string? WhyTooMany(Publication publication)
    {
        int single = publication.Ports.Where(range => !range.IsSingle && !publication.Targets.All(target => KeepsPorts(publication, target)))
            .Sum(range => range.Count);
        return single > MaxSinglePorts
            ? $"{single} ports that go to other ports are more than {MaxSinglePorts}: publish them as they are, or fewer" : null;
    }

    private static bool[] Families(IPAddress? address) =>
        address is null ? [false, true] : [address.AddressFamily == AddressFamily.InterNetworkV6];

    private static ValueList<IPNetwork> SourcesOf(Publication publication, bool ipv6) => publication.From
        .Where(from => from.BaseAddress.AddressFamily == (ipv6 ? AddressFamily.InterNetworkV6 : AddressFamily.InterNetwork)).ToValueList();

    /// <summary>A guest that has no address of the only family that is published is as good as one without any.</summary>
    private static ResolvedGuest Reached(PublicationTarget target, ResolvedGuest guest, bool[] families)
    {
        if (guest.Reason is not null || families is not [bool ipv6] || guest.Of(ipv6) is not null)
        {
            return guest;
        }

        string published = ipv6 ? "IPv6" : "IPv4";
        return guest with
        {
            Reason = target.Address is null ? $"it has no {published} address yet"
                : $"it is an {(ipv6 ? "IPv4" : "IPv6")} address, and this is published for {published} alone",
        };
    }

    private static IEnumerable<HostPublication> Places(
        Publication publication, IPAddress? address, bool ipv6, ValueList<IPNetwork> sources,
        (PublicationTarget Target, ResolvedGuest Guest)[] found, Predicate<IPAddress> isDown)
    {
        (PublicationTarget Target, IPAddress? Address)[] there =
            [.. found.Where(one => one.Target.IsHost || one.Guest.Of(ipv6) is not null).Select(one => (one.Target, one.Guest.Of(ipv6)))];
        if (there.Length == 0)
        {
            yield break; // nobody has an address yet: it is not in force
        }

        (PublicationTarget Target, IPAddress? Address)[] up =
            [.. there.Where(one => one.Target.Weight > 0 && !(one.Address is { } at && isDown(at)))];
        (PublicationTarget Target, IPAddress? Address)[] chosen =
            up.Any(one => !one.Target.IsBackup) ? [.. up.Where(one => !one.Target.IsBackup)] : up;
        ValueList<IPAddress> draining = there.Where(one => !chosen.Contains(one) && !(one.Address is { } at && isDown(at)))
            .Select(one => one.Address).OfType<IPAddress>().ToValueList();
        (PublicationTarget Target, IPAddress? Address)[] down = [.. there.Where(one => one.Address is { } at && isDown(at))];
        HostPublication whole = new(
            ipv6, address, publication.Protocol, Ports: null, publication.Interface, sources, publication.Balance,
            Targets(chosen, _ => null))
        {
            Draining = draining,
            Down = Targets(down, _ => null),
            IsForced = publication.Force,
            IsClaimed = publication.Claim,
        };
        if (publication.IsWholeAddress)
        {
            yield return whole;
            yield break;
        }

        bool keeps = there.All(one => KeepsPorts(publication, one.Target));
        int index = 0;
        foreach (PortRange range in publication.Ports)
        {
            if (!range.IsSingle && keeps)
            {
                yield return whole with { Ports = range };
                index += range.Count;
                continue;
            }

            for (int port = range.First; port <= range.Last; port++, index++)
            {
                Func<PublicationTarget, ushort?> portOf = target => PortOf(target, index, (ushort)port);
                yield return whole with
                {
                    Ports = new PortRange((ushort)port),
                    Targets = Targets(chosen, portOf),
                    Down = Targets(down, portOf),
                };
            }
        }
    }

    private static ValueList<HostTarget> Targets(
        (PublicationTarget Target, IPAddress? Address)[] targets, Func<PublicationTarget, ushort?> portOf) =>
        targets.Select(one => new HostTarget(one.Address, portOf(one.Target), one.Target.Weight)).ToValueList();

    private static bool KeepsPorts(Publication publication, PublicationTarget target) =>
        target.Ports.Count == 0 || target.Ports.Equals(publication.Ports);

    /// <param name="index">Of the port among all that are published.</param>
    private static ushort PortOf(PublicationTarget target, int index, ushort same)
    {
        if (target.Ports.Count == 0)
        {
            return same;
        }

        if (target.Ports is [{ IsSingle: true } only])
        {
            return only.First;
        }

        foreach (PortRange range in target.Ports)
        {
            if (index < range.Count)
            {
                return (ushort)(range.First + index);
            }

            index -= range.Count;
        }

        return same;
    }

    private static ResolvedTarget Described(
        PublicationTarget target, ResolvedGuest guest, (PublicationTarget Target, ResolvedGuest Guest)[] all, Predicate<IPAddress> isDown)
    {
        (TargetState state, string? reason) = target.IsHost ? (TargetState.Up, null)
            : guest.Reason is { } unknown ? (TargetState.Unresolved, unknown)
            : IsDown(guest) ? (TargetState.Down, "it fails its check")
            : target.Weight == 0 ? (TargetState.Draining, null)
            : target.IsBackup && all.Any(other => !other.Target.IsBackup && other.Target.Weight > 0 && other.Guest.Reason is null && !IsDown(other.Guest))
                ? (TargetState.Standby, null)
            : (TargetState.Up, (string?)null);
        return new ResolvedTarget(target, guest, state, reason);

        bool IsDown(ResolvedGuest one) => new[] { one.Ipv4, one.Ipv6 }.OfType<IPAddress>().Any(at => isDown(at));
    }
}
