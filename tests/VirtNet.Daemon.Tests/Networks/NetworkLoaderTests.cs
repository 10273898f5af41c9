using System.Runtime.InteropServices;
using System.Text.RegularExpressions;
using VirtNet.Daemon.Tests.Fakes;
using VirtNet.Linux.Files;
using VirtNet.Model;
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

    /// <summary>Its hook is ended with the daemon: that is no failure of what starts networks.</summary>
    [Fact]
    public async Task A_start_that_the_daemons_end_cuts_short_is_cancelled()
    {
        NetworkRef network = await AutostartedAsync("lab", 1);
        _daemon.AddHook();
        using CancellationTokenSource stopping = new();
        _daemon.Hook = async (_, _) =>
        {
            await stopping.CancelAsync();
            throw new OperationCanceledException();
        };

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => _daemon.Loader.AutostartOnceAsync(stopping.Token));

        Assert.False(IsActive(network));
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

    /// <remarks>A reload reads all files at first, and comes to a network when what is done with that has ended.</remarks>
    [Fact]
    public async Task A_reload_undoes_nothing_that_clients_do_meanwhile()
    {
        NetworkRef undefined = await _daemon.StartAsync(Xml("undefined", 1));
        NetworkRef changed = await _daemon.StartAsync(Xml("changed", 2));
        TaskCompletionSource release = new();
        _daemon.Host.Delay = _ => release.Task;
        Task[] busy = [.. ((NetworkRef[])[undefined, changed]).Select(network => _daemon.Network(network).RepairAsync(Token))];
        Task undefining = _daemon.Driver.UndefineAsync(undefined, Token);
        Task<NetworkRef> changing = _daemon.Driver.DefineAsync(
            Xml("changed", 2).Replace("<name>", $"<uuid>{changed.Uuid}</uuid><title>new</title><name>", StringComparison.Ordinal), 0, Token);
        Task reloading = _daemon.Loader.ReloadAsync(Token);
        release.SetResult();
        await Task.WhenAll([.. busy, undefining, changing, reloading]);

        Assert.False(await _daemon.Driver.IsPersistentAsync(undefined, Token));
        Assert.Contains("<title>new</title>", await _daemon.Driver.GetXmlAsync(changed, 1, Token), StringComparison.Ordinal);
        await _daemon.Driver.DestroyAsync(undefined, Token);
        await _daemon.Loader.ReloadAsync(Token);
        await Assert.ThrowsAsync<VirtNetException>(() => _daemon.Driver.LookupByNameAsync("undefined", Token));
    }

    [Fact]
    public async Task A_reload_chooses_what_a_file_lacks_once()
    {
        Write("bare", Xml("bare", 1));
        await _daemon.Loader.ReloadAsync(Token);
        NetworkRef network = await _daemon.Driver.LookupByNameAsync("bare", Token);
        Assert.Contains($"<uuid>{network.Uuid}</uuid>", await File.ReadAllTextAsync(_daemon.ConfigOf(network), Token), StringComparison.Ordinal);
        Write("bare", Xml("bare", 2));
        await _daemon.Loader.ReloadAsync(Token);
        Assert.Equal(network, await _daemon.Driver.LookupByNameAsync("bare", Token));
        Assert.Contains("10.7.2.1", await _daemon.Driver.GetXmlAsync(network, 1, Token), StringComparison.Ordinal);
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

    public static TheoryData<string> Oddities =>
        ["nothing", "no network", "no uuid", "empty uuid", "another's name", "no bridge", "binary", "folder", "FIFO", "device", "nowhere", "huge"];

    /// <remarks>Each in a file of its own: what hangs does so here, not in the daemon of somebody.</remarks>
    [Theory]
    [MemberData(nameof(Oddities))]
    public async Task Whatever_is_in_the_place_of_a_state_a_port_or_a_definition_keeps_nothing_else_away(string oddity)
    {
        NetworkRef network = await _daemon.StartAsync(Xml("lab", 1));
        string[] places =
        [
            FileOf("odd"),
            Path.Combine(_daemon.Paths.NetworkConfigs, "odd.xml.vdel"),
            Path.Combine(_daemon.Paths.NetworkStates, "odd.xml"),
            Path.Combine(_daemon.Paths.NetworkStates, "lab.guests"),
            Path.Combine(_daemon.Paths.NetworkStates, "lab.pulled"),
            Path.Combine(_daemon.Paths.NetworkStates, "lab.ports", "odd.xml"),
        ];

        await _daemon.RestartAsync(() => Array.ForEach(places, place => Put(oddity, place))).WaitAsync(TimeSpan.FromSeconds(30), Token);

        Assert.True(IsActive(network));
        Assert.Contains(network.Uuid, _daemon.Services.Served);
        Assert.All([places[0], places[2]], place => Assert.NotNull(FileStatus.Of(place)));
        if (oddity is not ("no uuid" or "no bridge" or "empty uuid")) // of a definition: both are chosen
        {
            Assert.NotNull(FileStatus.Of(places[1]));
            Assert.Single(_daemon.Registry.All);
            Assert.Contains(_daemon.Conditions.Of(null), condition => condition.Text.Contains(places[0], StringComparison.Ordinal));
        }
    }

    [Theory]
    [InlineData("definitions")]
    [InlineData("marks")]
    [InlineData("states")]
    public async Task A_file_in_the_place_of_a_folder_keeps_the_daemon_from_nothing_else(string which)
    {
        NetworkRef network = await _daemon.StartAsync(Xml("lab", 1));
        string folder = which switch
        {
            "definitions" => _daemon.Paths.NetworkConfigs,
            "marks" => _daemon.Paths.AutostartLinks,
            _ => _daemon.Paths.NetworkStates,
        };

        await _daemon.RestartAsync(() =>
        {
            Directory.Delete(folder, recursive: true);
            File.WriteAllText(folder, "");
        });
        await _daemon.FilesUpkeep.LookAsync(Token);

        Assert.Equal(which == "definitions", !await _daemon.Driver.IsPersistentAsync(network, Token));
        Assert.Contains(_daemon.Conditions.Of(null), condition => condition.Text.Contains(folder, StringComparison.Ordinal));
        Assert.True(File.Exists(folder));
    }

    [Theory]
    [InlineData("lab", "6f0d0b1e-0000-4000-8000-000000000009")]
    [InlineData("other", null)]
    public async Task A_state_that_contradicts_a_definition_does_not_take_its_place(string name, string? uuid)
    {
        NetworkRef network = await _daemon.Driver.DefineAsync(Xml("lab", 1), 0, Token);
        string state = Path.Combine(_daemon.Paths.NetworkStates, name + ".xml");
        string forged = Xml(name, 1).Replace("</name>", $"</name><uuid>{uuid ?? network.Uuid.ToString()}</uuid>", StringComparison.Ordinal);
        await _daemon.RestartAsync(() =>
        {
            File.WriteAllText(state, $"<networkstatus version='1'>{forged}</networkstatus>");
            _daemon.Host.Links["virbr1"] = Guid.Parse(uuid ?? network.Uuid.ToString());
        });

        Assert.Equal(network, Assert.Single(_daemon.Registry.All).Identity);
        Assert.True(await _daemon.Driver.IsPersistentAsync(network, Token));
        Assert.Empty(_daemon.Conditions.Of(null));
    }

    [Fact]
    public async Task A_definition_of_what_runs_that_lost_its_UUID_has_that_of_the_network()
    {
        NetworkRef network = await _daemon.StartAsync(Xml("lab", 1));
        await _daemon.RestartAsync(() => Write("lab", Xml("lab", 1)));
        Assert.True(IsActive(network));
        Assert.True(await _daemon.Driver.IsPersistentAsync(network, Token));
        Assert.Contains($"<uuid>{network.Uuid}</uuid>", await File.ReadAllTextAsync(FileOf("lab"), Token), StringComparison.Ordinal);
    }

    private static void Put(string oddity, string place)
    {
        const string bridge = "<bridge name='virbr9'/>";
        const string uuid = "<uuid>6f0d0b1e-0000-4000-8000-000000000009</uuid>";
        Directory.CreateDirectory(Path.GetDirectoryName(place)!);
        string text = oddity switch
        {
            "no network" => "<other/>",
            "no uuid" => $"<network><name>odd</name>{bridge}</network>",
            "empty uuid" => $"<network><name>odd</name><uuid></uuid>{bridge}</network>",
            "another's name" => $"<network><name>lab</name>{uuid}{bridge}</network>",
            "no bridge" => $"<network><name>odd</name>{uuid}</network>",
            "binary" => "\u0001\uFFFF\0<\0",
            "huge" => $"<network><name>odd</name>{uuid}{bridge}<!--{new string('x', 17 << 20)}--></network>",
            _ => "",
        };
        switch (oddity)
        {
            case "folder":
                Directory.CreateDirectory(Path.Combine(place, "in it"));
                break;
            case "FIFO":
                Assert.Equal(0, MakeFifo(place, 0x180));
                break;
            case "device":
                File.CreateSymbolicLink(place, "/dev/zero");
                break;
            case "nowhere":
                File.CreateSymbolicLink(place, "/nowhere/at/all");
                break;
            default:
                File.WriteAllText(place, text.StartsWith("<network", StringComparison.Ordinal) && place.Contains("/run/", StringComparison.Ordinal)
                    ? $"<networkstatus>{text}</networkstatus>" : text);
                break;
        }
    }

    [LibraryImport("libc", EntryPoint = "mkfifo", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int MakeFifo(string path, uint mode);

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
