using System.Net;
using VirtNet.Host.Firewall;
using VirtNet.Model;

namespace VirtNet.Host.Tests.Namespaces;

/// <summary>The tunnel of a network that spans hosts, in the kernel.</summary>
public class SpanTests
{
    private const string Underlay = "ip link add up0 type veth peer name up1; ip link set up0 up; ip link set up1 up; ip addr add 192.0.2.2/24 dev up0";

    private const string State = """
        ip -d -o link show vn5077 2>&1 | sed 's/^[0-9]*: //; s/[a-z_]*_timer *[0-9.]* //g; s/ promiscuity.*vxlan id/ vxlan id/; s/bridge_slave.*alias/alias/'
        ip -o addr show vn5077 2>/dev/null
        bridge fdb show dev vn5077 2>/dev/null | grep dst | sort
        ip route | grep virbr0
        nft list tables | grep span | sort
        for f in bridge inet; do nft list table $f virtnet_span; done 2>/dev/null | sed -E 's/packets [0-9]+ bytes [0-9]+//'
        """;

    private static readonly NetworkHostState s_network = TestNetworks.DualStack.Running() with
    {
        Span = new HostSpan(5077, IPAddress.Parse("192.0.2.2"), [IPAddress.Parse("192.0.2.1"), IPAddress.Parse("192.0.2.3")]),
    };

    private static readonly IPAddress[] s_hosts = [IPAddress.Parse("192.0.2.1"), IPAddress.Parse("192.0.2.2"), IPAddress.Parse("192.0.2.3")];

    [Theory]
    [InlineData("ip link del vn5077", "tunnel vn5077 was missing")]
    [InlineData("ip link set vn5077 down", "tunnel vn5077 was changed")]
    [InlineData("ip link set vn5077 nomaster", "tunnel vn5077 was changed")]
    [InlineData("ip link set vn5077 mtu 1300", "tunnel vn5077 was changed")]
    [InlineData("bridge fdb del 00:00:00:00:00:00 dev vn5077 dst 192.0.2.3 self", "tunnel vn5077 was changed")]
    [InlineData("ip link del virbr0", "bridge virbr0 was missing")]
    [InlineData("ip route del 192.168.122.0/24", "source of 192.168.122.0/24 on virbr0 was missing")]
    [InlineData("nft flush ruleset", "span rules vn5077 was missing")]
    [InlineData("nft delete table bridge virtnet_span", "span rules vn5077 was missing")]
    [InlineData("nft flush chain bridge virtnet_span contain", "span rules vn5077 was missing")]
    [InlineData("nft flush set bridge virtnet_span tunnels", "span rules vn5077 was missing")]
    [InlineData("nft flush set inet virtnet_span vnis", "span rules vn5077 was missing")]
    public Task What_somebody_breaks_comes_back(string harm, string line) => PrivateHost.RunAsync(async host =>
    {
        await host.ShellAsync(Underlay);
        await using RunningHost networks = await RunningHost.OpenAsync();
        await networks.StartAsync(s_network);
        string before = await host.ShellAsync(State);
        Assert.Contains("00:00:00:00:00:00 dst 192.0.2.3 self permanent", before, StringComparison.Ordinal);
        Assert.DoesNotContain("inet6", before, StringComparison.Ordinal);
        await host.ShellAsync(harm);

        Assert.Equal(before, await host.UntilAsync(State, state => state == before));
        Assert.Contains(networks.Log.Told, text => text.Contains(line, StringComparison.Ordinal));
    });

    [Theory]
    [InlineData(BackendNames.Nftables)]
    [InlineData(BackendNames.Iptables)]
    public Task Nothing_of_it_stays(string backend) => PrivateHost.RunAsync(async host =>
    {
        await host.ShellAsync(Underlay);
        await using RunningHost networks = await RunningHost.OpenAsync(backend);
        await networks.StartAsync(s_network);
        Assert.Contains("table bridge virtnet_span", await host.ShellAsync("nft list tables"), StringComparison.Ordinal);
        await networks.StopAsync(s_network);
        Assert.DoesNotContain("span", await host.ShellAsync("nft list tables"), StringComparison.Ordinal);
        Assert.Equal("", await host.ShellAsync("ip -o link show type vxlan; ip route | grep virbr0 || true"));
    });

    /// <summary>The kernel acknowledges each by itself, and has no room for more than some hundred acknowledgements.</summary>
    [Theory]
    [InlineData(300)]
    [InlineData(1000)]
    public Task It_may_have_many_hosts_and_few_again(int count) => PrivateHost.RunAsync(async host =>
    {
        const string peers = "bridge fdb show dev vn5077 | grep -c '00:00:00:00:00:00 dst' || true";
        await host.ShellAsync(Underlay);
        await using RunningHost networks = await RunningHost.OpenAsync();
        NetworkHostState many = s_network with
        {
            Span = s_network.Span! with { Peers = [.. Enumerable.Range(0, count).Select(i => new IPAddress([198, 18, (byte)(i >> 8), (byte)i]))] },
        };
        await networks.StartAsync(many);
        Assert.Equal($"{count}", (await host.ShellAsync(peers)).Trim());
        await networks.AdoptAsync(s_network);
        Assert.Equal("2", (await host.ShellAsync(peers)).Trim());
        await networks.AdoptAsync(many);
        await networks.StopAsync(many);
        Assert.Equal("", await host.ShellAsync("ip -o link show type vxlan"));
    });

    [Fact]
    public Task A_host_that_spans_nothing_has_nothing_of_it() => PrivateHost.RunAsync(async host =>
    {
        await using RunningHost networks = await RunningHost.OpenAsync();
        await networks.StartAsync(TestNetworks.DualStack.Running());
        Assert.DoesNotContain("span", await host.ShellAsync("nft list tables"), StringComparison.Ordinal);
        Assert.Equal("", await host.ShellAsync("ip -o link show type vxlan"));
    });

    [Theory]
    [InlineData("ip link add vn5077 type vxlan id 9 dstport 4789", "another link has the name")]
    [InlineData("ip link add vn5077 type bridge", "another link has the name")]
    [InlineData("ip link add vx9 type vxlan id 5077 dstport 4789 local 192.0.2.2", "vx9, which is not this network's, has VNI 5077 on port 4789")]
    public Task A_strangers_tunnel_is_left_alone_and_what_was_begun_is_undone(string stranger, string reason) => PrivateHost.RunAsync(async host =>
    {
        await host.ShellAsync($"{Underlay}; {stranger}");
        await host.UntilAsync("ip -o link show type veth", links => !links.Contains("NO-CARRIER", StringComparison.Ordinal));
        string before = await host.ShellAsync("ip -d -o link; nft list ruleset; ip route");
        await using RunningHost networks = await RunningHost.OpenAsync();
        VirtNetException refused = await Assert.ThrowsAsync<VirtNetException>(() => networks.StartAsync(s_network));
        Assert.Contains(reason, refused.Message, StringComparison.Ordinal);
        Assert.Equal(before, await host.ShellAsync("ip -d -o link; nft list ruleset; ip route"));
        await networks.StopAsync(s_network);
        Assert.Equal(before, await host.ShellAsync("ip -d -o link; nft list ruleset; ip route"));
    });

    [Fact]
    public Task It_is_found_again_after_a_restart_and_follows_its_definition() => PrivateHost.RunAsync(async host =>
    {
        await host.ShellAsync(Underlay);
        await using (RunningHost first = await RunningHost.OpenAsync())
        {
            await first.StartAsync(s_network);
        }

        string before = await host.ShellAsync(State + "\nip -o link show vn5077");
        await using RunningHost second = await RunningHost.OpenAsync();
        Assert.Empty((await second.AdoptAsync(s_network)).Changes);
        Assert.Equal(before, await host.ShellAsync(State + "\nip -o link show vn5077"));

        NetworkHostState moved = s_network with { Span = s_network.Span! with { Peers = [IPAddress.Parse("192.0.2.1"), IPAddress.Parse("192.0.2.9")] } };
        await second.AdoptAsync(moved);
        string after = await host.ShellAsync(State);
        Assert.DoesNotContain("192.0.2.3", after, StringComparison.Ordinal);
        Assert.Contains("0x13d5 . 192.0.2.9", after, StringComparison.Ordinal);

        await second.AdoptAsync(s_network with { Span = null });
        Assert.Equal("", await host.ShellAsync("ip -o link show type vxlan; nft list tables | grep span || true"));
        Assert.Contains("src 192.168.122.1", await host.ShellAsync("ip route show dev virbr0"), StringComparison.Ordinal);
    });

    [Theory]
    [InlineData("", "192.0.2.2 up0 1500 False")]
    [InlineData("ip link set up0 mtu 9000", "192.0.2.2 up0 9000 False")]
    [InlineData("ip addr del 192.0.2.2/24 dev up0; ip addr add 192.0.2.2/32 dev lo; ip addr add 10.9.9.1/24 dev up0; ip route add 192.0.2.0/24 via 10.9.9.2", "192.0.2.2 up0 1500 False")]
    [InlineData("sysctl -q net.ipv4.conf.up0.rp_filter=1 net.ipv4.conf.all.rp_filter=0", "192.0.2.2 up0 1500 True")]
    [InlineData("sysctl -q net.ipv4.conf.up0.rp_filter=1 net.ipv4.conf.all.rp_filter=2", "192.0.2.2 up0 1500 False")]
    [InlineData("ip addr del 192.0.2.2/24 dev up0", "")]
    public Task The_underlay_is_where_the_others_are_reached(string change, string expected) => PrivateHost.RunAsync(async host =>
    {
        await host.ShellAsync($"sysctl -q net.ipv4.conf.all.rp_filter=0; {Underlay}; {change}");
        await using RunningHost networks = await RunningHost.OpenAsync();
        HostUnderlay? found = networks.Host.FindUnderlay(s_hosts);
        Assert.Equal(expected, found is null ? "" : $"{found.Address} {found.Device} {found.Mtu} {found.DropsAnswers}");
    });

    [Fact]
    public Task Two_networks_share_what_is_shared() => PrivateHost.RunAsync(async host =>
    {
        await host.ShellAsync(Underlay);
        await using RunningHost networks = await RunningHost.OpenAsync();
        await networks.StartAsync(s_network);
        string one = await host.ShellAsync(State);
        NetworkHostState other = TestNetworks.Numbered(1).Running() with { Span = s_network.Span! with { Vni = 5078 } };
        await networks.StartAsync(other);
        Assert.Equal("16", (await host.ShellAsync("nft list table bridge virtnet_span | grep -c 'chain '")).Trim());
        await networks.StopAsync(other);
        Assert.Equal(one, await host.ShellAsync(State));
    });
}
