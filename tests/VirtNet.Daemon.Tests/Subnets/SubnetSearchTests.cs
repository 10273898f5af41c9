using System.Net;
using VirtNet.Daemon.Tests.Fakes;
using VirtNet.Model;
using VirtNet.Model.Subnets;
using VirtNet.Rpc.Driver;

namespace VirtNet.Daemon.Tests.Subnets;

public sealed class SubnetSearchTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private static SubnetQuestion Any { get; } = new(Wanted: null, Ipv6: false, PrefixLength: 0, Except: null, Hold: false);

    [Fact]
    public async Task Networks_have_their_subnets_and_routes_whether_they_run_or_not()
    {
        await using TestDaemon daemon = new();
        NetworkRef lab = await daemon.Driver.DefineAsync(
            "<network><name>lab</name><ip address='192.168.128.1' prefix='24'/><ip family='ipv6' address='fd00:1::1' prefix='64'/>"
            + "<route address='192.168.130.0' prefix='24' gateway='192.168.128.9'/></network>", 0, Token);
        await daemon.StartAsync("<network><name>run</name><ip address='192.168.129.1' prefix='24'/></network>");
        Assert.Equal(new SubnetAnswer("192.168.131.0/24", null, IsFirm: false), await daemon.Extensions.FindSubnetAsync(Any, Token));
        Assert.Equal(
            new SubnetAnswer("192.168.131.0/25", "network 'lab' (192.168.128.0/24)", IsFirm: true),
            await daemon.Extensions.FindSubnetAsync(Any with { Wanted = "192.168.128.128/25", PrefixLength = 25 }, Token));
        Assert.Equal(
            "network 'lab' (192.168.130.0/24)", (await daemon.Extensions.FindSubnetAsync(Any with { Wanted = "192.168.130.0/23" }, Token)).Owner);
        Assert.Null((await daemon.Extensions.FindSubnetAsync(Any with { Wanted = "192.168.128.0/24", Except = lab }, Token)).Owner);
        Assert.Equal(
            "network 'lab' (fd00:1::/64)",
            (await daemon.Extensions.FindSubnetAsync(Any with { Wanted = "fd00:1::/64", Ipv6 = true }, Token)).Owner);
    }

    [Fact]
    public async Task The_host_has_what_it_says_and_what_is_in_use_is_named_before_a_pool()
    {
        await using TestDaemon daemon = new();
        daemon.Host.Subnets.Add(new TakenSubnet(IPNetwork.Parse("192.168.0.0/16"), "Docker's address pool 192.168.0.0/16", IsFirm: false));
        daemon.Host.Subnets.Add(new TakenSubnet(IPNetwork.Parse("192.168.140.0/24"), "interface eth0 (192.168.140.0/24)"));
        Assert.Equal(
            new SubnetAnswer("10.128.0.0/24", "interface eth0 (192.168.140.0/24)", IsFirm: true),
            await daemon.Extensions.FindSubnetAsync(Any with { Wanted = "192.168.140.0/24" }, Token));
        Assert.Equal(
            new SubnetAnswer("10.128.0.0/24", "Docker's address pool 192.168.0.0/16", IsFirm: false),
            await daemon.Extensions.FindSubnetAsync(Any with { Wanted = "192.168.141.0/24" }, Token));
    }

    [Fact]
    public async Task What_one_client_is_told_of_is_told_to_no_other_for_a_while()
    {
        await using TestDaemon daemon = new();
        async Task<string> AskAsync() => (await daemon.Extensions.FindSubnetAsync(Any with { Hold = true }, Token)).Free!;
        Assert.Equal(["192.168.128.0/24", "192.168.129.0/24"], [await AskAsync(), await AskAsync()]);
        daemon.Clock.Advance(TimeSpan.FromSeconds(10));
        Assert.Equal("192.168.128.0/24", await AskAsync());
    }

    [Fact]
    public async Task Nobody_can_hold_many()
    {
        await using TestDaemon daemon = new();
        HashSet<string?> told = [];
        for (int i = 0; i < 300; i++)
        {
            told.Add((await daemon.Extensions.FindSubnetAsync(Any with { Hold = true, PrefixLength = 30 }, Token)).Free);
        }

        Assert.InRange(told.Count, 256, 258);
    }

    [Theory]
    [InlineData("10.0.0.0", 0u)]
    [InlineData("10.0.0.0/33", 0u)]
    [InlineData("fd00::/64", 0u)]
    [InlineData(null, 31u)]
    [InlineData(null, 7u)]
    public async Task A_question_that_makes_no_sense_is_refused(string? wanted, uint prefix)
    {
        await using TestDaemon daemon = new();
        VirtNetException refusal = await Assert.ThrowsAsync<VirtNetException>(
            () => daemon.Extensions.FindSubnetAsync(Any with { Wanted = wanted, PrefixLength = prefix }, Token));
        Assert.Equal(VirErrorCode.InvalidArgument, refusal.Code);
    }
}
