using VirtNet.Daemon.Networks;
using VirtNet.Daemon.Tests.Fakes;
using VirtNet.Host.Networks;
using VirtNet.Model;
using VirtNet.Model.Conditions;
using VirtNet.Rpc.Driver;

namespace VirtNet.Daemon.Tests.Networks;

/// <summary>What bears a network's mark is its own, whatever became of the daemon's files; nothing else is.</summary>
public sealed class OwnershipTests : IAsyncDisposable
{
    private const string Nat = """
        <network><name>lab</name><uuid>6f0d0b1e-0000-4000-8000-000000000001</uuid><forward mode='nat'/><bridge name='br0'/>
          <ip address='10.7.0.1' prefix='24'><dhcp><range start='10.7.0.2' end='10.7.0.99'/></dhcp></ip>
        </network>
        """;

    private const string Bridged =
        "<network><name>lab</name><uuid>6f0d0b1e-0000-4000-8000-000000000001</uuid><forward mode='bridge'/><bridge name='br0'/></network>";

    private static readonly PluggedGuest Tap = new("vnet0", 7, MacAddress.Parse("fe:54:00:00:00:01"), ComesBack: true, [new(33, 1)]);
    private static readonly PluggedGuest Cable = new("veth1", 8, Mac: null, ComesBack: false, []);

    private readonly TestDaemon _daemon = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public ValueTask DisposeAsync() => _daemon.DisposeAsync();

    [Fact]
    public async Task Guests_that_cannot_be_listed_keep_nothing_of_a_network_on_the_host()
    {
        NetworkRef network = await _daemon.StartAsync(Nat);
        _daemon.Host.RefuseList = _ => "the kernel does not answer";
        await _daemon.Driver.DestroyAsync(network, Token);
        Assert.DoesNotContain("br0", _daemon.Host.Links.Keys);
    }

    [Theory]
    [InlineData("start")]
    [InlineData("create")]
    [InlineData("autostart")]
    [InlineData("refused by the hook 'start'")]
    public async Task A_start_that_is_refused_leaves_a_link_of_the_host_as_it_was(string how)
    {
        _daemon.Host.Links["br0"] = null;
        NetworkRef network = how == "create"
            ? new NetworkRef("lab", Guid.Empty)
            : await _daemon.Driver.DefineAsync(Nat, 0, Token);
        switch (how)
        {
            case "create":
                await Assert.ThrowsAsync<VirtNetException>(() => _daemon.Driver.CreateAsync(Nat, 0, Token));
                break;
            case "autostart":
                await _daemon.Driver.SetAutostartAsync(network, true, Token);
                await _daemon.Loader.AutostartOnceAsync(Token);
                break;
            default:
                _daemon.AddHook();
                _daemon.RefuseHook = call => how != "start" && call.Arguments[1] == "start" ? "no" : null;
                await Assert.ThrowsAsync<VirtNetException>(() => _daemon.Driver.StartAsync(network, Token));
                break;
        }

        Assert.Equal([KeyValuePair.Create("br0", (Guid?)null)], _daemon.Host.Links);
        Assert.Empty(Directory.EnumerateFiles(_daemon.Paths.NetworkStates));
    }

    [Theory]
    [InlineData("started hook")]
    [InlineData("services")]
    public async Task What_a_start_made_goes_again_when_a_later_step_fails(string step)
    {
        _daemon.AddHook();
        _daemon.RefuseHook = call => step == "started hook" && call.Arguments[1] == "started" ? "no" : null;
        _daemon.Services.Refuse = _ => step == "services" ? "no" : null;
        NetworkRef network = await _daemon.Driver.DefineAsync(Nat, 0, Token);

        await Assert.ThrowsAsync<VirtNetException>(() => _daemon.Driver.StartAsync(network, Token));

        Assert.Empty(_daemon.Host.Links);
        Assert.Empty(_daemon.Host.Held);
        Assert.Empty(_daemon.Services.Served);
        Assert.Equal("stopped", _daemon.Hooks[^1].Arguments[1]);
        Assert.Empty(Directory.EnumerateFiles(_daemon.Paths.NetworkStates));
    }

    [Fact]
    public async Task A_network_of_a_bridge_of_the_host_that_is_edited_to_NAT_does_not_take_the_bridge()
    {
        _daemon.Host.Links["br0"] = null;
        NetworkRef network = await _daemon.StartAsync(Bridged);
        await _daemon.Driver.DestroyAsync(network, Token);
        await _daemon.Driver.DefineAsync(Nat, 0, Token);
        await Assert.ThrowsAsync<VirtNetException>(() => _daemon.Driver.StartAsync(network, Token));
        Assert.Equal([KeyValuePair.Create("br0", (Guid?)null)], _daemon.Host.Links);
    }

    [Fact]
    public async Task A_state_file_makes_nobodys_bridge_ours()
    {
        NetworkRef network = await _daemon.StartAsync(Nat);

        // Killed in the middle of a start: the state file is written, and the bridge of that name is another's.
        await _daemon.RestartAsync(() => _daemon.Host.Links["br0"] = null);

        Assert.False(_daemon.Network(network).Snapshot.IsActive);
        Assert.Equal([KeyValuePair.Create("br0", (Guid?)null)], _daemon.Host.Links);
        Assert.Empty(_daemon.Services.Served);
        Assert.Empty(Directory.EnumerateFiles(_daemon.Paths.NetworkStates));
    }

    [Theory]
    [InlineData(7, true, true)]
    [InlineData(8, true, false)] // another bridge of the name
    [InlineData(7, false, false)] // nobody is on it
    public async Task A_network_whose_bridge_lost_its_mark_under_guests_is_not_given_up(int index, bool guests, bool active)
    {
        _daemon.Host.Indexes["br0"] = 7;
        NetworkRef network = await _daemon.StartAsync(Nat);
        _daemon.Host.Guests[network.Uuid] = guests ? [Tap] : [];

        await _daemon.RestartAsync(() =>
        {
            _daemon.Host.Links["br0"] = null;
            _daemon.Host.Indexes["br0"] = index;
        });

        Assert.Equal(active, _daemon.Network(network).Snapshot.IsActive);
        Assert.Equal([KeyValuePair.Create("br0", (Guid?)null)], _daemon.Host.Links);
        Assert.Empty(_daemon.Services.Served);
        Assert.Equal(active, _daemon.Host.Held.ContainsKey(network.Uuid));
        if (active)
        {
            await _daemon.Driver.DestroyAsync(network, Token);
            Assert.Empty(_daemon.Host.Held);
        }
    }

    [Fact]
    public async Task A_change_of_a_network_whose_bridge_is_anothers_now_serves_nobody_on_that_one()
    {
        NetworkRef network = await _daemon.StartAsync(Nat);
        _daemon.Host.Links["br0"] = null;
        _daemon.Services.Applied.Clear();

        const string Host = "<host mac='52:54:00:00:00:01' ip='10.7.0.5'/>";
        await _daemon.Driver.UpdateAsync(network, new NetworkUpdateRequest(Command: 3, Section: 4, ParentIndex: -1, Host, Flags: 1), Token);

        Assert.Empty(_daemon.Services.Applied);
        Assert.Empty(_daemon.Services.Served);
    }

    [Fact]
    public async Task Who_was_on_a_bridge_is_looked_for_after_a_restart_and_comes_back_with_a_bridge_that_is_gone()
    {
        NetworkRef network = await _daemon.StartAsync(Nat);
        BridgeRecords records = new(_daemon.Registry, _daemon.Clock);
        _daemon.Host.PortsChanged += changed => records.Begin(changed, Token);
        _daemon.Host.ChangePorts(network.Uuid, [Tap]);
        _daemon.Host.ChangePorts(network.Uuid, [Tap, Cable]);
        while (!records.EndedAsync().IsCompleted)
        {
            _daemon.Clock.Advance(TimeSpan.FromSeconds(1));
            await Task.Yield();
        }

        await _daemon.RestartAsync(() => _daemon.Host.Guests[network.Uuid] = [Cable]);
        Assert.Equal([Tap, Cable], _daemon.Host.Missed[network.Uuid]);

        await _daemon.RestartAsync(() =>
        {
            _daemon.Host.Links.Clear();
            _daemon.Host.Guests.Clear();
        });
        Assert.False(_daemon.Network(network).Snapshot.IsActive);
        await _daemon.Driver.StartAsync(network, Token);
        Assert.Equal([Cable, Tap], _daemon.Host.Guests[network.Uuid]);
        await _daemon.Driver.DestroyAsync(network, Token);
        await _daemon.Driver.UndefineAsync(network, Token);
        Assert.Empty(Directory.EnumerateFileSystemEntries(_daemon.Paths.NetworkStates));
    }

    [Fact]
    public async Task A_bridge_with_the_mark_of_a_network_whose_definition_is_mended_goes_on_with_the_next_reload()
    {
        NetworkRef network = await _daemon.StartAsync(Nat);
        string definition = await File.ReadAllTextAsync(_daemon.ConfigOf(network), Token);
        await _daemon.RestartAsync(() =>
        {
            File.WriteAllText(_daemon.ConfigOf(network), "<network>");
            Directory.Delete(_daemon.Paths.RuntimeDirectory, recursive: true);
        });
        Assert.Empty(_daemon.Registry.All);

        await File.WriteAllTextAsync(_daemon.ConfigOf(network), definition, Token);
        await _daemon.Loader.ReloadAsync(Token);

        Assert.True(_daemon.Network(network).Snapshot.IsActive);
        Assert.Contains(network.Uuid, _daemon.Services.Served);
        await _daemon.Driver.DestroyAsync(network, Token);
        await _daemon.Loader.ReloadAsync(Token);
        Assert.False(_daemon.Network(network).Snapshot.IsActive);
    }

    [Fact]
    public async Task A_bridge_with_its_mark_goes_on_although_the_state_was_lost()
    {
        NetworkRef network = await _daemon.StartAsync(Nat);

        await _daemon.RestartAsync(() => Directory.Delete(_daemon.Paths.RuntimeDirectory, recursive: true));

        Assert.True(_daemon.Network(network).Snapshot.IsActive);
        Assert.Contains(network.Uuid, _daemon.Services.Served);
        Assert.True(File.Exists(Path.Combine(_daemon.Paths.NetworkStates, "lab.xml")));
        await _daemon.Driver.DestroyAsync(network, Token);
        Assert.Empty(_daemon.Host.Links);
    }

    [Fact]
    public async Task A_marked_bridge_of_a_network_that_nobody_knows_is_left()
    {
        Guid unknown = Guid.NewGuid();
        await _daemon.RestartAsync(() => _daemon.Host.Links["virbr9"] = unknown);
        Assert.Equal([KeyValuePair.Create("virbr9", (Guid?)unknown)], _daemon.Host.Links);
    }

    [Fact]
    public async Task While_its_bridge_is_anothers_a_network_is_not_served_there_and_after_that_again()
    {
        NetworkRef network = await _daemon.StartAsync(Nat);
        _daemon.Host.Links["br0"] = null;
        await _daemon.Network(network).RepairAsync(Token);
        Assert.Empty(_daemon.Services.Served);
        Assert.Null(_daemon.Host.Links["br0"]);

        _daemon.Host.Links.Remove("br0");
        await _daemon.Loader.ReloadAsync(Token);
        Assert.Contains(network.Uuid, _daemon.Services.Served);
        Assert.Equal(network.Uuid, _daemon.Host.Links["br0"]);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Guests_that_a_stop_left_behind_are_plugged_in_again_at_the_next_start(bool restart)
    {
        NetworkRef network = await _daemon.StartAsync(Nat);
        _daemon.Host.Guests[network.Uuid] = [Tap, Cable];

        await _daemon.Driver.DestroyAsync(network, Token);
        Assert.Equal(
            [
                new Condition(ConditionKind.Warning, "vnet0 (fe:54:00:00:00:01) lost the connection; net-start plugs it in again"),
                new Condition(ConditionKind.Warning, "veth1 lost the connection"),
            ],
            await _daemon.Extensions.GetConditionsAsync(network, Token));
        if (restart)
        {
            await _daemon.RestartAsync();
        }

        await _daemon.Driver.StartAsync(network, Token);

        Assert.Equal([Tap, Cable], _daemon.Host.Guests[network.Uuid]);
        Assert.Empty(await _daemon.Extensions.GetConditionsAsync(network, Token));
        Assert.DoesNotContain(Directory.EnumerateFiles(_daemon.Paths.NetworkStates), file => file.EndsWith("guests", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Guests_that_cannot_be_plugged_in_again_keep_no_network_from_starting()
    {
        NetworkRef network = await _daemon.StartAsync(Nat);
        _daemon.Host.Guests[network.Uuid] = [Tap];
        await _daemon.Driver.DestroyAsync(network, Token);
        _daemon.Host.RefusePlug = _ => "the kernel does not answer";
        _daemon.Events.Clear();

        await _daemon.Driver.StartAsync(network, Token);

        Assert.True(_daemon.Network(network).Snapshot.IsActive);
        Assert.Equal(
            NetworkLifecycle.Started, Assert.IsType<NetworkEvent.Lifecycle>(Assert.Single(_daemon.Events)).Change);
        Assert.Equal(network.Uuid, _daemon.Host.Links["br0"]);
    }

    [Fact]
    public async Task Guests_of_a_network_that_is_undefined_are_forgotten()
    {
        NetworkRef network = await _daemon.StartAsync(Nat);
        _daemon.Host.Guests[network.Uuid] = [Tap];
        await _daemon.Driver.DestroyAsync(network, Token);
        await _daemon.Driver.UndefineAsync(network, Token);
        Assert.Empty(Directory.EnumerateFiles(_daemon.Paths.NetworkStates));
        Assert.Empty(_daemon.Conditions.Of(network.Uuid));
    }
}
