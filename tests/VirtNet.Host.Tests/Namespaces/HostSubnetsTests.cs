using System.Net;
using System.Net.Sockets;
using VirtNet.Host.Netlink;
using VirtNet.Host.Subnets;

namespace VirtNet.Host.Tests.Namespaces;

/// <summary>Who has which addresses, on a real host.</summary>
public sealed class HostSubnetsTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("subnets-").FullName;

    private HostSubnetFiles Files => new([Path.Combine(_folder, "resolv.conf")], Path.Combine(_folder, "daemon.json"), Path.Combine(_folder, "docker.sock"));

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private List<string> Owners(AddressFamily family = AddressFamily.InterNetwork, IPNetwork? wanted = null, string? except = null)
    {
        using RtnetlinkClient netlink = new();
        return [.. new HostSubnets(netlink, Files).List(family, wanted, except).Select(taken => taken.Owner).Distinct().Order(StringComparer.Ordinal)];
    }

    [Fact]
    public Task Interfaces_and_routes_of_every_table_count() => PrivateHost.RunAsync(async host =>
    {
        await host.ShellAsync("""
            ip link add up0 type veth peer name up1; ip link set up1 up; ip addr add 10.3.0.2/24 dev up0; ip link set up0 up
            ip link add down0 type bridge; ip addr add 10.4.0.1/16 dev down0
            ip route add default via 10.3.0.1; ip route add 0.0.0.0/1 via 10.3.0.1; ip route add 128.0.0.0/1 via 10.3.0.1
            ip route add 172.20.0.0/16 dev up0; ip route add 10.5.0.0/24 dev up0 table 99; ip route add blackhole 10.6.0.0/24 table 99
            ip route add 203.0.113.0/24 dev up0
            """);
        Assert.Equal(
            [
                "a route by interface up0 (10.3.0.0/24)", "a route by interface up0 (172.20.0.0/16)",
                "a route of table 99 (10.6.0.0/24)", "a route of table 99 by interface up0 (10.5.0.0/24)",
                "interface down0 (10.4.0.0/16)", "interface up0 (10.3.0.0/24)",
            ],
            Owners());
        Assert.Contains("a route by interface up0 (203.0.113.0/24)", Owners(wanted: IPNetwork.Parse("203.0.113.128/25")));
        Assert.Equal(["a route of table 99 (10.6.0.0/24)", "interface down0 (10.4.0.0/16)"], Owners(except: "up0"));
    });

    [Fact]
    public Task IPv6_is_apart() => PrivateHost.RunAsync(async host =>
    {
        await host.ShellAsync("""
            ip link add up0 type veth peer name up1; ip link set up1 up; ip addr add fd00:1::2/64 dev up0; ip addr add 10.3.0.2/24 dev up0; ip link set up0 up
            ip route add fd00:2::/48 dev up0 table 99; ip -6 route add 2000::/3 dev up0
            """);
        Assert.Equal(
            ["a route by interface up0 (fd00:1::/64)", "a route of table 99 by interface up0 (fd00:2::/48)", "interface up0 (fd00:1::/64)"],
            Owners(AddressFamily.InterNetworkV6));
    });

    [Fact]
    public Task Name_servers_and_Dockers_pools_are_kept_free() => PrivateHost.RunAsync(async _ =>
    {
        await File.WriteAllTextAsync(Files.ResolvConfs[0], "# nameserver 10.0.0.1\nnameserver 10.0.0.53\nnameserver fd00::53%eth0\nnameserver 127.0.0.53\nnameserver x\n");
        Assert.Equal([$"name server 10.0.0.53 of {Files.ResolvConfs[0]}"], Owners());
        Assert.Equal([$"name server fd00::53 of {Files.ResolvConfs[0]}"], Owners(AddressFamily.InterNetworkV6));
        await File.WriteAllTextAsync(Files.ResolvConfs[0], "");
        await File.WriteAllTextAsync(Files.DockerSocket, "");
        Assert.Contains("Docker's address pool 192.168.0.0/16", Owners());
        await File.WriteAllTextAsync(
            Files.DockerConfiguration,
            """{"default-address-pools":[{"base":"10.200.0.0/16","size":24},{"base":"nonsense"},{"size":24},7],"log-level":"info"}""");
        Assert.Equal(["Docker's address pool 10.200.0.0/16"], Owners());
        foreach (string broken in (string[])["{", "[]", "{\"default-address-pools\":7}", "{\"default-address-pools\":[]}"])
        {
            await File.WriteAllTextAsync(Files.DockerConfiguration, broken);
            Assert.Contains("Docker's address pool 172.17.0.0/16", Owners());
        }
    });

    [Fact]
    public void A_pool_is_not_firm() => Assert.All(DockerPools.Read(Files.DockerConfiguration), taken => Assert.False(taken.IsFirm));

    [Fact]
    public void A_file_that_is_not_there_says_nothing() => Assert.Empty(NameServers.Read(Files.ResolvConfs[0]));
}
