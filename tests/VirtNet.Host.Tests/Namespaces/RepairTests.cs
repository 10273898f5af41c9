using VirtNet.Host.Firewall;

namespace VirtNet.Host.Tests.Namespaces;

public class RepairTests
{
    private const string State = """
        ip -d -o link show virbr0 | sed 's/^[0-9]*: //; s/[a-z_]*_timer *[0-9.]* //g'
        ip -o addr show virbr0 | sed 's/^[0-9]*: //'
        { ip route; ip -6 route; } | grep virbr0
        nft list ruleset
        cd /proc/sys/net; cat ipv4/ip_forward ipv4/conf/virbr0/forwarding ipv6/conf/virbr0/forwarding ipv6/conf/virbr0/accept_ra
        """;

    /// <summary>The switch alone is not announced; what the host then learns from a guest's advertisement is.</summary>
    private const string Learn =
        "sysctl -q net.ipv6.conf.virbr0.accept_ra=2; ip -6 route add default via fe80::9 dev virbr0 proto ra";

    [Theory]
    [InlineData("ip addr flush dev virbr0", "address 192.168.122.1/24 on virbr0 was missing")]
    [InlineData("ip link del virbr0", "bridge virbr0 was missing")]
    [InlineData("ip link set virbr0 down", "link virbr0 was down")]
    [InlineData("ip link set virbr0 mtu 1300", "bridge virbr0: mtu was 1300")]
    [InlineData("ip link set virbr0 type bridge stp_state 0", "bridge virbr0: stp was off")]
    [InlineData("ip route del 10.9.0.0/16", "route 10.9.0.0/16 via 192.168.122.9 metric 1 on virbr0 was missing")]
    [InlineData("ip route del 192.168.122.0/24", "the route of 192.168.122.1/24 on virbr0 was missing")]
    [InlineData("nft flush ruleset", "firewall rules of virbr0 were not as they shall be")]
    [InlineData("nft delete table inet virtnet", "firewall rules of virbr0 were not as they shall be")]
    [InlineData("sysctl -q net.ipv4.ip_forward=0", "net/ipv4/ip_forward was 0")]
    [InlineData("sysctl -q net.ipv4.conf.virbr0.forwarding=0", "net/ipv4/conf/virbr0/forwarding was 0")]
    [InlineData("sysctl -q net.ipv6.conf.virbr0.forwarding=0", "net/ipv6/conf/virbr0/forwarding was 0")]
    [InlineData(Learn, "net/ipv6/conf/virbr0/accept_ra was 2")]
    public Task What_somebody_breaks_comes_back_with_one_line_in_the_log(string harm, string line) =>
        PrivateHost.RunAsync(async host =>
        {
            await using RunningHost networks = await RunningHost.OpenAsync();
            await networks.StartAsync(TestNetworks.DualStack.Running());
            string before = await host.ShellAsync(State);
            await host.ShellAsync(harm);

            Assert.Equal(before, await host.UntilAsync(State, state => state == before));
            string said = Assert.Single(networks.Log.Told, text => text.Contains("repaired", StringComparison.Ordinal));
            Assert.StartsWith("Information: Network default: repaired: ", said, StringComparison.Ordinal);
            Assert.Contains(line, said, StringComparison.Ordinal);
        });

    /// <summary>It is the gateway that guests are advertised. NetworkManager takes it so when networking is switched off and on.</summary>
    [Theory]
    [InlineData("ip -6 addr flush dev virbr0 scope link")]
    [InlineData("ip link set virbr0 addrgenmode none; ip -6 addr flush dev virbr0 scope link")]
    public Task The_link_local_address_comes_back(string harm) => PrivateHost.RunAsync(async host =>
    {
        const string addresses = "ip -6 -o addr show virbr0 scope link | grep -o 'fe80::[0-9a-f:]*/64' || true";
        await using RunningHost networks = await RunningHost.OpenAsync();
        await networks.StartAsync(TestNetworks.DualStack.Running());
        await host.ShellAsync("ip link add p0 type veth peer name p1; ip link set p1 up; ip link set p0 master virbr0 up");
        string before = await host.UntilAsync(addresses, text => text.Length > 0);
        await host.ShellAsync(harm);

        Assert.Equal(before, await host.UntilAsync(addresses, text => text == before));
        Assert.Contains(networks.Log.Told, line => line.Contains("the link-local address of virbr0 was missing", StringComparison.Ordinal));
        Assert.Equal("0", (await host.ShellAsync("cat /proc/sys/net/ipv6/conf/virbr0/addr_gen_mode")).Trim());
    });

    [Fact]
    public Task A_bridge_that_was_told_to_have_no_address_of_its_own_has_one_before_its_first_guest_comes() => PrivateHost.RunAsync(async host =>
    {
        await using RunningHost networks = await RunningHost.OpenAsync();
        await networks.StartAsync(TestNetworks.DualStack.Running());
        await host.ShellAsync("ip link set virbr0 addrgenmode none");

        await host.UntilAsync("cat /proc/sys/net/ipv6/conf/virbr0/addr_gen_mode", kind => kind.Trim() == "0");
    });

    /// <summary>A table of the same name in another family, and a set of the same name with other keys in ours.</summary>
    [Theory]
    [InlineData("nft 'add table ip virtnet; add set ip virtnet bridges { type ipv4_addr; }'", "ip virtnet bridges")]
    [InlineData("nft 'add set inet virtnet nat6_7 { type ipv4_addr; }'", "inet virtnet nat6_7")]
    public Task Elements_of_others_are_no_reason_not_to_hear_what_comes_then(string made, string set) => PrivateHost.RunAsync(async host =>
    {
        await using RunningHost networks = await RunningHost.OpenAsync();
        await networks.StartAsync(TestNetworks.Default.Running());
        string before = await host.ShellAsync("nft list table inet virtnet");
        await host.ShellAsync($"{made}; nft add element {set} '{{ 192.0.2.1 }}'; nft delete element {set} '{{ 192.0.2.1 }}'; nft flush ruleset");

        await host.UntilAsync("nft list table inet virtnet || true", rules => rules == before);
        Assert.DoesNotContain(networks.Log.Told, line => line.Contains("make out", StringComparison.Ordinal));
    });

    [Fact]
    public Task A_repair_says_whose_change_it_undid() => PrivateHost.RunAsync(async host =>
    {
        await using RunningHost networks = await RunningHost.OpenAsync();
        await networks.StartAsync(TestNetworks.Default.Running());
        await host.ShellAsync("sleep 0.5; nft flush ruleset");

        await host.UntilAsync("nft list tables", tables => tables.Contains("virtnet", StringComparison.Ordinal));
        await host.ShellAsync("sleep 0.5");
        string said = Assert.Single(networks.Log.Told, text => text.Contains("repaired", StringComparison.Ordinal));
        Assert.Matches(@"firewall rules of virbr0 were not as they shall be, undone by nft \(pid [0-9]+\)$", said);
    });

    [Fact]
    public Task Flushed_rules_of_iptables_come_back() => PrivateHost.RunAsync(async host =>
    {
        await using RunningHost networks = await RunningHost.OpenAsync(BackendNames.Iptables);
        await networks.StartAsync(TestNetworks.Default.Running());
        string before = await host.ShellAsync("iptables-save | grep -v '^[#:]'");
        await host.ShellAsync("iptables -F; iptables -t nat -F");
        Assert.Equal(before, await host.UntilAsync("iptables-save | grep -v '^[#:]'", state => state == before));
    });

    [Fact]
    public Task Our_own_changes_have_no_echo() => PrivateHost.RunAsync(async host =>
    {
        await using RunningHost networks = await RunningHost.OpenAsync();
        for (int i = 0; i < 5; i++)
        {
            await networks.StartAsync(TestNetworks.Numbered(i).Running());
        }

        await networks.Host.ConvergeAsync(TestNetworks.Numbered(0).Running(), TestContext.Current.CancellationToken);
        await networks.StopAsync(TestNetworks.Numbered(4).Running());
        await host.ShellAsync("sleep 2.5"); // longer than the look that follows changes of our own

        Assert.Equal(0, networks.Alarms);
        Assert.DoesNotContain(networks.Log.Told, line => line.Contains("repaired", StringComparison.Ordinal));
    });

    [Fact]
    public Task A_fight_with_another_program_slows_down() => PrivateHost.RunAsync(async host =>
    {
        await using RunningHost networks = await RunningHost.OpenAsync(backend: null);
        await networks.StartAsync(TestNetworks.Default.Running());

        await host.ShellAsync("for i in $(seq 100); do ip link set virbr0 down; sleep 0.03; done");

        Assert.InRange(networks.Alarms, 3, 8);
        Assert.Contains(networks.Log.Told, line => line.Contains("something keeps undoing", StringComparison.Ordinal));
    });

    [Fact]
    public Task Guests_are_plugged_in_again_after_their_bridge_was_deleted_as_they_were() => PrivateHost.RunAsync(async host =>
    {
        await using RunningHost networks = await RunningHost.OpenAsync(backend: null);
        await networks.StartAsync(TestNetworks.Default.Running());
        await host.ShellAsync("""
            ip tuntap add vnet0 mode tap; ip link set vnet0 master virbr0 up; bridge link set dev vnet0 isolated on
            ip tuntap add vnet1 mode tap; ip link set vnet1 master virbr0 up
            ip tuntap add vnet2 mode tap; ip link set vnet2 master virbr0 up; ip link set vnet2 nomaster down
            sleep 1; ip link del virbr0
            """);

        const string ports = "bridge -d link | grep -o '^[0-9]*: [^:]*\\| master virbr0\\|isolated on' | tr '\\n' ' ' | sed 's/[0-9]*: //g'";
        const string expected = "vnet0  master virbr0 isolated on vnet1  master virbr0 ";
        Assert.Equal(expected, await host.UntilAsync(ports, text => text == expected, seconds: 10));
    });
}
