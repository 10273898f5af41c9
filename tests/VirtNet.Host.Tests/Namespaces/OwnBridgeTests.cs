using VirtNet.Host.Firewall;
using VirtNet.Host.Link;
using VirtNet.Host.Networks;
using VirtNet.Host.Tc;
using VirtNet.Host.Tests.Firewalld;
using VirtNet.Model;
using VirtNet.Model.Conditions;

namespace VirtNet.Host.Tests.Namespaces;

/// <summary>Links that bear a network's mark are its own; all others are left as they are.</summary>
public class OwnBridgeTests
{
    private const string Bridges = "ip -br link show type bridge | awk '{print $1}' | tr '\\n' ' '";

    /// <summary>Without the comments, which tell one version of a network's rules from another.</summary>
    private const string Rules = "nft list ruleset | sed 's/ comment \".*\"//'";

    /// <summary>A bridge of the host's with all that may hang on one.</summary>
    private const string StrangersBridge = """
        ip link add virbr0 type bridge; ip addr add 172.30.0.1/24 dev virbr0; ip link set virbr0 up
        ip link add p0 type veth peer name p1; ip link set p0 master virbr0 up; ip route add 10.200.0.0/16 via 172.30.0.9
        tc qdisc add dev virbr0 root handle 1: htb default 2
        tc class add dev virbr0 parent 1: classid 1:1 htb rate 5mbit; tc class add dev virbr0 parent 1:1 classid 1:2 htb rate 1mbit
        tc qdisc add dev virbr0 ingress
        """;

    private const string StateOfIt = """
        ip -d -o link show virbr0 | sed 's/[a-z_]*_timer *[0-9.]* //g'; ip -o addr show virbr0 | sed 's/ tentative//'; ip route; ip -br link show master virbr0
        tc qdisc show dev virbr0; tc class show dev virbr0
        cat /proc/sys/net/ipv6/conf/virbr0/disable_ipv6 /proc/sys/net/ipv6/conf/virbr0/accept_ra
        """;

    /// <summary>All that a network might leave.</summary>
    private const string Traces =
        "ip -o link | sed 's/^[0-9]*: //'; nft list ruleset; cat /proc/sys/net/ipv4/ip_forward /proc/sys/net/ipv6/conf/all/forwarding; tc qdisc show";

    private static readonly NetworkDefinition Limited = TestNetworks.DualStack with
    {
        Bandwidth = new Bandwidth(new BandwidthLimit(1000), new BandwidthLimit(1000)),
    };

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("start")]
    [InlineData("stop")]
    [InlineData("adopt")]
    public Task Nothing_of_somebody_elses_bridge_is_touched(string how) => PrivateHost.RunAsync(async host =>
    {
        await host.ShellAsync(StrangersBridge);
        string before = await host.ShellAsync(StateOfIt);
        await using RunningHost networks = await RunningHost.OpenAsync();
        NetworkHostState network = Limited.Running();
        switch (how)
        {
            case "start":
                await Assert.ThrowsAsync<VirtNetException>(() => networks.StartAsync(network));
                break;
            case "stop": // of a network that the daemon believes to be there
                await networks.StopAsync(network);
                break;
            default:
                Assert.Equal(BridgeStanding.Lost, (await networks.AdoptAsync(network)).Standing);
                break;
        }

        Assert.Equal(before, await host.ShellAsync(StateOfIt));
        Assert.Equal("", await host.ShellAsync("nft list ruleset"));
    });

    /// <summary>A daemon was killed between making it and marking it: it bears the network's number, and has no alias.</summary>
    [Theory]
    [InlineData("start")]
    [InlineData("stop")]
    [InlineData("adopt")]
    public Task A_bridge_that_was_made_and_not_marked_yet_is_the_networks_own(string how) => PrivateHost.RunAsync(async host =>
    {
        NetworkHostState network = TestNetworks.DualStack.Running();
        Guid uuid = network.Network.Uuid!.Value;
        await host.ShellAsync($"ip link add virbr0 group {BridgeLink.FirstGroupOf(uuid)} type bridge");
        await using RunningHost networks = await RunningHost.OpenAsync();
        switch (how)
        {
            case "start":
                await networks.StartAsync(network);
                break;
            case "stop":
                await networks.StopAsync(network);
                Assert.Equal("", await host.ShellAsync(Bridges));
                return;
            default:
                Assert.Equal(BridgeStanding.InPlace, (await networks.AdoptAsync(network)).Standing);
                break;
        }

        string link = await host.ShellAsync("ip -d link show virbr0");
        Assert.Contains($"alias virtnet:{uuid}", link, StringComparison.Ordinal);
        Assert.Contains("group default", link, StringComparison.Ordinal);
    });

    [Fact]
    public Task A_later_step_that_fails_undoes_a_start_and_no_more() => PrivateHost.RunAsync(async host =>
    {
        await using RunningHost networks = await RunningHost.OpenAsync();
        string before = await host.ShellAsync(Traces);
        IReadOnlyList<HostChange> changes = await networks.Host.StartAsync(Limited.Running(), Token);
        await networks.Host.UndoStartAsync(Limited.Running(), changes);
        Assert.Equal(before, await host.UntilAsync(Traces, now => now == before));
    });

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public Task What_a_bridge_of_the_host_had_before_a_network_used_it_stays(bool restart) => PrivateHost.RunAsync(async host =>
    {
        await host.ShellAsync(StrangersBridge);
        string before = await host.ShellAsync(StateOfIt);
        NetworkHostState network = Bridged(inbound: null, new BandwidthLimit(1000));
        await using (RunningHost networks = await RunningHost.OpenAsync())
        {
            await networks.StartAsync(network);
            Assert.Equal(before, await host.ShellAsync(StateOfIt));
            await (restart ? Task.CompletedTask : networks.StopAsync(network));
        }

        if (restart)
        {
            await using RunningHost networks = await RunningHost.OpenAsync();
            await networks.AdoptAsync(network);
            Assert.Empty(await networks.Host.PlanAsync(network, Token));
            await networks.StopAsync(network);
        }

        Assert.Equal(before, await host.ShellAsync(StateOfIt));
    });

    [Fact]
    public Task Somebody_elses_order_of_what_goes_out_of_a_bridge_of_the_host_is_not_taken_over() => PrivateHost.RunAsync(async host =>
    {
        await host.ShellAsync(StrangersBridge);
        string before = await host.ShellAsync(StateOfIt);
        NetworkHostState network = Bridged(new BandwidthLimit(1000), outbound: null);
        await using RunningHost networks = await RunningHost.OpenAsync();
        VirtNetException refused = await Assert.ThrowsAsync<VirtNetException>(() => networks.StartAsync(network));
        Assert.Contains("virbr0 has a limit on what goes out already", refused.Message, StringComparison.Ordinal);
        Assert.Equal(before, await host.ShellAsync(StateOfIt));

        await networks.AdoptAsync(network); // somebody set it while the daemon did not run
        Assert.Contains("goes out already", Assert.Single(networks.Conditions.Of(TestNetworks.Uuid)).Text, StringComparison.Ordinal);
        await networks.StopAsync(network);
        Assert.Equal(before, await host.ShellAsync(StateOfIt));
    });

    /// <summary>The kernel may be built without policing; a filter of the same marks stands for the limit.</summary>
    [Theory]
    [InlineData(0, true)]
    [InlineData(1, false)]
    public Task A_limit_on_what_comes_in_is_known_by_its_networks_mark(int other, bool own) => PrivateHost.RunAsync(async host =>
    {
        int mark = TrafficLimit.MarkOf(TestNetworks.Uuid) ^ other;
        await host.ShellAsync($"""
            ip link add virbr0 type bridge; ip link set virbr0 up; tc qdisc add dev virbr0 ingress
            tc filter add dev virbr0 parent ffff: protocol all prio 30324 u32 match u32 0 0 flowid {mark:x}:1
            """);
        string before = await host.ShellAsync("tc qdisc show dev virbr0; tc filter show dev virbr0 parent ffff:");
        NetworkHostState network = Bridged(inbound: null, new BandwidthLimit(1000));
        await using RunningHost networks = await RunningHost.OpenAsync();
        Assert.Empty((await networks.AdoptAsync(network)).Changes);
        Assert.Equal(own, !networks.Log.Told.Any(line => line.Contains("goes on without outbound limit", StringComparison.Ordinal)));
        Assert.Equal(before, await host.ShellAsync("tc qdisc show dev virbr0; tc filter show dev virbr0 parent ffff:"));
        await networks.StopAsync(network);
        Assert.Equal(own, !(await host.ShellAsync("tc qdisc show dev virbr0")).Contains("ingress", StringComparison.Ordinal));
    });

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public Task What_a_network_set_on_a_bridge_of_the_host_goes_with_it_also_after_a_restart(bool adopted) => PrivateHost.RunAsync(async host =>
    {
        await host.ShellAsync("ip link add virbr0 type bridge; ip link set virbr0 up");
        string before = await host.ShellAsync("tc qdisc show dev virbr0");
        NetworkHostState network = Bridged(new BandwidthLimit(1000), new BandwidthLimit(1000));
        await using (RunningHost first = await RunningHost.OpenAsync())
        {
            await first.StartAsync(network);
        }

        Assert.Contains("htb", await host.ShellAsync("tc qdisc show dev virbr0"), StringComparison.Ordinal);
        await using RunningHost networks = await RunningHost.OpenAsync();
        if (adopted)
        {
            Assert.Empty((await networks.AdoptAsync(network)).Changes);
        }

        await networks.StopAsync(network);
        Assert.Equal(before, await host.ShellAsync("tc qdisc show dev virbr0"));
    });

    [Fact]
    public Task A_start_whose_last_step_fails_leaves_the_host_as_it_was() => PrivateHost.RunAsync(async host =>
    {
        BrokenClock clock = new();
        await using RunningHost networks = await RunningHost.OpenAsync(neighbours: clock);
        string before = await host.ShellAsync(Traces);
        clock.Broken = true; // so that the network's guests cannot be looked after
        await Assert.ThrowsAsync<IOException>(() => networks.Host.StartAsync(Limited.Running(), Token));
        clock.Broken = false;

        Assert.Equal(before, await host.UntilAsync(Traces, now => now == before));
        await networks.StartAsync(Limited.Running());
        Assert.Empty(await networks.Host.PlanAsync(Limited.Running(), Token));
    });

    [Fact]
    public Task An_update_whose_last_step_fails_leaves_the_host_as_it_was() => PrivateHost.RunAsync(async host =>
    {
        BrokenClock clock = new();
        await using RunningHost networks = await RunningHost.OpenAsync(neighbours: clock);
        await networks.StartAsync(Limited.Running());
        const string state = "ip -br addr show virbr0; nft list ruleset | sed 's/ comment \".*\"//' | sort; tc class show dev virbr0";
        string before = await host.ShellAsync(state);
        clock.Broken = true;
        NetworkDefinition routed = Limited with { Forward = new Forward(ForwardMode.Route), Bandwidth = null, Ips = [Limited.Ips[0]] };
        await Assert.ThrowsAsync<IOException>(() => networks.Host.ConvergeAsync(routed.Running(), Token));
        Assert.Equal(before, await host.UntilAsync(state, now => now == before));
    });

    [Fact]
    public Task A_start_that_is_undone_leaves_nothing_to_be_told_of_the_network() => PrivateHost.RunAsync(async host =>
    {
        await host.ShellAsync("nft add table inet corp; nft 'add chain inet corp f { type filter hook forward priority 0; policy drop; }'");
        await using RunningHost networks = await RunningHost.OpenAsync(neighbours: TimeProvider.System);
        IReadOnlyList<HostChange> changes = await networks.Host.StartAsync(TestNetworks.Default.Running(), Token);
        await networks.Host.SettleAsync(Token);
        Assert.Contains(networks.Conditions.Of(TestNetworks.Uuid), condition => condition.Kind == ConditionKind.CutOff);

        await networks.Host.UndoStartAsync(TestNetworks.Default.Running(), changes);
        Assert.Empty(networks.Conditions.Of(TestNetworks.Uuid));
        await host.ShellAsync("nft add rule inet corp f drop; sleep 0.3");
        await networks.Host.SettleAsync(Token);
        Assert.Empty(networks.Conditions.Of(TestNetworks.Uuid));
    });

    [Fact]
    public Task A_start_that_is_refused_leaves_a_bridge_that_was_renamed_with_the_name_that_it_has() => PrivateHost.RunAsync(async host =>
    {
        await host.ShellAsync($"ip link add corp0 type bridge; ip link set corp0 alias virtnet:{TestNetworks.Uuid}");
        await using RunningHost networks = await RunningHost.OpenAsync();
        await Assert.ThrowsAsync<VirtNetException>(() => networks.StartAsync((TestNetworks.Default with { Mtu = 4 }).Running()));
        Assert.Equal("corp0 ", await host.ShellAsync(Bridges));
        await networks.StartAsync(TestNetworks.Default.Running());
        Assert.Equal("virbr0 ", await host.ShellAsync(Bridges));
    });

    [Theory]
    [InlineData("ip link set virbr0 name corp0")]
    [InlineData("ip link set virbr0 down; ip link set virbr0 name corp0; ip link set corp0 up || true")]
    public Task A_bridge_that_was_renamed_gets_its_name_back_with_its_guests(string harm) => PrivateHost.RunAsync(async host =>
    {
        const string state = "ip -br link show type bridge | awk '{print $1, $3}'; ip -br addr show virbr0; ip -br link show master virbr0 | awk '{print $1}'; nft list ruleset";
        await using RunningHost networks = await RunningHost.OpenAsync();
        await networks.StartAsync(TestNetworks.DualStack.Running());
        await host.ShellAsync("ip tuntap add vnet0 mode tap; ip link set vnet0 master virbr0 up");
        string before = await host.ShellAsync(state);

        await host.ShellAsync(harm);

        Assert.Equal(before, await host.UntilAsync(state, now => now == before));
        Assert.Contains("Information: Network default: bridge virbr0 had been renamed to corp0, and has its name back", networks.Log.Told);
    });

    [Fact]
    public Task Rules_follow_a_renamed_bridge_whose_name_is_taken_and_come_back_with_it() => PrivateHost.RunAsync(async host =>
    {
        await using RunningHost networks = await RunningHost.OpenAsync();
        await networks.StartAsync(TestNetworks.Default.Running());
        string rules = await host.ShellAsync(Rules);
        await host.ShellAsync( // in one go, before the first look
            "printf 'link set virbr0 name corp0\nlink add virbr0 type bridge\naddr add 172.30.0.1/24 dev virbr0\n' | ip -batch -");
        string stranger = await host.ShellAsync("ip -br addr show virbr0");
        string moved = rules.Replace("virbr0", "corp0", StringComparison.Ordinal);

        Assert.Equal(moved, await host.UntilAsync(Rules, now => now == moved));
        Assert.Equal("corp0 virbr0 ", await host.ShellAsync(Bridges));
        Assert.Equal(stranger, await host.ShellAsync("ip -br addr show virbr0"));
        Assert.Contains("renamed to corp0", Assert.Single(networks.Conditions.Of(TestNetworks.Uuid)).Text, StringComparison.Ordinal);

        await host.ShellAsync("ip link del virbr0");
        Assert.Equal("virbr0 ", await host.UntilAsync(Bridges, now => now == "virbr0 "));
        Assert.Equal(rules, await host.UntilAsync(Rules, now => now == rules));
        Assert.Empty(networks.Conditions.Of(TestNetworks.Uuid));
    });

    [Fact]
    public Task A_bridge_that_somebody_replaced_is_left_and_said_until_ours_can_come_back() => PrivateHost.RunAsync(async host =>
    {
        const string ports = "ip -br link show master virbr0 | awk '{print $1}'";
        await using RunningHost networks = await RunningHost.OpenAsync();
        await networks.StartAsync(TestNetworks.Default.Running());
        string rules = await host.ShellAsync("nft list ruleset");
        await host.ShellAsync("ip tuntap add vnet0 mode tap; ip link set vnet0 master virbr0 up; sleep 0.5");
        await host.ShellAsync("""
            for i in 1 2 3 4 5; do # now and then ours is back before the stranger's comes
              printf 'link del virbr0\nlink add virbr0 type bridge\nlink set virbr0 up\n' | ip -batch - && break
              sleep 0.5
            done
            """);
        string stranger = await host.ShellAsync("ip -o link show virbr0; ip -br addr show virbr0");

        await host.UntilAsync("nft list ruleset", now => now.Length == 0);
        await host.ShellAsync("ip link set virbr0 mtu 1400; sleep 2; ip link set virbr0 mtu 1500; sleep 2");

        Assert.Equal(stranger, await host.ShellAsync("ip -o link show virbr0; ip -br addr show virbr0"));
        Assert.Equal("", await host.ShellAsync(ports));
        Condition condition = Assert.Single(networks.Conditions.Of(TestNetworks.Uuid));
        Assert.StartsWith("virbr0 is not its bridge any more", condition.Text, StringComparison.Ordinal);
        Assert.Single(networks.Log.Told, line => line.Contains(condition.Text, StringComparison.Ordinal));
        Assert.DoesNotContain(networks.Log.Told, line => line.Contains("keeps undoing", StringComparison.Ordinal));

        await host.ShellAsync("ip link del virbr0");
        Assert.Equal("vnet0\n", await host.UntilAsync(ports, now => now == "vnet0\n"));
        Assert.Equal(rules, await host.UntilAsync("nft list ruleset", now => now == rules));
        Assert.Empty(networks.Conditions.Of(TestNetworks.Uuid));
    });

    private const string Alias = "ip link show virbr0 | grep -o 'alias .*' || true";

    private const string Guest = "ip tuntap add vnet0 mode tap; ip link set vnet0 master virbr0 up; sleep 0.2\n";

    [Fact]
    public Task A_mark_that_somebody_takes_off_a_bridge_comes_back() => PrivateHost.RunAsync(async host =>
    {
        await using RunningHost networks = await RunningHost.OpenAsync();
        await networks.StartAsync(TestNetworks.Default.Running());
        string rules = await host.ShellAsync(Rules);
        await host.ShellAsync(Guest + "ip link set virbr0 alias ''");
        string alias = $"alias {BridgeLink.AliasOf(TestNetworks.Uuid)}\n";
        Assert.Equal(alias, await host.UntilAsync(Alias, now => now == alias));
        Assert.Equal(rules, await host.ShellAsync(Rules));
    });

    [Theory]
    [InlineData(BackendNames.Nftables, false)]
    [InlineData(BackendNames.Nftables, true)]
    [InlineData(BackendNames.Iptables, false)]
    [InlineData(BackendNames.Iptables, true)]
    public Task Around_guests_whose_bridge_lost_its_mark_the_rules_stay_until_the_network_is_stopped(string backend, bool restart) => PrivateHost.RunAsync(async host =>
    {
        string look = backend == BackendNames.Nftables ? Rules : "iptables-save | grep virbr0";
        NetworkHostState network = TestNetworks.Default.Running();
        RunningHost networks = await RunningHost.OpenAsync(backend);
        try
        {
            await networks.StartAsync(network);
            await host.ShellAsync(Guest);
            string rules = await host.ShellAsync(look);
            int index = Assert.IsType<BridgeRecord>(networks.Host.RecordOf(network.Network)).Index;
            if (restart)
            {
                await networks.DisposeAsync();
                await host.ShellAsync("ip link set virbr0 alias ''");
                networks = await RunningHost.OpenAsync(backend);
                Assert.False(networks.Host.IsDisowned(network.Network, index + 1));
                Assert.True(networks.Host.IsDisowned(network.Network, index));
                Assert.Equal(BridgeStanding.Lost, (await networks.AdoptAsync(network)).Standing);
            }
            else
            {
                await host.ShellAsync($"ip link set virbr0 alias virtnet:{Guid.NewGuid()}");
                await host.UntilAsync("true", _ => networks.Conditions.Of(TestNetworks.Uuid).Count > 0);
            }

            Condition said = Assert.Single(networks.Conditions.Of(TestNetworks.Uuid));
            Assert.StartsWith("virbr0 has lost the network's mark, and is not taken over: guests on it are as they were", said.Text, StringComparison.Ordinal);
            Assert.Single(networks.Log.Told, line => line.Contains(said.Text, StringComparison.Ordinal));
            Assert.Equal(rules, await host.ShellAsync(look));
            Assert.DoesNotContain(BridgeLink.AliasOf(TestNetworks.Uuid), await host.ShellAsync(Alias), StringComparison.Ordinal);

            await host.ShellAsync($"ip link set virbr0 alias {BridgeLink.AliasOf(TestNetworks.Uuid)}"); // as it is told to
            await host.UntilAsync("true", _ => networks.Conditions.Of(TestNetworks.Uuid).Count == 0);
            Assert.Empty(networks.Conditions.Of(TestNetworks.Uuid));
            Assert.Equal(rules, await host.ShellAsync(look));

            await host.ShellAsync($"ip link set virbr0 alias virtnet:{Guid.NewGuid()}");
            await host.UntilAsync("true", _ => networks.Conditions.Of(TestNetworks.Uuid).Count > 0);
            await networks.StopAsync(network);
            Assert.Equal("vnet0\n", await host.ShellAsync("ip -br link show master virbr0 | awk '{print $1}'"));
            Assert.DoesNotContain("virbr0", await host.ShellAsync(look + " || true"), StringComparison.Ordinal);
        }
        finally
        {
            await networks.DisposeAsync();
        }
    });

    [Fact]
    public Task A_zone_that_firewalld_does_not_know_keeps_no_rules_away() => PrivateHost.RunAsync(async host =>
    {
        FakeFirewalld firewalld = new("public", "virtnet");
        await using RunningHost networks = await RunningHost.OpenAsync(firewalld: firewalld);
        await networks.StartAsync(TestNetworks.Default.Running());
        string rules = await host.ShellAsync("nft list ruleset");
        firewalld.Zones.Remove("virtnet");
        firewalld.Interfaces["virbr0"] = "public";

        await host.ShellAsync("nft flush ruleset");

        Assert.Equal(rules, await host.UntilAsync("nft list ruleset", now => now == rules));
        await host.ShellAsync("sleep 3");
        Condition condition = Assert.Single(networks.Conditions.Of(TestNetworks.Uuid));
        Assert.Equal("zone of virbr0 could not be put back: firewalld does not know zone virtnet: firewall-cmd --reload", condition.Text);
        Assert.Single(networks.Log.Told, line => line.Contains("does not know zone", StringComparison.Ordinal));

        firewalld.Zones.Add("virtnet");
        await networks.Host.ConvergeAsync(TestNetworks.Default.Running(), Token);
        Assert.Empty(networks.Conditions.Of(TestNetworks.Uuid));
        Assert.Equal("virtnet", firewalld.Interfaces["virbr0"]);
    });

    [Fact]
    public Task What_cannot_be_put_back_keeps_no_update_away_that_takes_an_address() => PrivateHost.RunAsync(async host =>
    {
        FakeFirewalld firewalld = new("public", "virtnet");
        await using RunningHost networks = await RunningHost.OpenAsync(firewalld: firewalld);
        await networks.StartAsync(TestNetworks.DualStack.Running());
        firewalld.Zones.Remove("virtnet");
        firewalld.Interfaces["virbr0"] = "public";
        await networks.Host.ConvergeAsync(TestNetworks.DualStack.Running(), Token);
        Assert.Single(networks.Conditions.Of(TestNetworks.Uuid));

        await networks.Host.ConvergeAsync((TestNetworks.DualStack with { Ips = TestNetworks.Default.Ips, Routes = [] }).Running(), Token);

        Assert.DoesNotContain("fd00", await host.ShellAsync("ip -br addr show virbr0"), StringComparison.Ordinal);
        Assert.Single(networks.Conditions.Of(TestNetworks.Uuid));
    });

    [Fact]
    public Task What_somebody_else_puts_right_is_not_told_any_more() => PrivateHost.RunAsync(async host =>
    {
        FakeFirewalld firewalld = new("public", "virtnet");
        await using RunningHost networks = await RunningHost.OpenAsync(firewalld: firewalld);
        await networks.AdoptAsync(TestNetworks.Default.Running());
        firewalld.Zones.Remove("virtnet");
        firewalld.Interfaces["virbr0"] = "public";
        await networks.Host.ConvergeAsync(TestNetworks.Default.Running(), Token);
        Assert.Single(networks.Conditions.Of(TestNetworks.Uuid));

        firewalld.Zones.Add("virtnet");
        firewalld.Interfaces["virbr0"] = "virtnet";
        long start = TimeProvider.System.GetTimestamp();
        while (networks.Conditions.Of(TestNetworks.Uuid).Count > 0 && TimeProvider.System.GetElapsedTime(start).TotalSeconds < 20)
        {
            await host.ShellAsync("sleep 0.1");
        }

        Assert.Empty(networks.Conditions.Of(TestNetworks.Uuid));
    });

    [Theory]
    [InlineData(BackendNames.Nftables)]
    [InlineData(BackendNames.Iptables)]
    public Task Guests_whose_network_is_stopped_and_started_are_plugged_in_again(string backend) => PrivateHost.RunAsync(async host =>
    {
        await using RunningHost networks = await RunningHost.OpenAsync(backend);
        NetworkHostState network = TestNetworks.Default.Running();
        await networks.StartAsync(network);
        await host.ShellAsync("""
            for i in 0 1 2 3; do ip tuntap add vnet$i mode tap; ip link set vnet$i master virbr0 up; done
            bridge link set dev vnet0 isolated on; ip link add v0 type veth peer name v1; ip link set v0 master virbr0 up
            """);

        IReadOnlyList<PluggedGuest> guests = await networks.StopAsync(network);
        Assert.Equal(["v0", "vnet0", "vnet1", "vnet2", "vnet3"], guests.Select(guest => guest.Device).Order());
        await host.ShellAsync("""
            ip link set vnet1 address 52:54:00:00:00:99; ip link add other type bridge; ip link set vnet2 master other
            ip link del vnet3; ip tuntap add vnet3 mode tap
            """);
        await networks.StartAsync(network);
        networks.Host.Plug(network.Network, guests);

        Assert.Equal("vnet0\n", await host.ShellAsync("ip -br link show master virbr0 | awk '{print $1}'"));
        Assert.Contains("isolated on", await host.ShellAsync("bridge -d link show dev vnet0"), StringComparison.Ordinal);
    });

    [Fact]
    public Task Beside_libvirt_its_rules_stay_when_a_network_with_its_bridge_is_refused_or_stopped() => PrivateHost.RunAsync(async host =>
    {
        await host.ShellAsync("""
            ip link add virbr0 type bridge; ip link set virbr0 up
            iptables -N LIBVIRT_FWI; iptables -A FORWARD -j LIBVIRT_FWI; iptables -A LIBVIRT_FWI -o virbr0 -j REJECT
            iptables -N LIBVIRT_INP; iptables -A INPUT -j LIBVIRT_INP; iptables -A LIBVIRT_INP -i virbr0 -p udp --dport 67 -j ACCEPT
            """);
        const string rules = "iptables-save | grep -v '^[#:]'";
        string before = await host.ShellAsync(rules);
        await using RunningHost networks = await RunningHost.OpenAsync(BackendNames.Iptables);
        await Assert.ThrowsAsync<VirtNetException>(() => networks.StartAsync(TestNetworks.Default.Running()));
        await networks.StopAsync(TestNetworks.Default.Running());
        await networks.AdoptAsync(TestNetworks.Default.Running());
        Assert.Equal(before, await host.ShellAsync(rules));
    });

    /// <summary>A network that uses a bridge of the host.</summary>
    private static NetworkHostState Bridged(BandwidthLimit? inbound, BandwidthLimit? outbound) => (TestNetworks.Default with
    {
        Forward = new Forward(ForwardMode.Bridge),
        Bridge = new Bridge { Name = "virbr0" },
        Ips = [],
        Bandwidth = new Bandwidth(inbound, outbound),
    }).Running();
}
