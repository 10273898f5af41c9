using System.Net;
using VirtNet.Daemon.Configuration;
using VirtNet.Daemon.Tests.Fakes;
using VirtNet.Model;
using VirtNet.Rpc.Driver;

namespace VirtNet.Daemon.Tests.Driver;

/// <summary>What clients put into metadata for virtnet itself: refused where it is set, kept where it is stored.</summary>
public sealed class ExtensionTests : IAsyncDisposable
{
    private const uint Live = 1;
    private const uint Config = 2;
    private const string Uri = "urn:virtnet:network:1";
    private const string Name = "<network><name match='a.test' address='10.7.0.9'/></network>";
    private const string Bad = "<network>\n  <name match='a.test'/>\n  <zork/>\n</network>";

    private readonly TestDaemon _daemon = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public ValueTask DisposeAsync() => _daemon.DisposeAsync();

    [Fact]
    public async Task What_is_wrong_is_refused_with_its_places_and_neither_copy_changes()
    {
        NetworkRef network = await _daemon.StartAsync(Lab(""));
        await SetAsync(network, Name);
        VirtNetException refused = await Assert.ThrowsAsync<VirtNetException>(() => SetAsync(network, Bad));
        Assert.Equal(
            (VirErrorCode.XmlError,
                "XML error: urn:virtnet:network:1: line 2, column 3: Missing required attribute 'address' in element 'name'\n"
                + "line 3, column 3: <network> has no element <zork>"),
            (refused.Code, refused.Message));
        Assert.Contains("a.test", await _daemon.Driver.GetMetadataAsync(network, 2, Uri, Live, Token), StringComparison.Ordinal);
        Assert.Contains("a.test", await _daemon.Driver.GetMetadataAsync(network, 2, Uri, Config, Token), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("<v:network xmlns:v='urn:virtnet:network:1'><v:zork/></v:network>")]
    [InlineData("<v:network xmlns:v='urn:virtnet:network:1'><v:publish protocol='tcp' port='80'><v:to address='10.8.0.9'/></v:publish></v:network>")]
    public async Task A_definition_that_carries_it_is_refused(string element)
    {
        string xml = Lab($"<metadata>{element}</metadata>");
        Assert.Equal(VirErrorCode.XmlError, (await Assert.ThrowsAsync<VirtNetException>(() => _daemon.Driver.DefineAsync(xml, 0, Token))).Code);
        Assert.Equal(VirErrorCode.XmlError, (await Assert.ThrowsAsync<VirtNetException>(() => _daemon.Driver.CreateAsync(xml, 0, Token))).Code);
        Assert.Empty(await _daemon.Driver.ListNetworksAsync(0, Token));
    }

    [Fact]
    public async Task A_definition_is_handed_back_with_all_that_it_holds()
    {
        NetworkRef network = await _daemon.StartAsync(Lab(""));
        await SetAsync(network, Name);
        string xml = await _daemon.Driver.GetXmlAsync(network, 1, Token);
        await _daemon.Driver.DefineAsync(xml.Replace("<uuid>", "<title>t</title><uuid>", StringComparison.Ordinal), 0, Token);
        Assert.Contains("a.test", await _daemon.Driver.GetMetadataAsync(network, 2, Uri, Config, Token), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_daemon_s_default_is_where_publications_listen_that_name_no_address()
    {
        await using TestDaemon daemon = new(new DaemonOptions { PublishDefault = IPAddress.Loopback });
        NetworkRef network = await daemon.StartAsync(Lab(""));
        await SetAsync(daemon, network, "<network><publish protocol='tcp' port='80'><to address='10.7.0.9'/></publish></network>");
        Assert.Equal([IPAddress.Loopback], daemon.Host.Published[network.Uuid].Select(place => place.Address));
        VirtNetException refused = await Assert.ThrowsAsync<VirtNetException>(() => SetAsync(
            daemon,
            network,
            "<network><publish protocol='tcp' port='80'><to address='10.7.0.9'/></publish>"
            + "<publish protocol='tcp' port='80' address='127.0.0.1'><to address='10.7.0.8'/></publish></network>"));
        Assert.Contains("port 80 of 127.0.0.1 is published already", refused.Message, StringComparison.Ordinal);
        await SetAsync(
            daemon, network, "<network><publish-default address='203.0.113.5'/><publish protocol='tcp' port='80'><to address='10.7.0.9'/></publish></network>");
        Assert.Equal([IPAddress.Parse("203.0.113.5")], daemon.Host.Published[network.Uuid].Select(place => place.Address));
    }

    [Fact]
    public async Task A_change_that_fails_on_the_host_leaves_what_was_published_and_takes_nothing_from_others()
    {
        NetworkRef network = await _daemon.StartAsync(Lab(""));
        await SetAsync(network, Publishing(8080));
        _daemon.Host.Refuse = changed => changed.Name == "lab" ? "no more elements" : null;
        Assert.Contains(
            "no more elements",
            (await Assert.ThrowsAsync<VirtNetException>(() => SetAsync(network, Publishing(8081)))).Message,
            StringComparison.Ordinal);
        _daemon.Host.Refuse = _ => null;
        foreach (uint copy in (uint[])[Live, Config])
        {
            string kept = await _daemon.Driver.GetMetadataAsync(network, 2, Uri, copy, Token);
            Assert.Contains("8080", kept, StringComparison.Ordinal);
            Assert.DoesNotContain("8081", kept, StringComparison.Ordinal);
        }

        NetworkRef other = await _daemon.StartAsync(
            "<network><name>other</name><bridge name='virbr8'/><ip address='10.8.0.1' prefix='24'/></network>");
        await SetAsync(other, Publishing(8081).Replace("10.7.", "10.8.", StringComparison.Ordinal));
        Assert.Contains(
            "8080 is published by network 'lab'",
            (await Assert.ThrowsAsync<VirtNetException>(
                () => SetAsync(other, Publishing(8080).Replace("10.7.", "10.8.", StringComparison.Ordinal)))).Message,
            StringComparison.Ordinal);
    }

    private static string Publishing(int port) =>
        $"<network><publish protocol='tcp' port='{port}'><to address='10.7.0.9' port='80'/></publish></network>";

    private static string Lab(string metadata) =>
        $"<network><name>lab</name>{metadata}<bridge name='virbr7'/><ip address='10.7.0.1' prefix='24'/></network>";

    private Task SetAsync(NetworkRef network, string element) => SetAsync(_daemon, network, element);

    private static Task SetAsync(TestDaemon daemon, NetworkRef network, string element) =>
        daemon.Driver.SetMetadataAsync(network, new MetadataChange(2, element, "vn", Uri, Live | Config), Token);
}
