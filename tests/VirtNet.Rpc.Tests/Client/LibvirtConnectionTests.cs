using VirtNet.Model;
using VirtNet.Rpc.Client;
using VirtNet.Rpc.Driver;
using VirtNet.Rpc.Tests.Fakes;

namespace VirtNet.Rpc.Tests.Client;

public sealed class LibvirtConnectionTests
{
    private const string Xml = "<network><name>tnet</name><bridge name='virbr7'/></network>";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_network_goes_through_its_life()
    {
        await using TestServer server = new();
        await using LibvirtConnection connection = await server.OpenAsync();
        NetworkRef network = await connection.DefineAsync(Xml, 0, Token);
        Assert.Equal("tnet", network.Name);
        Assert.Equal(network, await connection.LookupByNameAsync("tnet", Token));
        Assert.Equal(network, await connection.LookupByUuidAsync(network.Uuid, Token));
        Assert.Equal([network], await connection.ListNetworksAsync(0, Token));
        Assert.Empty(await connection.ListNetworksAsync(2, Token));
        await connection.StartAsync(network, Token);
        Assert.True(await connection.IsActiveAsync(network, Token));
        Assert.True(await connection.IsPersistentAsync(network, Token));
        await connection.SetAutostartAsync(network, true, Token);
        Assert.True(await connection.GetAutostartAsync(network, Token));
        Assert.Equal("virbr7", await connection.GetBridgeNameAsync(network, Token));
        Assert.Equal(Xml, await connection.GetXmlAsync(network, 1, Token));
        await connection.DestroyAsync(network, Token);
        await connection.UndefineAsync(network, Token);
        VirtNetException error = await Assert.ThrowsAsync<VirtNetException>(
            () => connection.LookupByNameAsync("tnet", Token));
        Assert.Equal(VirErrorCode.NoNetwork, error.Code);
        Assert.Equal("Network not found: no network with matching name 'tnet'", error.Message);
        Assert.Equal(VirErrorDomain.Network, error.Domain);
    }
}
