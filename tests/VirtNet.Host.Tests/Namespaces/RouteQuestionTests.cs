using System.Net;
using VirtNet.Host.Netlink;
using VirtNet.Host.Reconcile;

namespace VirtNet.Host.Tests.Namespaces;

/// <summary>A question about one subnet is answered exactly, whatever else routes there, and costs the same in a large table.</summary>
public class RouteQuestionTests
{
    private const string Uplink = "ip link add up0 type veth peer name up1; ip link set up1 up; ip addr add 203.0.113.2/24 dev up0; ip link set up0 up; "
        + "ip route add default via 203.0.113.1; ";

    [Theory]
    [InlineData("ip route add 10.1.2.0/24 dev up0", true)]
    [InlineData("ip route add 10.1.0.0/16 dev up0", false)]
    [InlineData("ip route add 10.1.2.128/25 dev up0", false)]
    [InlineData("ip route add 10.1.2.0/24 dev up0; ip route add 10.1.2.128/25 dev up0", true)]
    [InlineData("ip route add 10.1.2.0/24 dev up0; ip route add 10.1.2.0/24 dev up1 metric 5", true)]
    [InlineData("ip route add 10.1.2.0/24 dev up0; ip route add default dev lo table 99; ip rule add lookup 99 pref 100", true)]
    [InlineData("ip route add 10.1.2.0/24 dev up0 table 99; ip rule add lookup 99 pref 100", false)]
    [InlineData("ip route add blackhole 10.1.2.0/24", false)]
    [InlineData("ip addr add 10.1.2.128/24 dev up0", true)]
    [InlineData("ip route del default", false)]
    [InlineData("ip route del default; ip route add 10.1.2.0/24 dev up0", true)]
    [InlineData("ip route del default; ip route add 10.1.2.0/24 dev up0; ip rule add unreachable pref 100", true)]
    [InlineData("ip route del default; ip route add 10.1.2.0/24 dev up0; ip rule del lookup main; ip rule add from 192.0.2.1 lookup main", true)]
    public Task A_route_to_exactly_a_subnet_is_found(string routes, bool expected) => PrivateHost.RunAsync(async host =>
    {
        await host.ShellAsync(Uplink + routes);
        using RtnetlinkClient netlink = new();
        int link = netlink.FindLink("up0")!.Index;
        Assert.Equal(expected, netlink.FindRoute(IPAddress.Parse("10.1.2.0"), 24, route => route.Link == link) is not null);
    });

    [Theory]
    [InlineData("ip route add fd00:1::/64 dev up0", true)]
    [InlineData("ip route add fd00:1::/48 dev up0", false)]
    [InlineData("ip route add fd00:1::/64 dev up0; ip route add fd00:1:0:0:8000::/66 dev up0", true)]
    public Task So_is_one_of_IPv6(string routes, bool expected) => PrivateHost.RunAsync(async host =>
    {
        await host.ShellAsync(Uplink + routes);
        using RtnetlinkClient netlink = new();
        Assert.Equal(expected, netlink.FindRoute(IPAddress.Parse("fd00:1::"), 64, _ => true) is not null);
    });

    [Theory]
    [InlineData("")]
    [InlineData("ip route del default")]
    public Task Looking_at_one_network_costs_the_same_however_many_there_are(string otherwise) => PrivateHost.RunAsync(async host =>
    {
        await host.ShellAsync(Uplink + otherwise);
        using RtnetlinkClient netlink = new();
        await MakeAsync(0, 2);
        long few = Cost();
        await MakeAsync(2, 60);
        Assert.Equal(few, Cost());

        Task<string> MakeAsync(int from, int to) => host.ShellAsync($"""
            for i in $(seq {from} {to}); do
              ip link add vb$i type bridge; ip addr add 10.60.$i.1/24 dev vb$i; ip link set vb$i up
            done
            """);

        long Cost()
        {
            long before = netlink.MessagesRead;
            HostSnapshot snapshot = HostSnapshot.Take(netlink, ["vb1"]);
            LinkMessage link = snapshot.Link("vb1")!;
            Assert.Contains(snapshot.AddressesOf(link), address => address.Address.Equals(IPAddress.Parse("10.60.1.1")));
            Assert.True(snapshot.HasRoute(link, IPAddress.Parse("10.60.1.0"), 24, route => route.Gateway is null));
            StartChecks.ThrowIfTaken(
                TestNetworks.Default, (subnet, prefix) => netlink.FindRoute(subnet, prefix, _ => true), _ => "");
            return netlink.MessagesRead - before;
        }
    });

    [Fact]
    public Task Many_links_are_read_in_one_go_with_the_same_outcome() => PrivateHost.RunAsync(async host =>
    {
        await host.ShellAsync("""
            for i in $(seq 10); do ip link add vb$i type bridge; ip addr add 10.60.$i.1/24 dev vb$i; ip link set vb$i up; done
            """);
        using RtnetlinkClient netlink = new();
        HostSnapshot snapshot = HostSnapshot.Take(netlink, [.. Enumerable.Range(1, 300).Select(i => $"vb{i}")]);
        LinkMessage link = snapshot.Link("vb7")!;
        Assert.True(snapshot.HasRoute(link, IPAddress.Parse("10.60.7.0"), 24, route => route.Gateway is null));
        Assert.False(snapshot.HasRoute(link, IPAddress.Parse("10.60.8.0"), 24, _ => true));
    });
}
