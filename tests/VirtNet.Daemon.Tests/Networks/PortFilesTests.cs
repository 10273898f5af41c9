using VirtNet.Daemon.Tests.Fakes;
using VirtNet.Linux.Files;
using VirtNet.Model;
using VirtNet.Rpc.Driver;

namespace VirtNet.Daemon.Tests.Networks;

/// <summary>Ports on a disk that takes nothing: host, files and what clients see stay together.</summary>
public sealed class PortFilesTests : IAsyncDisposable
{
    private const string Lab = """
        <network><name>lab</name><bridge name='virbr7'/><bandwidth><inbound average='10000'/></bandwidth>
          <ip address='10.7.0.1' prefix='24'/></network>
        """;

    private static readonly string Port = TestPorts.Xml("<bandwidth><inbound average='100' floor='50'/></bandwidth>");
    private readonly TestDaemon _daemon = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private string StateFile => Path.Combine(_daemon.Paths.NetworkStates, "lab.xml");

    private string PortFile => Path.Combine(_daemon.Paths.NetworkStates, "lab.ports", TestPorts.Uuid + ".xml");

    public ValueTask DisposeAsync() => _daemon.DisposeAsync();

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_change_that_cannot_be_written_is_undone(bool portFile)
    {
        NetworkRef network = await _daemon.StartAsync(Lab);
        NetworkPortRef port = await _daemon.Driver.CreatePortAsync(network, Port, 0, Token);
        string before = await StateAsync(port);
        Block(portFile ? PortFile : StateFile);

        VirtNetException failed = await Assert.ThrowsAsync<VirtNetException>(() => _daemon.Driver.SetPortParametersAsync(
            port, [new TypedParameter("inbound.average", 100u), new TypedParameter("inbound.floor", 70u)], 0, Token));

        Assert.Equal(VirErrorCode.SystemError, failed.Code);
        Assert.Equal(before, await StateAsync(port));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_port_that_cannot_be_written_is_not_there(bool portFile)
    {
        NetworkRef network = await _daemon.StartAsync(Lab);
        Block(portFile ? PortFile : StateFile);

        await Assert.ThrowsAsync<VirtNetException>(() => _daemon.Driver.CreatePortAsync(network, Port, 0, Token));

        Assert.Empty(await _daemon.Driver.ListPortsAsync(network, 0, Token));
        Assert.Empty(_daemon.Host.Ports[network.Uuid]);
        Assert.False(File.Exists(PortFile));
    }

    [Fact]
    public async Task A_port_goes_whatever_the_disk_says()
    {
        NetworkRef network = await _daemon.StartAsync(Lab);
        NetworkPortRef port = await _daemon.Driver.CreatePortAsync(network, Port, 0, Token);
        Block(StateFile);

        await _daemon.Driver.DeletePortAsync(port, 0, Token);

        Assert.Empty(await _daemon.Driver.ListPortsAsync(network, 0, Token));
        Assert.Empty(_daemon.Host.Ports[network.Uuid]);
        Assert.False(File.Exists(PortFile));
    }

    /// <summary>Else the port would be back when the daemon starts again.</summary>
    [Fact]
    public async Task A_port_whose_file_stays_is_not_deleted()
    {
        NetworkRef network = await _daemon.StartAsync(Lab);
        NetworkPortRef port = await _daemon.Driver.CreatePortAsync(network, Port, 0, Token);
        File.Delete(PortFile);
        Directory.CreateDirectory(PortFile); // a file that cannot be removed, for root too

        VirtNetException refused = await Assert.ThrowsAsync<VirtNetException>(() => _daemon.Driver.DeletePortAsync(port, 0, Token));

        Assert.Equal(VirErrorCode.SystemError, refused.Code);
        Assert.Equal(port, Assert.Single(await _daemon.Driver.ListPortsAsync(network, 0, Token)));
        Assert.Single(_daemon.Host.Ports[network.Uuid]);

        Directory.Delete(PortFile);
        await _daemon.Driver.DeletePortAsync(port, 0, Token);

        Assert.Empty(await _daemon.Driver.ListPortsAsync(network, 0, Token));
    }

    /// <summary>Nothing can be written where a folder stands in the way; as on a full disk, and for root too.</summary>
    private static void Block(string file) => Directory.CreateDirectory(Path.Combine(file + AtomicFile.Temporary, "full"));

    private async Task<string> StateAsync(NetworkPortRef port) => string.Join(
        "\n",
        await _daemon.Driver.GetPortXmlAsync(port, 0, Token),
        string.Join(", ", _daemon.Host.Ports[port.Network.Uuid].Select(held => held.Bandwidth)),
        await File.ReadAllTextAsync(PortFile, Token),
        await File.ReadAllTextAsync(StateFile, Token));
}
