using VirtNet.Model;
using VirtNet.Rpc.Client;
using VirtNet.Rpc.Driver;
using VirtNet.Rpc.Tests.Fakes;

namespace VirtNet.Rpc.Tests.Client;

/// <summary>What is asked for and answered by virtnet's own calls is what arrives on the other side.</summary>
public sealed class ExtensionCallTests : IAsyncLifetime
{
    private static readonly DhcpLease Lease = new(
        "virbr7", 1_800_000_000, 0, "52:54:00:00:00:01", null, "192.168.122.5", 24, "web1", "01:52:54:00:00:00:01");

    private readonly TestServer _server = new();
    private LibvirtConnection _connection = null!;
    private NetworkRef _network = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _connection = await _server.OpenAsync();
        _network = await _connection.DefineAsync("<network><name>lab</name></network>", 0, Token);
    }

    public async ValueTask DisposeAsync()
    {
        await _connection.DisposeAsync();
        await _server.DisposeAsync();
    }

    [Fact]
    public async Task The_daemons_status_arrives_whole()
    {
        DaemonStatus told = await _server.Driver.GetStatusAsync(Token);
        DaemonStatus heard = await _connection.GetStatusAsync(Token);
        Assert.Equivalent(told, heard, strict: true);
    }

    [Fact]
    public async Task Reports_are_about_what_was_asked()
    {
        Assert.StartsWith("# metrics of lab", await _connection.GetMetricsAsync(_network, Token), StringComparison.Ordinal);
        Assert.StartsWith("# metrics of none", await _connection.GetMetricsAsync(null, Token), StringComparison.Ordinal);
        Assert.Equal("debug", await _connection.SetLogLevelAsync("debug", Token));
        Assert.Equal("info", await _connection.SetLogLevelAsync(null, Token));
        Assert.Equal(new Counter("dhcp4.offers", 7), Assert.Single(await _connection.GetCountersAsync(_network, Token)));
        Assert.Equal("lab", Assert.Single(await _connection.GetConditionsAsync(_network, Token)).Text);
        Assert.Equal("the daemon", Assert.Single(await _connection.GetConditionsAsync(null, Token)).Text);
        Assert.Empty(await _connection.GetPublicationsAsync(null, PublicationDetail.All, Token));
    }

    [Fact]
    public async Task A_definition_is_asked_about_by_its_name_or_its_text()
    {
        Assert.Equal("lab", Assert.Single(await _connection.PlanAsync("lab", null, Token)).Detail);
        Assert.Equal("<network/>", Assert.Single(await _connection.PlanAsync(null, "<network/>", Token)).Detail);
        Assert.Equal("about lab", Assert.Single(await _connection.GetWarningsAsync("lab", null, Token)));
        VirtNetException both = await Assert.ThrowsAsync<VirtNetException>(() => _connection.GetWarningsAsync("lab", "<network/>", Token));
        Assert.Equal(VirErrorCode.InvalidArgument, both.Code);
    }

    [Theory]
    [InlineData(RedefineFlags.None, true)]
    [InlineData(RedefineFlags.DryRun, false)]
    public async Task What_a_redefinition_changed_comes_back(RedefineFlags flags, bool isDone)
    {
        Redefinition redefinition = await _connection.RedefineAsync("<network/>", flags, Token);
        Assert.Equal(isDone, redefinition.Done);
        Assert.Equal(new RedefinedItem("mtu", null, "<network/>", 0), Assert.Single(redefinition.Items));
    }

    [Fact]
    public async Task A_network_gets_another_name_a_subnet_and_a_guest_that_asks_again()
    {
        Assert.Equal(_network with { Name = "other" }, await _connection.RenameAsync(_network, "other", Token));
        Assert.Equal("vnet0", await _connection.ReconnectAsync(_network, "52:54:00:00:00:01", Token));
        SubnetAnswer answer = await _connection.FindSubnetAsync(new SubnetQuestion("10.9.0.0/24", Ipv6: false, 24, _network, Hold: true), Token);
        Assert.Equal(new SubnetAnswer("10.9.0.0/24", "network 'other' (10.0.0.0/8)", IsFirm: true), answer);
        Assert.Contains("rename lab other", _server.Driver.Calls);
        Assert.Contains("reconnect lab 52:54:00:00:00:01", _server.Driver.Calls);
        Assert.Contains("find-subnet 10.9.0.0/24 hold True", _server.Driver.Calls);
    }

    [Fact]
    public async Task Leases_come_and_go_as_they_are()
    {
        Assert.Equal(1, await _connection.ImportLeasesAsync(_network, [Lease], "00:01", Token));
        Assert.Equal([Lease], _server.Driver.Leases);
        Assert.Equal([Lease], await _connection.GetDhcpLeasesAsync(_network, mac: null, flags: 0, Token));
        Assert.Equal([Lease], await _connection.LetGoAsync(_network, onlyServices: true, Token));
        Assert.Equal([Lease], await _connection.ReleaseLeasesAsync(_network, null, "192.168.122.5", Token));
        Assert.Empty(_server.Driver.Leases);
        VirtNetException neither = await Assert.ThrowsAsync<VirtNetException>(() => _connection.ReleaseLeasesAsync(_network, null, null, Token));
        Assert.Equal(VirErrorCode.InvalidArgument, neither.Code);
        Assert.Contains("import-leases 00:01", _server.Driver.Calls);
        Assert.Contains("let-go True", _server.Driver.Calls);
    }

    /// <summary>It is for root alone, who these tests may not be.</summary>
    [Fact]
    public async Task A_bridge_is_handed_over_for_root_alone()
    {
        Task<NetworkRef> adopted = _connection.AdoptAsync(_network, "<network/>", 7, "52:54:00:00:00:02", Token);
        if (Environment.IsPrivilegedProcess)
        {
            Assert.Equal(_network, await adopted);
            Assert.Contains("adopt 7 52:54:00:00:00:02", _server.Driver.Calls);
        }
        else
        {
            Assert.Equal(VirErrorCode.OperationDenied, (await Assert.ThrowsAsync<VirtNetException>(() => adopted)).Code);
        }
    }

    [Fact]
    public async Task Ports_are_made_read_changed_and_deleted()
    {
        var uuid = Guid.Parse("22222222-2222-3333-4444-555555555555");
        string xml = $"<networkport><uuid>{uuid}</uuid></networkport>";
        NetworkPortRef port = await _connection.CreatePortAsync(_network, xml, 0, Token);
        Assert.Equal(new NetworkPortRef(_network, uuid), port);
        Assert.Equal([port], await _connection.ListPortsAsync(_network, 0, Token));
        Assert.Equal(port, await _connection.LookupPortAsync(_network, uuid, Token));
        Assert.Equal(xml, await _connection.GetPortXmlAsync(port, 0, Token));
        await _connection.SetPortParametersAsync(port, [new TypedParameter("inbound.peak", 2000u)], 0, Token);
        Assert.Equal([new TypedParameter("inbound.peak", 2000u)], await _connection.GetPortParametersAsync(port, 0, Token));
        await _connection.DeletePortAsync(port, 0, Token);
        Assert.Empty(await _connection.ListPortsAsync(_network, 0, Token));
    }
}
