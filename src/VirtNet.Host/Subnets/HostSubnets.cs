using System.Net;
using System.Net.Sockets;
using VirtNet.Host.Netlink;
using VirtNet.Linux.Netlink;
using VirtNet.Model.Subnets;

namespace VirtNet.Host.Subnets;

/// <summary>Which addresses are somebody's already, as far as this host knows: by its routes, its interfaces and its files.</summary>
internal sealed class HostSubnets(RtnetlinkClient netlink, HostSubnetFiles files)
{
    /// <param name="family">Only ranges of it.</param>
    /// <param name="wanted">A range that has to be told of besides those that are private; null = none.</param>
    /// <param name="except">A bridge whose own addresses and routes do not count.</param>
    public IReadOnlyList<TakenSubnet> List(AddressFamily family, IPNetwork? wanted, string? except)
    {
        int own = except is null ? 0 : netlink.FindLink(except)?.Index ?? 0;
        Dictionary<int, string> names = [];
        bool IsAsked(IPNetwork range) =>
            !FreeSubnet.IsEverybodys(range) && (FreeSubnet.Matters(range) || (wanted is { } subnet && TakenSubnet.Overlap(subnet, range)));
        IEnumerable<TakenSubnet> addresses = netlink.ListAddresses()
            .Where(address => address.Address.AddressFamily == family && (own == 0 || address.Link != own))
            .Select(address => new KeyValuePair<int, IPNetwork>(address.Link, RangeOf(address.Address, address.PrefixLength)))
            .Where(each => IsAsked(each.Value))
            .Select(each => new TakenSubnet(each.Value, $"interface {NameOf(each.Key, names)} ({each.Value})"));
        IEnumerable<TakenSubnet> routes = netlink
            .ListAllRoutes(
                family == AddressFamily.InterNetwork ? KernelFamily.Ipv4 : KernelFamily.Ipv6,
                route => (own == 0 || route.Link != own) && IsAsked(RangeOf(route.Destination, route.PrefixLength)))
            .Select(route => new TakenSubnet(RangeOf(route.Destination, route.PrefixLength), OwnerOf(route, names)));
        IEnumerable<TakenSubnet> others = files.ResolvConfs.SelectMany(NameServers.Read)
            .Concat(HasDocker() ? DockerPools.Read(files.DockerConfiguration) : [])
            .Where(taken => taken.Range.BaseAddress.AddressFamily == family && IsAsked(taken.Range));
        return [.. addresses.Concat(routes).Concat(others)];
    }

    private bool HasDocker() =>
        File.Exists(files.DockerConfiguration) || File.Exists(files.DockerSocket) || netlink.FindLink("docker0") is not null;

    private string OwnerOf(RouteMessage route, Dictionary<int, string> names)
    {
        string by = route.Link == 0 ? "" : $" by interface {NameOf(route.Link, names)}";
        string table = route.Table == RouteMessage.MainTable ? "" : $" of table {route.Table}";
        return $"a route{table}{by} ({RangeOf(route.Destination, route.PrefixLength)})";
    }

    private string NameOf(int link, Dictionary<int, string> names)
    {
        if (!names.TryGetValue(link, out string? name))
        {
            names.Add(link, name = netlink.NameOf(link));
        }

        return name;
    }

    private static IPNetwork RangeOf(IPAddress address, int prefixLength) =>
        new(VirtNet.Model.Subnet.NetworkAddress(address, prefixLength), prefixLength);
}

/// <summary>The files of other programs that tell of addresses.</summary>
/// <param name="DockerSocket">Where it is, there is Docker.</param>
internal sealed record HostSubnetFiles(IReadOnlyList<string> ResolvConfs, string DockerConfiguration, string DockerSocket)
{
    /// <summary>systemd-resolved's list holds what it hides behind its own address in the other one.</summary>
    public static HostSubnetFiles Default { get; } =
        new(["/etc/resolv.conf", "/run/systemd/resolve/resolv.conf"], "/etc/docker/daemon.json", "/run/docker.sock");
}
