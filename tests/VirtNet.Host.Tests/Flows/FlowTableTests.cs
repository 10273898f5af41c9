using Microsoft.Extensions.Time.Testing;
using VirtNet.Host.Commands;
using VirtNet.Host.Firewall;
using VirtNet.Host.Flows;
using VirtNet.Host.Netlink;
using VirtNet.Host.Nft;
using VirtNet.Host.Tests.Namespaces;
using VirtNet.Linux.Netlink;
using VirtNet.Model;

namespace VirtNet.Host.Tests.Flows;

/// <summary>The table as the kernel has it; what the kernel of the tests may lack, flowtables, is looked at as text.</summary>
public class FlowTableTests
{
    private const string Elements = "nft -j list table inet virtnet_flows 2>/dev/null | grep -o '\"elem\": \\[[^]]*\\]' | tr -d '\\n'";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public Task One_more_network_is_a_device_and_an_element() => RunAsync(async (host, nft, flows) =>
    {
        await StartAsync(flows, "vb0");
        int whole = nft.Scripts.Count;
        await StartAsync(flows, "vb1");
        Assert.Equal([FlowScript.More(["vb1"], [])], nft.Scripts.Skip(whole));
        Assert.Equal("\"elem\": [\"vb0\", \"vb1\"]\"elem\": [\"up0\"]", await host.ShellAsync(Elements));
    });

    [Fact]
    public Task A_network_that_may_no_more_ends_what_is_offloaded_and_others_keep_theirs() => RunAsync(async (host, nft, flows) =>
    {
        await StartAsync(flows, "vb0");
        await StartAsync(flows, "vb1");
        await flows.ApplyAsync("vb0", Offload("vb0", allowed: false), Link(1), Cancel);
        Assert.Equal(FlowScript.Whole(["vb1"], ["up0"]), nft.Scripts[^1]);
        Assert.Equal("\"elem\": [\"vb1\"]\"elem\": [\"up0\"]", await host.ShellAsync(Elements));
        Assert.Equal(Offload("vb0", allowed: false), await flows.ReadAsync(Offload("vb0"), Link(1), Cancel));
    });

    [Fact]
    public Task Other_rules_end_what_is_offloaded() => RunAsync(async (_, nft, flows) =>
    {
        await StartAsync(flows, "vb0");
        FlowOffload changed = Offload("vb0") with { Plan = Offload("vb0").Plan with { Mode = ForwardMode.Route } };
        await flows.ApplyAsync("vb0", changed, Link(1), Cancel);
        Assert.Equal(FlowScript.Whole(["vb0"], ["up0"]), nft.Scripts[^1]);
    });

    [Fact]
    public Task A_network_that_stops_takes_its_element_along_and_the_last_one_the_table() => RunAsync(async (host, _, flows) =>
    {
        await StartAsync(flows, "vb0");
        await StartAsync(flows, "vb1");
        await flows.ApplyAsync("vb0", wanted: null, link: null, Cancel);
        Assert.Equal("\"elem\": [\"vb1\"]\"elem\": [\"up0\"]", await host.ShellAsync(Elements));
        await flows.ApplyAsync("vb1", wanted: null, link: null, Cancel);
        Assert.Equal("", await host.ShellAsync("nft list tables"));
    });

    [Theory]
    [InlineData("nft delete table inet virtnet_flows")]
    [InlineData("nft flush ruleset")]
    [InlineData("nft flush set inet virtnet_flows bridges")]
    [InlineData("nft flush chain inet virtnet_flows forward; nft flush set inet virtnet_flows bridges")]
    public Task What_somebody_removed_is_missed_and_comes_back(string harm) => RunAsync(async (host, _, flows) =>
    {
        await StartAsync(flows, "vb0");
        Assert.Equal(Offload("vb0"), await flows.ReadAsync(Offload("vb0"), Link(1), Cancel));
        await host.ShellAsync(harm);
        Assert.Null(await flows.ReadAsync(Offload("vb0"), Link(1), Cancel));
        await StartAsync(flows, "vb0");
        Assert.Equal(Offload("vb0"), await flows.ReadAsync(Offload("vb0"), Link(1), Cancel));
        Assert.Equal("3\n", await host.ShellAsync("nft list chain inet virtnet_flows forward | grep -c virtnet\\ "));
    });

    [Fact]
    public Task A_bridge_that_was_made_anew_is_told_again() => RunAsync(async (_, nft, flows) =>
    {
        await StartAsync(flows, "vb0");
        Assert.Null(await flows.ReadAsync(Offload("vb0"), Link(2), Cancel));
        await flows.ApplyAsync("vb0", Offload("vb0"), Link(2), Cancel);
        Assert.Equal(FlowScript.More(["vb0"], []), nft.Scripts[^1]);
    });

    [Fact]
    public Task Where_the_kernel_refuses_nothing_stays_that_must_not() => RunAsync(async (host, nft, flows) =>
    {
        await StartAsync(flows, "vb0");
        await StartAsync(flows, "vb1");
        nft.Refuse = "devices";
        await Assert.ThrowsAsync<VirtNetException>(() => flows.ApplyAsync("vb0", Offload("vb0", allowed: false), Link(1), Cancel));
        Assert.Equal("", await host.ShellAsync("nft list tables"));
        nft.Refuse = null;
        Assert.Null(await flows.ReadAsync(Offload("vb1"), Link(1), Cancel));
    });

    [Fact]
    public Task Networks_whose_device_is_given_have_that_uplink() => RunAsync(async (host, _, flows) =>
    {
        FlowOffload offload = Offload("vb0");
        await flows.ApplyAsync("vb0", offload with { Plan = offload.Plan with { Device = "up1" } }, Link(1), Cancel);
        Assert.Equal("\"elem\": [\"vb0\"]\"elem\": [\"up1\"]", await host.ShellAsync(Elements));
    });

    [Fact]
    public Task Another_uplink_is_followed_and_one_that_was_made_anew_is_told_again() => PrivateHost.RunAsync(async host =>
    {
        Dictionary<string, int> uplinks = new() { ["up0"] = 7 };
        ShortNft nft = new(new NftProgram(new CliWrapCommandRunner()));
        using FlowTable flows = new(nft, new NftKernel(FlowScript.Table), _ => uplinks, new FakeTimeProvider());
        await StartAsync(flows, "vb0");
        uplinks.Add("up1", 8);
        nft.Refuse = "up1";
        await flows.FollowUplinksAsync(); // it has gone again
        nft.Refuse = null;
        await flows.FollowUplinksAsync();
        Assert.Equal("\"elem\": [\"vb0\"]\"elem\": [\"up0\", \"up1\"]", await host.ShellAsync(Elements));
        uplinks["up0"] = 9;
        await flows.FollowUplinksAsync();
        Assert.Equal(FlowScript.More([], ["up0"]), nft.Scripts[^1]);
        int scripts = nft.Scripts.Count;
        await flows.FollowUplinksAsync();
        Assert.Equal(scripts, nft.Scripts.Count);
    });

    [Fact]
    public Task Uplinks_are_where_the_default_routes_go_and_never_a_network_s_bridge() => PrivateHost.RunAsync(async host =>
    {
        await host.ShellAsync(
            "ip link add up0 type veth peer name up0p; ip link set up0p up; ip link set up0 up; ip addr add 192.0.2.2/24 dev up0; ip route add default via 192.0.2.1; "
            + "ip link add vb9 type bridge; ip link set vb9 up alias virtnet:0b7c4de5-88c4-4d0c-8d51-9a5bd30f7a26");
        Assert.Equal(["up0"], FlowUplinks.Of(null).Keys);
        Assert.Equal(["up0"], FlowUplinks.Of("up0").Keys);
        Assert.Empty(FlowUplinks.Of("absent"));
        await host.ShellAsync("ip route replace default dev vb9");
        Assert.Empty(FlowUplinks.Of(null));
    });

    private static Task StartAsync(FlowTable flows, string bridge) => flows.ApplyAsync(bridge, Offload(bridge), Link(1), Cancel);

    private static FlowOffload Offload(string bridge, bool allowed = true) =>
        new(bridge, allowed, FirewallPlanner.PlanFor(TestNetworks.Default)!);

    private static LinkMessage Link(int index) => new(KernelFamily.Unspecified, index, "any", Up: true);

    private static Task RunAsync(Func<PrivateHost, ShortNft, FlowTable, Task> test) => PrivateHost.RunAsync(async host =>
    {
        ShortNft nft = new(new NftProgram(new CliWrapCommandRunner()));
        using FlowTable flows = new(
            nft, new NftKernel(FlowScript.Table), device => new Dictionary<string, int> { [device ?? "up0"] = 7 }, new FakeTimeProvider());
        await test(host, nft, flows);
    });
}
