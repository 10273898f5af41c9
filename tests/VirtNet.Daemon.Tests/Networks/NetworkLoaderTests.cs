using System.Text.RegularExpressions;
using VirtNet.Daemon.Tests.Fakes;
using VirtNet.Rpc.Driver;

namespace VirtNet.Daemon.Tests.Networks;

/// <summary>What is on disk when the daemon starts, and at SIGHUP.</summary>
public sealed partial class NetworkLoaderTests : IAsyncDisposable
{
    private readonly TestDaemon _daemon = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public ValueTask DisposeAsync() => _daemon.DisposeAsync();

    [Fact]
    public void What_a_definition_lacks_is_chosen_once()
    {
        Write("lab", "<network><name>lab</name><bridge name='virbr7'/></network>");

        _daemon.Loader.Load();

        string written = File.ReadAllText(FileOf("lab"));
        Assert.Matches(Uuid, written);
        Assert.Contains("<mac address='52:54:00:", written, StringComparison.Ordinal);
        _daemon.Loader.Load();
        Assert.Equal(written, File.ReadAllText(FileOf("lab")));
        Assert.Single(_daemon.Registry.All);
        Assert.Empty(_daemon.Conditions.Of(null));
    }

    [Fact]
    public void A_definition_that_clashes_or_cannot_be_read_is_said_and_keeps_no_other_away()
    {
        const string uuid = "<uuid>6f0d0b1e-0000-4000-8000-000000000001</uuid>";
        Write("a", $"<network><name>a</name>{uuid}<bridge name='virbr1'/></network>");
        Write("b", $"<network><name>b</name>{uuid}<bridge name='virbr2'/></network>");
        Write("c", "<network>");
        Write("d", "<network><name>other</name></network>");

        _daemon.Loader.Load();

        Assert.Equal("a", Assert.Single(_daemon.Registry.All).Identity.Name);
        string[] said = [.. _daemon.Conditions.Of(null).Select(condition => condition.Text)];
        Assert.Equal(3, said.Length);
        Assert.Contains(said, text => text.StartsWith("the definition of network b is not used: ", StringComparison.Ordinal));
        Assert.Contains(said, text => text.StartsWith($"the network definition {FileOf("c")} is not used: ", StringComparison.Ordinal));
        Assert.Contains(said, text => text.Contains("does not match network name 'other'", StringComparison.Ordinal));

        File.Delete(FileOf("b"));
        File.Delete(FileOf("c"));
        File.Delete(FileOf("d"));
        _daemon.Loader.Load();
        Assert.Empty(_daemon.Conditions.Of(null));
    }

    [Fact]
    public void Of_many_faults_a_few_are_told_and_the_number_of_the_others()
    {
        for (int i = 0; i < 13; i++)
        {
            Write($"n{i}", "<network>");
        }

        _daemon.Loader.Load();

        Assert.Equal(11, _daemon.Conditions.Of(null).Count);
        Assert.Contains(_daemon.Conditions.Of(null), condition => condition.Text == "3 more definitions have faults: see the log");
    }

    [Fact]
    public async Task What_is_marked_for_it_starts_once_after_boot_and_one_that_cannot_keeps_no_other_away()
    {
        NetworkRef good = await AutostartedAsync("good", 1);
        NetworkRef bad = await AutostartedAsync("bad", 2);
        NetworkRef unmarked = await _daemon.Driver.DefineAsync(Xml("unmarked", 3), 0, Token);
        _daemon.Host.Refuse = network => network.Name == "bad" ? "no" : null;

        await _daemon.Loader.AutostartOnceAsync(Token);

        Assert.Equal([true, false, false], ((NetworkRef[])[good, bad, unmarked]).Select(IsActive));
        await _daemon.Driver.DestroyAsync(good, Token);
        await _daemon.Loader.AutostartOnceAsync(Token);
        Assert.False(IsActive(good));
    }

    [Fact]
    public async Task A_reload_takes_what_changed_on_disk_serves_what_runs_and_starts_what_is_marked()
    {
        NetworkRef running = await _daemon.StartAsync(Xml("running", 1));
        NetworkRef marked = await AutostartedAsync("marked", 2);
        string file = await File.ReadAllTextAsync(_daemon.ConfigOf(running), Token);
        Write("running", file.Replace("10.7.1.1", "10.7.1.9", StringComparison.Ordinal));
        Write("new", Xml("new", 3));
        _daemon.Host.Held.Clear(); // lost meanwhile
        _daemon.Services.Served.Clear();

        await _daemon.Loader.ReloadAsync(Token);

        Assert.Contains("10.7.1.9", await _daemon.Driver.GetXmlAsync(running, 1, Token), StringComparison.Ordinal);
        Assert.Contains("10.7.1.1", await _daemon.Driver.GetXmlAsync(running, 0, Token), StringComparison.Ordinal);
        Assert.True(IsActive(marked));
        Assert.False(IsActive(await _daemon.Driver.LookupByNameAsync("new", Token)));
        Assert.Equal(
            new HashSet<Guid> { running.Uuid, marked.Uuid }, _daemon.Host.Held.Keys.ToHashSet());
        Assert.Equal(_daemon.Host.Held.Keys.ToHashSet(), _daemon.Services.Served.Keys.ToHashSet());
    }

    [Fact]
    public async Task A_network_that_runs_when_the_daemon_starts_again_keeps_its_definition_and_its_mark()
    {
        NetworkRef network = await AutostartedAsync("lab", 1);
        await _daemon.Driver.StartAsync(network, Token);
        await _daemon.RestartAsync();
        Assert.True(IsActive(network));
        Assert.True(await _daemon.Driver.IsPersistentAsync(network, Token));
        Assert.True(await _daemon.Driver.GetAutostartAsync(network, Token));
    }

    [Fact]
    public async Task A_state_that_cannot_be_read_keeps_no_other_network_away()
    {
        NetworkRef network = await _daemon.StartAsync(Xml("lab", 1));
        await _daemon.RestartAsync(() => File.WriteAllText(Path.Combine(_daemon.Paths.NetworkStates, "broken.xml"), "<networkstatus>"));
        Assert.True(IsActive(network));
        Assert.Single(_daemon.Registry.All);
    }

    [GeneratedRegex("<uuid>[0-9a-f-]{36}</uuid>")]
    private static partial Regex Uuid { get; }

    private static string Xml(string name, int number) => $"""
        <network><name>{name}</name><bridge name='virbr{number}'/><ip address='10.7.{number}.1' prefix='24'/></network>
        """;

    private async Task<NetworkRef> AutostartedAsync(string name, int number)
    {
        NetworkRef network = await _daemon.Driver.DefineAsync(Xml(name, number), 0, Token);
        await _daemon.Driver.SetAutostartAsync(network, true, Token);
        return network;
    }

    private bool IsActive(NetworkRef network) => _daemon.Network(network).Snapshot.IsActive;

    private string FileOf(string name) => Path.Combine(_daemon.Paths.NetworkConfigs, name + ".xml");

    private void Write(string name, string xml) => File.WriteAllText(FileOf(name), xml);
}
