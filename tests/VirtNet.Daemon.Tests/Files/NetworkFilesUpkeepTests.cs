using VirtNet.Daemon.Tests.Fakes;
using VirtNet.Model.Conditions;
using VirtNet.Rpc.Driver;

namespace VirtNet.Daemon.Tests.Files;

public sealed class NetworkFilesUpkeepTests : IAsyncDisposable
{
    private const string Default =
        "<network><name>default</name><bridge name='virbr0'/><ip address='192.168.122.1' netmask='255.255.255.0'/></network>";

    private const string Port =
        "<networkport><uuid>1a2b3c4d-0000-4000-8000-000000000002</uuid><owner><name>guest</name><uuid>1a2b3c4d-0000-4000-8000-000000000001</uuid></owner>"
        + "<mac address='52:54:00:00:00:01'/></networkport>";

    private readonly TestDaemon _daemon = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public ValueTask DisposeAsync() => _daemon.DisposeAsync();

    [Fact]
    public async Task A_definition_that_is_removed_alone_is_spoken_of_and_not_written_again()
    {
        NetworkRef network = await _daemon.StartAsync(Default);
        await LookAsync();
        Assert.Empty(_daemon.Conditions.Of(network.Uuid));

        string definition = await File.ReadAllTextAsync(_daemon.ConfigOf(network), Token);
        File.Delete(_daemon.ConfigOf(network));
        await LookAsync();
        Condition condition = Assert.Single(_daemon.Conditions.Of(network.Uuid));
        Assert.Contains($"{_daemon.ConfigOf(network)} was removed", condition.Text, StringComparison.Ordinal);
        Assert.False(File.Exists(_daemon.ConfigOf(network)));

        await _daemon.Driver.DefineAsync(definition, 0, Token);
        await LookAsync();
        Assert.Empty(_daemon.Conditions.Of(network.Uuid));
    }

    [Fact]
    public async Task One_that_was_undefined_is_not_missed()
    {
        NetworkRef network = await _daemon.StartAsync(Default);
        await _daemon.Driver.UndefineAsync(network, Token);
        await LookAsync();
        Assert.Empty(_daemon.Conditions.Of(network.Uuid));
    }

    [Fact]
    public async Task Definitions_and_their_links_come_back_when_the_whole_folder_was_removed()
    {
        NetworkRef network = await _daemon.StartAsync(Default);
        await _daemon.Driver.SetAutostartAsync(network, true, Token);
        string before = await _daemon.StateAsync(network);
        Directory.Delete(_daemon.Paths.NetworkConfigs, recursive: true);

        await LookAsync();
        Assert.Equal(before, await _daemon.StateAsync(network));
        Assert.True(File.Exists(Path.Combine(_daemon.Paths.AutostartLinks, "default.xml")));
        Assert.Empty(_daemon.Conditions.Of(network.Uuid));
    }

    [Theory]
    [InlineData("state")]
    [InlineData("ports")]
    [InlineData("folder")]
    public async Task What_the_next_daemon_goes_on_from_is_written_again(string harm)
    {
        NetworkRef network = await _daemon.StartAsync(Default);
        await _daemon.Driver.CreatePortAsync(network, Port, 0, Token);
        await LookAsync();
        Dictionary<string, string> before = States();
        switch (harm)
        {
            case "state":
                File.Delete(Path.Combine(_daemon.Paths.NetworkStates, "default.xml"));
                break;
            case "ports":
                Directory.Delete(Path.Combine(_daemon.Paths.NetworkStates, "default.ports"), recursive: true);
                break;
            default:
                Directory.Delete(_daemon.Paths.RuntimeDirectory, recursive: true);
                break;
        }

        await LookAsync();
        Assert.Equal(before, States());
        Assert.Equal(harm == "folder", File.Exists(_daemon.Paths.AutostartedMarker));
    }

    [Fact]
    public async Task The_map_of_MACs_comes_back_with_the_state_folder()
    {
        NetworkRef network = await _daemon.StartAsync(Default);
        await _daemon.Driver.CreatePortAsync(network, Port, 0, Token);
        string map = Path.Combine(_daemon.Paths.StateDirectory, "virbr0.macs");
        string before = await File.ReadAllTextAsync(map, Token);
        Directory.Delete(_daemon.Paths.StateDirectory, recursive: true);

        await LookAsync();
        Assert.Equal(before, await File.ReadAllTextAsync(map, Token));
    }

    [Fact]
    public async Task A_folder_that_cannot_be_made_is_said_until_it_can()
    {
        Directory.Delete(_daemon.Paths.StateDirectory, recursive: true);
        await File.WriteAllTextAsync(_daemon.Paths.StateDirectory, "in its place", Token);
        await LookAsync();
        Assert.Contains(
            _daemon.Paths.StateDirectory, Assert.Single(_daemon.Conditions.Of(null)).Text, StringComparison.Ordinal);

        File.Delete(_daemon.Paths.StateDirectory);
        await LookAsync();
        Assert.Empty(_daemon.Conditions.Of(null));
    }

    [Fact]
    public async Task Deleting_a_port_lets_its_device_go()
    {
        NetworkRef network = await _daemon.StartAsync(Default);
        NetworkPortRef port = await _daemon.Driver.CreatePortAsync(network, Port, 0, Token);
        await _daemon.Driver.DeletePortAsync(port, 0, Token);
        Assert.Equal("52:54:00:00:00:01", Assert.Single(_daemon.Host.Released).ToString());
    }

    private Task LookAsync() => _daemon.FilesUpkeep.LookAsync(Token);

    private Dictionary<string, string> States() => Directory
        .EnumerateFiles(_daemon.Paths.NetworkStates, "*", SearchOption.AllDirectories)
        .ToDictionary(file => file, File.ReadAllText);
}
