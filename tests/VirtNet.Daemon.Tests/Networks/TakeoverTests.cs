using VirtNet.Daemon.Tests.Fakes;
using VirtNet.Host;
using VirtNet.Model;
using VirtNet.Rpc.Driver;

namespace VirtNet.Daemon.Tests.Networks;

public sealed class TakeoverTests : IAsyncDisposable
{
    private const string Xml =
        "<network><name>lab</name><uuid>11111111-2222-3333-4444-555555555555</uuid><bridge name='virbr7'/><mac address='52:54:00:00:00:07'/></network>";

    private const string Other =
        "<network><name>other</name><uuid>22222222-2222-3333-4444-555555555555</uuid><bridge name='virbr8'/><mac address='52:54:00:00:00:08'/></network>";

    private const string Mac = "52:54:00:00:00:07";

    private readonly TestDaemon _daemon = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public ValueTask DisposeAsync() => _daemon.DisposeAsync();

    [Fact]
    public async Task An_adopted_network_runs_is_served_and_is_found_by_the_next_daemon()
    {
        NetworkRef lab = await DefineAsync();
        await _daemon.Extensions.AdoptAsync(lab, liveXml: null, 9, Mac, Token);
        Assert.Equal(new BridgeMark(9, MacAddress.Parse(Mac)), Assert.Single(_daemon.Host.Adopted));
        Assert.True(await _daemon.Driver.IsActiveAsync(lab, Token));
        Assert.Contains(lab.Uuid, _daemon.Services.Served.Keys);
        Assert.Empty(_daemon.Hooks); // it did not start
        Assert.Equal(new NetworkEvent.Lifecycle(lab, NetworkLifecycle.Started), Assert.Single(_daemon.Events));
        Assert.True(File.Exists(Path.Combine(_daemon.Paths.RuntimeDirectory, "networks", "lab.xml")));
    }

    [Fact]
    public async Task What_runs_may_be_another_definition_than_the_stored_one_but_not_another_network()
    {
        NetworkRef lab = await DefineAsync();
        VirtNetException refusal = await Assert.ThrowsAsync<VirtNetException>(() => _daemon.Extensions.AdoptAsync(
            lab, Xml.Replace("lab", "other", StringComparison.Ordinal), 9, Mac, Token));
        Assert.Contains("what runs is network 'other'", refusal.Message, StringComparison.Ordinal);
        await _daemon.Extensions.AdoptAsync(lab, Xml.Replace("<bridge", "<mtu size='1400'/><bridge", StringComparison.Ordinal), 9, Mac, Token);
        Assert.Contains("1400", await _daemon.Driver.GetXmlAsync(lab, 0, Token), StringComparison.Ordinal);
        Assert.DoesNotContain("1400", await _daemon.Driver.GetXmlAsync(lab, 1, Token), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task One_that_cannot_be_guarded_or_served_is_as_it_was(bool served)
    {
        NetworkRef lab = await DefineAsync();
        _daemon.Host.Links["virbr7"] = null;
        if (served)
        {
            _daemon.Services.Refuse = _ => "the port is taken";
        }
        else
        {
            _daemon.Host.Refuse = _ => "no rules";
        }

        await Assert.ThrowsAsync<VirtNetException>(() => _daemon.Extensions.AdoptAsync(lab, liveXml: null, 9, Mac, Token));
        Assert.False(await _daemon.Driver.IsActiveAsync(lab, Token));
        Assert.Equal((true, null), (_daemon.Host.Links.ContainsKey("virbr7"), _daemon.Host.Links["virbr7"]));
        Assert.Empty(_daemon.Host.Held);
        Assert.False(File.Exists(Path.Combine(_daemon.Paths.RuntimeDirectory, "networks", "lab.xml")));
    }

    [Fact]
    public async Task A_network_that_runs_is_not_adopted_again()
    {
        NetworkRef lab = await _daemon.StartAsync(Xml);
        VirtNetException refusal = await Assert.ThrowsAsync<VirtNetException>(
            () => _daemon.Extensions.AdoptAsync(lab, liveXml: null, 9, Mac, Token));
        Assert.Equal(VirErrorCode.OperationInvalid, refusal.Code);
        Assert.Empty(_daemon.Host.Adopted);
    }

    [Fact]
    public async Task Guests_that_somebody_else_serves_are_not_served_again_by_a_repair()
    {
        NetworkRef lab = await _daemon.StartAsync(Xml);
        await _daemon.Extensions.LetGoAsync(lab, onlyServices: true, Token);
        Assert.Empty(_daemon.Services.Served);
        Assert.True(await _daemon.Driver.IsActiveAsync(lab, Token));
        await _daemon.Loader.ReloadAsync(Token);
        Assert.Empty(_daemon.Services.Served);
        await _daemon.Extensions.LetGoAsync(lab, onlyServices: false, Token);
        Assert.False(await _daemon.Driver.IsActiveAsync(lab, Token));
        Assert.Equal((true, null), (_daemon.Host.Links.ContainsKey("virbr7"), _daemon.Host.Links["virbr7"]));
    }

    [Fact]
    public async Task One_that_the_host_does_not_let_go_is_held_and_served_on()
    {
        NetworkRef lab = await _daemon.StartAsync(Xml);
        _daemon.Host.FailLook = () => new IOException("the kernel does not answer");
        await Assert.ThrowsAsync<VirtNetException>(() => _daemon.Extensions.LetGoAsync(lab, onlyServices: false, Token));
        Assert.True(await _daemon.Driver.IsActiveAsync(lab, Token));
        Assert.Contains(lab.Uuid, _daemon.Services.Served.Keys);
        Assert.Contains(lab.Uuid, _daemon.Host.Held.Keys);
    }

    [Fact]
    public async Task A_network_that_is_started_again_instead_is_served_as_any_other()
    {
        NetworkRef lab = await _daemon.StartAsync(Xml);
        await _daemon.Extensions.LetGoAsync(lab, onlyServices: true, Token);
        await _daemon.Driver.DestroyAsync(lab, Token);
        await _daemon.Driver.StartAsync(lab, Token);
        _daemon.Services.Served.Clear();
        await _daemon.Loader.ReloadAsync(Token);
        Assert.Contains(lab.Uuid, _daemon.Services.Served.Keys);
    }

    [Fact]
    public async Task What_a_network_publishes_comes_and_goes_with_it()
    {
        NetworkRef lab = await DefineAsync(Publishing(Xml));
        await _daemon.Extensions.AdoptAsync(lab, liveXml: null, 9, Mac, Token);
        Assert.Equal([false, true], _daemon.Host.Published[lab.Uuid].Select(place => place.Ipv6));
        VirtNetException taken = await Assert.ThrowsAsync<VirtNetException>(() => _daemon.StartAsync(Publishing(Other)));
        Assert.Contains("is published by network 'lab'", taken.Message, StringComparison.Ordinal);
        await _daemon.Extensions.LetGoAsync(lab, onlyServices: false, Token);
        await _daemon.Driver.StartAsync(new NetworkRef("other", Guid.Parse("22222222-2222-3333-4444-555555555555")), Token);
    }

    [Fact]
    public async Task One_that_would_publish_where_another_does_is_not_adopted()
    {
        await _daemon.StartAsync(Publishing(Other));
        NetworkRef lab = await DefineAsync(Publishing(Xml));
        VirtNetException taken = await Assert.ThrowsAsync<VirtNetException>(
            () => _daemon.Extensions.AdoptAsync(lab, liveXml: null, 9, Mac, Token));
        Assert.Contains("is published by network 'other'", taken.Message, StringComparison.Ordinal);
        Assert.False(await _daemon.Driver.IsActiveAsync(lab, Token));
        Assert.Empty(_daemon.Host.Adopted);
    }

    private static string Publishing(string xml) => xml.Replace(
        "<bridge",
        "<metadata><vn:network xmlns:vn='urn:virtnet:network:1'><vn:publish protocol='tcp' port='8080'><vn:to host='yes' port='80'/>"
        + "</vn:publish></vn:network></metadata><bridge",
        StringComparison.Ordinal);

    private async Task<NetworkRef> DefineAsync(string xml = Xml)
    {
        NetworkRef lab = await _daemon.Driver.DefineAsync(xml, 0, Token);
        _daemon.Events.Clear();
        return lab;
    }
}
