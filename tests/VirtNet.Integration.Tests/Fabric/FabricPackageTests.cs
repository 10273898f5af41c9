using VirtNet.Integration.Tests.Lab;

namespace VirtNet.Integration.Tests.Fabric;

/// <summary>Two hosts with the packages, FRRouting and etcd, under systemd: what their operator types, and what the units make of it.</summary>
public sealed class FabricPackageTests
{
    private const string Install =
        "DEBIAN_FRONTEND=noninteractive apt-get -qq -y -o Dpkg::Options::=--force-unsafe-io install /packages/now/*.deb";

    private const string Network =
        "<network><name>lab</name><forward mode='nat'/><ip address='10.100.0.1' prefix='24'><dhcp><range start='10.100.0.20' end='10.100.0.219'/>"
        + "</dhcp></ip><metadata><vn:network xmlns:vn='urn:virtnet:network:1'><vn:span/></vn:network></metadata></network>";

    [Fact]
    public async Task Hosts_are_joined_by_what_the_readme_says_and_everything_comes_back_after_a_kill_and_a_boot()
    {
        await using BootedSystem first = await BootedSystem.StartForFabricAsync();
        await using BootedSystem second = await BootedSystem.StartForFabricAsync();
        await Task.WhenAll(first.RunAsync("hostname host1; " + Install), second.RunAsync("hostname host2; " + Install));
        await ConnectAsync(first, second);

        await first.RunAsync("virtnet fabric init --address 192.0.2.1 --name host1");
        string token = await first.RunAsync("virtnet fabric invite host2 192.0.2.2");
        await second.RunAsync($"umask 077; cat >/root/token <<'END'\n{token}\nEND");
        await second.RunAsync("virtnet fabric join --etcd --token /root/token");

        await first.RunAsync($"echo \"{Network}\" >lab.xml; virtnet net-define lab.xml && virtnet net-start lab && virtnet net-autostart lab");
        await Wait.UntilAsync(
            async () => await HasAsync(second, "--all --autostart"), "the network, and its mark for boot, on the second host", seconds: 10);
        await second.TryAsync("virtnet net-start lab"); // one that comes with the mark is started by that
        Assert.True(await HasAsync(second));
        string address = await PlugAsync(second, "g2");
        await PlugAsync(first, "g1");
        await UntilReachedAsync(first, address);

        string before = await ProcessesAsync(first);
        await first.RunAsync("kill -9 $(systemctl show -P MainPID virtnet-zebra)");
        await Wait.UntilAsync(
            async () => await ProcessesAsync(first) is var now && now.Split('\n').Zip(before.Split('\n')).All(pair => pair.First != pair.Second && pair.First != "0"),
            "zebra and bgpd to begin anew", seconds: 15);
        await UntilReachedAsync(first, address);
        await Wait.UntilAsync(
            async () => (await first.TryAsync("vtysh -N virtnet -c 'show bgp l2vpn evpn summary'")).Output.Contains("192.0.2.2", StringComparison.Ordinal)
                && (await first.TryAsync("bridge fdb show | grep 'dst 192.0.2.2' | grep -c extern_learn")).Output.Trim() is not ("" or "0"),
            "bgpd to tell again where the other host's guest is", seconds: 20);

        await second.RebootAsync();
        await ConnectAsync(first, second); // later than virtnetd: a slow uplink
        await Wait.UntilAsync(async () => await HasAsync(second), "the network after a boot", seconds: 20);
        Assert.Equal(address, await PlugAsync(second, "g2", await second.RunAsync("cat /root/mac")));
        await UntilReachedAsync(first, address);
        await Wait.UntilAsync(
            async () => (await first.TryAsync("virtnet fabric list")).Output.Split('\n').Count(line => line.Contains("up", StringComparison.Ordinal)) >= 2,
            "both to be up", seconds: 20);
        await second.RunAsync("systemctl is-active virtnetd virtnet-fabricd virtnet-etcd virtnet-zebra virtnet-bgpd virtnet-bfdd");
    }

    /// <summary>The cable between them, which goes with the network of one that boots.</summary>
    private static async Task ConnectAsync(BootedSystem first, BootedSystem second)
    {
        await first.ConnectAsync(second, "u0");
        await first.RunAsync("ip addr add 192.0.2.1/24 dev u0; ip link set u0 up");
        await second.RunAsync("ip addr add 192.0.2.2/24 dev u0; ip link set u0 up");
    }

    private static Task<string> ProcessesAsync(BootedSystem system) =>
        system.RunAsync("systemctl show -P MainPID virtnet-zebra; systemctl show -P MainPID virtnet-bgpd");

    private static async Task<bool> HasAsync(BootedSystem system, string filter = "") =>
        (await system.TryAsync($"virtnet -q net-list --name {filter}")).Output.Split('\n').Contains("lab");

    /// <returns>The address that a guest of the host gets.</returns>
    private static async Task<string> PlugAsync(BootedSystem system, string guest, string? mac = null)
    {
        string bridge = await system.RunAsync("virtnet -q net-info lab | sed -n 's/^Bridge: *//p'");
        await system.RunAsync(
            $"ip netns add {guest}; ip link add {guest} type veth peer name eth0 netns {guest}{(mac is null ? "" : $" address {mac}")}; ip link set {guest} master {bridge} up; "
            + $"ip -n {guest} link set eth0 mtu 1450 up; ip -n {guest} -br link show eth0 | awk '{{ print $3 }}' >/root/mac; "
            + $"ip netns exec {guest} udhcpc -i eth0 -n -q -s /src/tests/box/lease.sh");
        return await system.RunAsync("cat /tmp/lease");
    }

    private static Task UntilReachedAsync(BootedSystem first, string address) => Wait.UntilAsync(
        async () => (await first.TryAsync($"ip netns exec g1 ping -c 1 -W 1 {address}")).ExitCode == 0, "the guest of the other host to be reached", seconds: 20);
}
