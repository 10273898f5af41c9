using VirtNet.Daemon.Tests.Fakes;
using VirtNet.Host.Networks;
using VirtNet.Linux.Files;
using VirtNet.Model;
using VirtNet.Rpc.Driver;

namespace VirtNet.Daemon.Tests.Networks;

/// <summary>What follows a daemon that was killed in the midst of a call finds it done or not done.</summary>
public sealed class KilledDaemonTests : IAsyncDisposable
{
    private const string Before = """
        <network><name>lab</name><uuid>6f0d0b1e-0000-4000-8000-000000000001</uuid><forward mode='nat'/><bridge name='virbr7'/>
          <mac address='52:54:00:00:00:01'/><ip address='10.7.0.1' prefix='24'/></network>
        """;

    private const string After = """
        <network><name>lab</name><uuid>6f0d0b1e-0000-4000-8000-000000000001</uuid><forward mode='route'/><bridge name='virbr7'/>
          <mac address='52:54:00:00:00:01'/><ip address='10.8.0.1' prefix='24'/></network>
        """;

    private static readonly PluggedGuest Tap = new("vnet0", 7, MacAddress.Parse("fe:54:00:00:00:01"), ComesBack: true, []);

    private readonly TestDaemon _daemon = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public ValueTask DisposeAsync() => _daemon.DisposeAsync();

    /// <summary>Both copies change: that of the definition decides.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_change_is_undone_unless_its_definition_was_stored(bool stored)
    {
        NetworkRef network = await _daemon.StartAsync(Before);
        string before = await _daemon.StateAsync(network);
        string config = await File.ReadAllTextAsync(_daemon.ConfigOf(network), Token);
        string midway = await MidwayAsync(network, () => _daemon.RedefineAsync(After));
        string after = await _daemon.StateAsync(network);
        Assert.NotEqual(before, after);

        List<NetworkDefinition> held = [];
        _daemon.Host.Delay = definition =>
        {
            held.Add(definition);
            return Task.CompletedTask;
        };
        await _daemon.RestartAsync(() =>
        {
            File.WriteAllText(StateOf(network), midway);
            if (!stored)
            {
                File.WriteAllText(_daemon.ConfigOf(network), config);
            }
        });

        Assert.Equal(stored ? after : before, await _daemon.StateAsync(network));
        ForwardMode[] both = [ForwardMode.Nat, ForwardMode.Route];
        Assert.Equal(stored ? both : both.Reverse(), held.Select(definition => definition.Forward.Mode).Take(2)); // what goes was known
    }

    /// <summary>Only the live copy changes: the state's own file decides.</summary>
    [Fact]
    public async Task A_change_of_the_live_definition_alone_is_undone_until_its_state_is_stored()
    {
        NetworkRef network = await _daemon.StartAsync(Before);
        string before = await _daemon.StateAsync(network);
        string midway = await MidwayAsync(network, () => _daemon.Driver.UpdateAsync(
            network, new NetworkUpdateRequest(Command: 3, Section: 9, ParentIndex: -1, "<portgroup name='p'/>", Flags: 1), Token));

        await _daemon.RestartAsync(() => File.WriteAllText(StateOf(network), midway));

        Assert.Equal(before, await _daemon.StateAsync(network));
    }

    [Fact]
    public async Task A_change_that_fails_leaves_no_word_of_itself()
    {
        NetworkRef network = await _daemon.StartAsync(Before);
        string before = await _daemon.StateAsync(network);
        _daemon.Host.Refuse = definition => definition.Forward.Mode == ForwardMode.Route ? "no" : null;
        await Assert.ThrowsAsync<VirtNetException>(() => _daemon.RedefineAsync(After));
        Assert.Equal(before, await _daemon.StateAsync(network));
    }

    /// <summary>The definition is gone; its autostart link, leases and files are not yet.</summary>
    [Fact]
    public async Task A_network_that_was_being_undefined_is_forgotten()
    {
        NetworkRef network = await _daemon.Driver.DefineAsync(Before, 0, Token);
        await _daemon.Driver.SetAutostartAsync(network, true, Token);
        string link = Path.Combine(_daemon.Paths.AutostartLinks, "lab.xml");

        await _daemon.RestartAsync(() => File.Move(_daemon.ConfigOf(network), _daemon.ConfigOf(network) + ".vdel"));

        Assert.Empty(_daemon.Registry.All);
        Assert.Equal(network.Uuid, Assert.Single(_daemon.Services.Forgotten));
        Assert.Empty(Directory.EnumerateFiles(_daemon.Paths.NetworkConfigs));
        Assert.Null(new FileInfo(link).LinkTarget);
        await _daemon.Driver.DefineAsync(Before, 0, Token);
        Assert.False(await _daemon.Driver.GetAutostartAsync(network, Token));
    }

    [Fact]
    public async Task One_that_runs_while_it_is_undefined_goes_on_with_its_leases()
    {
        NetworkRef network = await _daemon.StartAsync(Before);
        await _daemon.RestartAsync(() => File.Move(_daemon.ConfigOf(network), _daemon.ConfigOf(network) + ".vdel"));
        Assert.True(await _daemon.Driver.IsActiveAsync(network, Token));
        Assert.False(await _daemon.Driver.IsPersistentAsync(network, Token));
        Assert.Empty(_daemon.Services.Forgotten);
        Assert.Empty(Directory.EnumerateFiles(_daemon.Paths.NetworkConfigs));
    }

    /// <summary>Its bridge is gone, its state is not yet.</summary>
    [Fact]
    public async Task A_transient_network_that_was_being_stopped_is_forgotten()
    {
        NetworkRef network = await _daemon.StartAsync(Before, persistent: false);
        await _daemon.RestartAsync(_daemon.Host.Links.Clear);
        Assert.Empty(_daemon.Registry.All);
        Assert.Equal(network.Uuid, Assert.Single(_daemon.Services.Forgotten));
        Assert.Empty(Directory.EnumerateFiles(_daemon.Paths.NetworkStates));
    }

    /// <summary>Its definition may be mended, and then its guests want their leases.</summary>
    [Fact]
    public async Task A_network_whose_definition_cannot_be_read_is_not_forgotten()
    {
        NetworkRef network = await _daemon.StartAsync(Before);
        await _daemon.RestartAsync(() =>
        {
            _daemon.Host.Links.Clear();
            File.WriteAllText(_daemon.ConfigOf(network), "<network>");
        });
        Assert.Empty(_daemon.Registry.All);
        Assert.Empty(_daemon.Services.Forgotten);
    }

    [Fact]
    public async Task Who_is_on_a_bridge_is_remembered_before_it_goes()
    {
        NetworkRef network = await _daemon.StartAsync(Before);
        _daemon.Host.Guests[network.Uuid] = [Tap];
        string? remembered = null;
        _daemon.Host.Stopping = () => remembered = File.ReadAllText(GuestsOf(network));
        await _daemon.Driver.DestroyAsync(network, Token);
        Assert.Contains("vnet0", remembered, StringComparison.Ordinal);
    }

    /// <summary>Killed before the bridge went, or before guests were plugged in again: the network runs.</summary>
    [Fact]
    public async Task Guests_of_a_network_that_runs_are_plugged_in_and_remembered_no_more()
    {
        NetworkRef network = await _daemon.StartAsync(Before);
        _daemon.Host.Guests[network.Uuid] = [Tap];
        await _daemon.Driver.DestroyAsync(network, Token);
        string guests = await File.ReadAllTextAsync(GuestsOf(network), Token);
        await _daemon.Driver.StartAsync(network, Token);
        _daemon.Host.Guests.Clear();

        await _daemon.RestartAsync(() => File.WriteAllText(GuestsOf(network), guests));

        Assert.Equal("vnet0", Assert.Single(_daemon.Host.Guests[network.Uuid]).Device);
        Assert.False(File.Exists(GuestsOf(network)));
    }

    [Fact]
    public async Task What_was_half_written_goes_and_nothing_else()
    {
        string[] folders = [_daemon.Paths.NetworkConfigs, _daemon.Paths.AutostartLinks, _daemon.Paths.NetworkStates, _daemon.Paths.StateDirectory];
        string theirs = Path.Combine(_daemon.Paths.NetworkConfigs, "lab.xml.new");
        await _daemon.RestartAsync(() =>
        {
            foreach (string folder in folders)
            {
                File.WriteAllText(Path.Combine(folder, "lab.xml" + AtomicFile.Temporary), "<netw");
            }

            File.WriteAllText(theirs, "an administrator's own");
        });
        Assert.Equal([theirs], folders.SelectMany(folder => Directory.EnumerateFiles(folder)));
    }

    private string StateOf(NetworkRef network) => Path.Combine(_daemon.Paths.NetworkStates, network.Name + ".xml");

    private string GuestsOf(NetworkRef network) => Path.Combine(_daemon.Paths.NetworkStates, network.Name + ".guests");

    /// <returns>The state's file as it was while the host was changed.</returns>
    private async Task<string> MidwayAsync(NetworkRef network, Func<Task> change)
    {
        string? midway = null;
        _daemon.Host.Delay = _ =>
        {
            midway ??= File.ReadAllText(StateOf(network));
            return Task.CompletedTask;
        };
        await change();
        Assert.NotEqual(midway, await File.ReadAllTextAsync(StateOf(network), Token));
        return midway!;
    }
}
