using VirtNet.Daemon.Tests.Fakes;
using VirtNet.Model;
using VirtNet.Rpc.Driver;

namespace VirtNet.Daemon.Tests.Networks;

public sealed class RenameTests
{
    private const string Lab = "<network><name>lab</name><bridge name='vbr7'/><ip address='10.9.0.1' prefix='24'/></network>";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_network_is_the_same_under_another_name()
    {
        await using TestDaemon daemon = new();
        NetworkRef lab = await daemon.Driver.DefineAsync(Lab, 0, Token);
        await daemon.Driver.SetAutostartAsync(lab, autostart: true, Token);
        daemon.Events.Clear();
        NetworkRef renamed = await daemon.Extensions.RenameAsync(lab, "old", Token);
        Assert.Equal(new NetworkRef("old", lab.Uuid), renamed);
        Assert.Equal(renamed, await daemon.Driver.LookupByNameAsync("old", Token));
        Assert.Equal(renamed, await daemon.Driver.LookupByUuidAsync(lab.Uuid, Token));
        await Assert.ThrowsAsync<VirtNetException>(() => daemon.Driver.LookupByNameAsync("lab", Token));
        Assert.True(await daemon.Driver.GetAutostartAsync(renamed, Token));
        Assert.Contains("<name>old</name>", await daemon.Driver.GetXmlAsync(renamed, 0, Token), StringComparison.Ordinal);
        Assert.Equal((false, true), (File.Exists(daemon.ConfigOf(lab)), File.Exists(daemon.ConfigOf(renamed))));
        Assert.Equal(
            [new NetworkEvent.Lifecycle(lab, NetworkLifecycle.Undefined), new NetworkEvent.Lifecycle(renamed, NetworkLifecycle.Defined)],
            daemon.Events);
        await daemon.Driver.StartAsync(renamed, Token);
        Assert.True(await daemon.Driver.IsActiveAsync(renamed, Token));
    }

    [Fact]
    public async Task It_stays_so_after_a_restart()
    {
        await using TestDaemon daemon = new();
        NetworkRef lab = await daemon.Driver.DefineAsync(Lab, 0, Token);
        await daemon.Driver.SetAutostartAsync(lab, autostart: true, Token);
        await daemon.Extensions.RenameAsync(lab, "old", Token);
        await daemon.RestartAsync();
        NetworkRef found = Assert.Single(await daemon.Driver.ListNetworksAsync(0, Token));
        Assert.Equal(new NetworkRef("old", lab.Uuid), found);
        Assert.True(await daemon.Driver.GetAutostartAsync(found, Token));
    }

    [Fact]
    public async Task Both_the_old_name_and_the_bridge_can_be_used_as_before()
    {
        await using TestDaemon daemon = new();
        NetworkRef lab = await daemon.Driver.DefineAsync(Lab, 0, Token);
        NetworkRef renamed = await daemon.Extensions.RenameAsync(lab, "old", Token);
        VirtNetException taken = await Assert.ThrowsAsync<VirtNetException>(() => daemon.Driver.DefineAsync(Lab, 0, Token));
        Assert.Equal("internal error: bridge name 'vbr7' already in use.", taken.Message);
        NetworkRef another = await daemon.Driver.DefineAsync(Lab.Replace("vbr7", "vbr8", StringComparison.Ordinal), 0, Token);
        Assert.NotEqual(lab.Uuid, another.Uuid);
        await daemon.Driver.UndefineAsync(renamed, Token);
        Assert.Equal([another], await daemon.Driver.ListNetworksAsync(0, Token));
    }

    [Theory]
    [InlineData("other", "operation failed: network 'other' already exists with uuid ")]
    [InlineData("lab", "operation failed: network 'lab' already exists with uuid ")]
    [InlineData("a/b", "invalid char in name: /")]
    [InlineData("", "missing name information")]
    [InlineData(" ", "missing name information")]
    [InlineData("a\u0001b", "invalid char in name")]
    [InlineData("a\nb", "invalid char in name")]
    public async Task A_name_that_cannot_be_had_is_refused(string name, string reason)
    {
        await using TestDaemon daemon = new();
        await daemon.Driver.DefineAsync("<network><name>other</name></network>", 0, Token);
        NetworkRef lab = await daemon.Driver.DefineAsync(Lab, 0, Token);
        VirtNetException refusal = await Assert.ThrowsAsync<VirtNetException>(() => daemon.Extensions.RenameAsync(lab, name, Token));
        Assert.StartsWith(reason, refusal.Message, StringComparison.Ordinal);
        Assert.Equal(lab, await daemon.Driver.LookupByNameAsync("lab", Token));
    }

    [Fact]
    public async Task A_definition_that_could_not_be_read_stays_what_it_is()
    {
        await using TestDaemon daemon = new();
        NetworkRef lab = await daemon.Driver.DefineAsync(Lab, 0, Token);
        string broken = daemon.ConfigOf(new NetworkRef("old", lab.Uuid));
        await File.WriteAllTextAsync(broken, "<netw", Token);
        VirtNetException refusal = await Assert.ThrowsAsync<VirtNetException>(() => daemon.Extensions.RenameAsync(lab, "old", Token));
        Assert.Equal($"operation failed: there is a definition in '{broken}' already", refusal.Message);
        Assert.Equal("<netw", await File.ReadAllTextAsync(broken, Token));
        Assert.Equal(lab, await daemon.Driver.LookupByNameAsync("lab", Token));
    }

    [Fact]
    public async Task A_former_file_that_could_not_be_removed_for_good_takes_nothing_along()
    {
        await using TestDaemon daemon = new();
        NetworkRef lab = await daemon.Driver.DefineAsync(Lab, 0, Token);
        string left = daemon.ConfigOf(lab) + ".vdel";
        NetworkRef renamed = await daemon.Extensions.RenameAsync(lab, "old", Token);
        string xml = await File.ReadAllTextAsync(daemon.ConfigOf(renamed), Token);
        await File.WriteAllTextAsync(left, xml.Replace(">old<", ">lab<", StringComparison.Ordinal), Token);

        await daemon.RestartAsync();

        Assert.Equal(renamed, Assert.Single(await daemon.Driver.ListNetworksAsync(0, Token)));
        Assert.Empty(daemon.Services.Forgotten);
        Assert.False(File.Exists(left));
    }

    [Theory]
    [InlineData(Lab)]
    [InlineData("<network><name>lab</name><forward mode='bridge'/><bridge name='br0'/></network>")]
    public async Task One_that_runs_goes_on_under_its_new_name(string xml)
    {
        await using TestDaemon daemon = new();
        NetworkRef lab = await daemon.StartAsync(xml);
        await daemon.Driver.SetAutostartAsync(lab, autostart: true, Token);
        NetworkRef renamed = await daemon.Extensions.RenameAsync(lab, "old", Token);
        await AssertRunsAsync(daemon, renamed);
        Assert.DoesNotContain(daemon.Events, happened => happened is NetworkEvent.Lifecycle { Change: NetworkLifecycle.Stopped });
        await daemon.RestartAsync();
        await AssertRunsAsync(daemon, renamed);
        await daemon.Driver.DestroyAsync(renamed, Token);
        Assert.Empty(daemon.Host.Held);
        Assert.Empty(Directory.EnumerateFiles(daemon.Paths.NetworkStates));
        await daemon.Driver.StartAsync(renamed, Token);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task What_a_killed_daemon_renamed_by_half_is_renamed_by_the_next(bool hadWritten)
    {
        await using TestDaemon daemon = new();
        NetworkRef lab = await daemon.StartAsync(Lab);
        await daemon.Driver.SetAutostartAsync(lab, autostart: true, Token);
        string former = Path.Combine(daemon.Paths.NetworkStates, "lab.xml");
        string state = await File.ReadAllTextAsync(former, Token);
        NetworkRef renamed = await daemon.Extensions.RenameAsync(lab, "old", Token);
        await daemon.RestartAsync(meanwhile: () =>
        {
            File.WriteAllText(former, state);
            if (!hadWritten)
            {
                File.Delete(Path.Combine(daemon.Paths.NetworkStates, "old.xml"));
            }
        });
        await AssertRunsAsync(daemon, renamed);
    }

    [Fact]
    public async Task One_that_somebody_knows_by_its_name_keeps_it_while_it_runs()
    {
        await using TestDaemon daemon = new();
        NetworkRef lab = await daemon.StartAsync(Lab);
        NetworkPortRef port = await daemon.Driver.CreatePortAsync(lab, TestPorts.Xml(), 0, Token);
        await AssertRefusedAsync(daemon, lab, "guests are plugged into it, whose hypervisor asks for it by that name");
        await daemon.Driver.DeletePortAsync(port, 0, Token);
        NetworkRef peer = await daemon.StartAsync(
            "<network><name>peer</name><bridge name='vbr8'/><ip address='10.10.0.1' prefix='24'/><metadata>"
            + "<v:network xmlns:v='urn:virtnet:network:1'><v:peer network='lab'/></v:network></metadata></network>");
        await AssertRefusedAsync(daemon, lab, "another network that runs lets it in by that name");
        await daemon.Driver.DestroyAsync(peer, Token);
        await daemon.Driver.DestroyAsync(lab, Token);
        daemon.AddHook();
        daemon.HookScripts.Reload();
        await daemon.Driver.StartAsync(lab, Token);
        await AssertRefusedAsync(daemon, lab, "a hook script was run for it under that name");
        NetworkRef transient = await daemon.StartAsync("<network><name>trial</name></network>", persistent: false);
        await AssertRefusedAsync(daemon, transient, "it is transient, and has no definition to rename");
    }

    [Fact]
    public async Task One_that_runs_is_as_it_was_when_a_file_cannot_be_written()
    {
        await using TestDaemon daemon = new();
        NetworkRef lab = await daemon.StartAsync(Lab);
        string before = await daemon.StateAsync(lab);
        Directory.CreateDirectory(daemon.ConfigOf(new NetworkRef("old", lab.Uuid)));
        await Assert.ThrowsAsync<VirtNetException>(() => daemon.Extensions.RenameAsync(lab, "old", Token));
        Assert.Equal(before, await daemon.StateAsync(lab));
    }

    [Fact]
    public async Task A_file_that_cannot_be_written_leaves_all_as_it_was()
    {
        await using TestDaemon daemon = new();
        NetworkRef lab = await daemon.Driver.DefineAsync(Lab, 0, Token);
        Directory.CreateDirectory(daemon.ConfigOf(new NetworkRef("old", lab.Uuid)));
        await Assert.ThrowsAsync<VirtNetException>(() => daemon.Extensions.RenameAsync(lab, "old", Token));
        Assert.Equal(lab, await daemon.Driver.LookupByNameAsync("lab", Token));
        Assert.True(File.Exists(daemon.ConfigOf(lab)));
    }

    private static async Task AssertRunsAsync(TestDaemon daemon, NetworkRef network)
    {
        Assert.Equal(network, Assert.Single(await daemon.Driver.ListNetworksAsync(0, Token)));
        Assert.True(await daemon.Driver.IsActiveAsync(network, Token));
        Assert.True(await daemon.Driver.IsPersistentAsync(network, Token));
        Assert.True(await daemon.Driver.GetAutostartAsync(network, Token));
        Assert.Contains($"<name>{network.Name}</name>", await daemon.Driver.GetXmlAsync(network, 0, Token), StringComparison.Ordinal);
        Assert.Equal(network.Name, Assert.Single(daemon.Host.Held).Value.Name);
        Assert.Equal(network.Name, daemon.Services.Served[network.Uuid].Name);
        string?[] states = [.. Directory.EnumerateFiles(daemon.Paths.NetworkStates).Select(Path.GetFileName)];
        Assert.Contains($"{network.Name}.xml", states);
        Assert.All(states, state => Assert.Contains(state, (string[])[$"{network.Name}.xml", $"{network.Name}.bridge"]));
        Assert.Equal([$"{network.Name}.xml"], Directory.EnumerateFiles(daemon.Paths.NetworkConfigs).Select(Path.GetFileName));
    }

    private static async Task AssertRefusedAsync(TestDaemon daemon, NetworkRef network, string reason)
    {
        VirtNetException refusal = await Assert.ThrowsAsync<VirtNetException>(() => daemon.Extensions.RenameAsync(network, "new", Token));
        Assert.Equal($"Requested operation is not valid: cannot rename network '{network.Name}' while it is active: {reason}", refusal.Message);
        await Assert.ThrowsAsync<VirtNetException>(() => daemon.Driver.LookupByNameAsync("new", Token)); // nor is the new one taken
        Assert.True(await daemon.Driver.IsActiveAsync(network, Token));
    }
}
