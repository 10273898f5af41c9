using VirtNet.Daemon.Tests.Fakes;
using VirtNet.Rpc.Driver;

namespace VirtNet.Daemon.Tests.Publishing;

/// <summary>What a daemon knows of targets that the one before it looked after. Nobody answers at these addresses (RFC 5737).</summary>
public sealed class RememberedHealthTests : IAsyncDisposable
{
    private readonly TestDaemon _daemon = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_target_that_was_down_is_down_for_the_next_daemon_too()
    {
        NetworkRef network = await StartAsync();
        await _daemon.RestartAsync();
        Assert.Equal(["192.0.2.5", "192.0.2.6"], Down(network));
        Assert.True(File.Exists(Record(network)));

        // And for the one after that, which had no check of its own in between.
        await _daemon.RestartAsync();
        Assert.Equal(["192.0.2.5", "192.0.2.6"], Down(network));
    }

    [Theory]
    [InlineData("name='web'", "name='other'")]
    [InlineData("port='8081'", "port='8082'")]
    [InlineData("fall='1'", "fall='2'")]
    public async Task One_that_is_asked_otherwise_by_now_counts_as_there(string part, string instead)
    {
        NetworkRef network = await StartAsync();
        string state = Path.Combine(_daemon.Paths.NetworkStates, "n1.xml");
        await _daemon.RestartAsync(() =>
        {
            foreach (string file in new[] { state, _daemon.ConfigOf(network) })
            {
                string text = File.ReadAllText(file);
                Assert.Contains(part, text.Replace('"', '\''), StringComparison.Ordinal);
                File.WriteAllText(file, text.Replace('"', '\'').Replace(part, instead, StringComparison.Ordinal));
            }
        });
        Assert.Empty(Down(network));
        Assert.False(File.Exists(Record(network)));
    }

    [Fact]
    public async Task One_that_is_published_no_more_is_forgotten_though_it_comes_back()
    {
        NetworkRef network = await StartAsync();
        await _daemon.RedefineAsync(Xml("192.0.2.6"));
        Assert.Equal(["192.0.2.6"], Down(network));
        await _daemon.RedefineAsync(Xml("192.0.2.5", "192.0.2.6"));
        await _daemon.RestartAsync();
        Assert.Equal(["192.0.2.6"], Down(network));
    }

    [Fact]
    public async Task A_renamed_network_keeps_what_is_known()
    {
        NetworkRef network = await StartAsync();
        await _daemon.Extensions.RenameAsync(network, "n2", Token);
        await _daemon.RestartAsync();
        Assert.Equal(["192.0.2.5", "192.0.2.6"], Down(network));
    }

    [Fact]
    public async Task A_network_that_ends_leaves_nothing_and_begins_anew()
    {
        NetworkRef network = await StartAsync();
        await _daemon.Driver.DestroyAsync(network, Token);
        Assert.Empty(Directory.EnumerateFileSystemEntries(_daemon.Paths.NetworkStates, "*.down"));
        await _daemon.Driver.StartAsync(network, Token);
        await _daemon.RestartAsync();
        Assert.Empty(Down(network));
    }

    [Fact]
    public async Task A_bridge_that_is_gone_takes_it_along()
    {
        NetworkRef network = await StartAsync();
        await _daemon.RestartAsync(() => _daemon.Host.Links.Clear());
        Assert.False(File.Exists(Record(network)));
    }

    public ValueTask DisposeAsync() => _daemon.DisposeAsync();

    private static string Xml(params string[] targets) => $"""
        <network><name>n1</name><uuid>00000000-0000-0000-0000-000000000001</uuid>
        <metadata><vn:network xmlns:vn='urn:virtnet:network:1'><vn:publish name='web' protocol='tcp' port='8080'>
        {string.Concat(targets.Select(target => $"<vn:to address='{target}' port='8081'/>"))}
        <vn:check protocol='tcp' interval='1' fall='1'/>
        </vn:publish></vn:network></metadata><forward mode='nat'/>
        <bridge name='br1'/><ip address='192.0.2.1' prefix='24'/></network>
        """;

    /// <summary>A network two of whose targets have failed their checks.</summary>
    private async Task<NetworkRef> StartAsync()
    {
        NetworkRef network = await _daemon.StartAsync(Xml("192.0.2.5", "192.0.2.6"));
        while (Down(network).Length < 2)
        {
            _daemon.Clock.Advance(TimeSpan.FromSeconds(1));
            await Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System, Token);
            await _daemon.Network(network).FollowGuestsAsync(Token);
        }

        return network;
    }

    private string Record(NetworkRef network) => Path.Combine(_daemon.Paths.NetworkStates, network.Name + ".down");

    /// <summary>What the rules of the host say.</summary>
    private string[] Down(NetworkRef network) =>
        [.. _daemon.Host.Published[network.Uuid].SelectMany(place => place.Down).Select(target => target.Address!.ToString()).Order(StringComparer.Ordinal)];
}
