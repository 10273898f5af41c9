using VirtNet.Daemon.Tests.Fakes;
using VirtNet.Model;
using VirtNet.Rpc.Driver;

namespace VirtNet.Daemon.Tests.Driver;

/// <summary>net-update and metadata: which copy of a definition they are for.</summary>
public sealed class DefinitionChangeTests : IAsyncDisposable
{
    private const uint Current = 0;
    private const uint Live = 1;
    private const uint Config = 2;

    private const string Lab = """
        <network><name>lab</name><bridge name='virbr7'/><ip address='10.7.0.1' prefix='24'><dhcp><range start='10.7.0.2' end='10.7.0.99'/></dhcp></ip></network>
        """;

    private const string Host = "<host mac='52:54:00:00:00:01' name='guest' ip='10.7.0.9'/>";

    private readonly TestDaemon _daemon = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public ValueTask DisposeAsync() => _daemon.DisposeAsync();

    [Theory]
    [InlineData(Current, true, false)]
    [InlineData(Live, true, false)]
    [InlineData(Config, false, true)]
    [InlineData(Live | Config, true, true)]
    public async Task The_copies_that_are_named_change_and_no_other(uint flags, bool live, bool config)
    {
        NetworkRef network = await _daemon.StartAsync(Lab);

        await _daemon.Driver.UpdateAsync(network, AddHost(flags), Token);

        Assert.Equal(live, Has(await _daemon.Driver.GetXmlAsync(network, 0, Token)));
        Assert.Equal(live, Has(Xml(_daemon.Services.Served[network.Uuid])));
        Assert.Equal(config, Has(await _daemon.Driver.GetXmlAsync(network, 1, Token)));
        Assert.Equal(config, Has(await File.ReadAllTextAsync(_daemon.ConfigOf(network), Token)));
    }

    [Fact]
    public async Task Of_an_inactive_network_the_current_copy_is_its_definition_and_there_is_no_live_one()
    {
        NetworkRef network = await _daemon.Driver.DefineAsync(Lab, 0, Token);
        VirtNetException refused = await Assert.ThrowsAsync<VirtNetException>(
            () => _daemon.Driver.UpdateAsync(network, AddHost(Live), Token));
        Assert.Contains("network is not running", refused.Message, StringComparison.Ordinal);
        await _daemon.Driver.UpdateAsync(network, AddHost(Current), Token);
        Assert.True(Has(await _daemon.Driver.GetXmlAsync(network, 1, Token)));
    }

    [Fact]
    public async Task A_transient_network_has_no_persistent_copy()
    {
        NetworkRef network = await _daemon.StartAsync(Lab, persistent: false);
        VirtNetException refused = await Assert.ThrowsAsync<VirtNetException>(
            () => _daemon.Driver.UpdateAsync(network, AddHost(Live | Config), Token));
        Assert.Contains("persistent config of a transient network", refused.Message, StringComparison.Ordinal);
        Assert.False(Has(await _daemon.Driver.GetXmlAsync(network, 0, Token)));
    }

    [Fact]
    public async Task A_change_that_the_services_refuse_leaves_every_copy_as_it_was()
    {
        NetworkRef network = await _daemon.StartAsync(Lab);
        string before = await _daemon.StateAsync(network);
        _daemon.Services.Refuse = live => Has(Xml(live)) ? "no" : null;
        await Assert.ThrowsAsync<VirtNetException>(() => _daemon.Driver.UpdateAsync(network, AddHost(Live | Config), Token));
        Assert.Equal(before, await _daemon.StateAsync(network));
    }

    [Fact]
    public async Task Metadata_is_told_of_and_read_from_one_copy()
    {
        NetworkRef network = await _daemon.StartAsync(Lab);
        await _daemon.Driver.SetMetadataAsync(network, new MetadataChange(1, "the lab", null, null, Config), Token);
        Assert.Equal([new NetworkEvent.MetadataChanged(network, 1, null)], _daemon.Events);
        Assert.Equal("the lab", await _daemon.Driver.GetMetadataAsync(network, 1, null, Config, Token));
        VirtNetException absent = await Assert.ThrowsAsync<VirtNetException>(
            () => _daemon.Driver.GetMetadataAsync(network, 1, null, Live, Token));
        Assert.Equal(VirErrorCode.NoNetworkMetadata, absent.Code);
        await Assert.ThrowsAsync<VirtNetException>(() => _daemon.Driver.GetMetadataAsync(network, 1, null, Live | Config, Token));
    }

    private static NetworkUpdateRequest AddHost(uint flags) => new(Command: 3, Section: 4, ParentIndex: -1, Host, flags);

    private static bool Has(string xml) => xml.Contains("name='guest'", StringComparison.Ordinal);

    private static string Xml(NetworkDefinition network) => Model.Xml.NetworkXml.Format(network);
}
