using VirtNet.Daemon.Tests.Fakes;
using VirtNet.Model;
using VirtNet.Model.Differences;
using VirtNet.Rpc.Driver;
using VirtNet.Services.Networks;

namespace VirtNet.Daemon.Tests.Networks;

/// <summary>A new definition for an active network: in force as a whole, or not at all.</summary>
public sealed class LiveRedefinitionTests : IAsyncDisposable
{
    private const string Before = """
        <network><name>lab</name><forward mode='nat'/><bridge name='virbr7' stp='on' delay='0'/>
          <ip address='10.7.0.1' prefix='24'><dhcp><range start='10.7.0.2' end='10.7.0.99'/></dhcp></ip>
          <ip family='ipv6' address='fd00:7::1' prefix='64'/>
        </network>
        """;

    /// <summary>Names neither UUID nor MAC nor bridge; everything else changes.</summary>
    private const string After = """
        <network><name>lab</name><forward mode='route'/><bridge stp='off'/><mtu size='1400'/><domain name='lab'/>
          <ip address='10.7.0.1' prefix='24'><dhcp><range start='10.7.0.2' end='10.7.0.50'/></dhcp></ip>
          <ip address='10.8.0.1' prefix='24'/>
          <route address='10.9.0.0' prefix='16' gateway='10.7.0.9'/>
        </network>
        """;

    private readonly TestDaemon _daemon = new();

    public ValueTask DisposeAsync() => _daemon.DisposeAsync();

    [Fact]
    public async Task All_that_can_change_changes_at_once()
    {
        _daemon.AddHook();
        NetworkRef network = await _daemon.StartAsync(Before);
        NetworkDefinition old = _daemon.Host.Held[network.Uuid];

        Redefinition done = await _daemon.RedefineAsync(After);

        Assert.True(done.Done);
        Assert.DoesNotContain(done.Items, item => item.Effect is ChangeEffect.NeedsRestart);
        Assert.Contains(new RedefinedItem("stp", "yes", "no", ChangeEffect.Applied), done.Items);
        Assert.Contains(done.Items, item => item.Item == "mtu" && item.Effect is ChangeEffect.NeedsLeaseRenewal);
        NetworkDefinition live = _daemon.Host.Held[network.Uuid];
        Assert.Equal(live, _daemon.Services.Served[network.Uuid]);
        Assert.Equal(
            (old.Uuid, old.Mac, "virbr7", ForwardMode.Route, 1400u),
            (live.Uuid, live.Mac, live.BridgeName, live.Forward.Mode, live.Mtu));
        string config = await File.ReadAllTextAsync(_daemon.ConfigOf(network), TestContext.Current.CancellationToken);
        Assert.Contains("<bridge name='virbr7' stp='off' delay='0'/>", config, StringComparison.Ordinal);
        Assert.Contains($"<mac address='{old.Mac}'/>", config, StringComparison.Ordinal);
        Assert.Equal([new NetworkEvent.Lifecycle(network, NetworkLifecycle.Defined)], _daemon.Events);
        Assert.Equal(["lab", "updated", "begin", "-"], Assert.Single(_daemon.Hooks).Arguments);
        Assert.Contains("<mtu size='1400'/>", _daemon.Hooks[0].Input, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Only_what_runs_changes_on_request()
    {
        NetworkRef network = await _daemon.StartAsync(Before);
        string config = await File.ReadAllTextAsync(_daemon.ConfigOf(network), TestContext.Current.CancellationToken);
        Assert.True((await _daemon.RedefineAsync(After, RedefineFlags.LiveOnly)).Done);
        Assert.Equal(1400u, _daemon.Host.Held[network.Uuid].Mtu);
        Assert.Equal(config, await File.ReadAllTextAsync(_daemon.ConfigOf(network), TestContext.Current.CancellationToken));
        Assert.Empty(_daemon.Events);
    }

    [Fact]
    public async Task Who_is_on_it_is_written_where_only_what_runs_gets_its_first_addresses()
    {
        NetworkRef network = await _daemon.StartAsync("<network><name>lab</name><bridge name='virbr7'/></network>");
        await _daemon.Driver.CreatePortAsync(
            network,
            "<networkport><uuid>1a2b3c4d-0000-4000-8000-000000000002</uuid><owner><name>guest</name><uuid>1a2b3c4d-0000-4000-8000-000000000001</uuid></owner>"
            + "<mac address='52:54:00:00:00:01'/></networkport>",
            0, TestContext.Current.CancellationToken);
        string map = Path.Combine(_daemon.Paths.StateDirectory, "virbr7.macs");
        Assert.False(File.Exists(map));
        Assert.True((await _daemon.RedefineAsync(Before, RedefineFlags.LiveOnly | RedefineFlags.Partial)).Done);
        Assert.True(File.Exists(map));
    }

    [Fact]
    public async Task Where_nobody_is_on_it_no_file_says_so()
    {
        await _daemon.StartAsync(Before);
        await _daemon.RedefineAsync(After);
        Assert.Empty(Directory.GetFiles(_daemon.Paths.StateDirectory, "*.macs"));
    }

    [Fact]
    public async Task A_transient_network_of_which_only_what_runs_changes_stays_transient()
    {
        NetworkRef network = await _daemon.StartAsync(Before, persistent: false);
        Assert.True((await _daemon.RedefineAsync(After, RedefineFlags.LiveOnly)).Done);
        Assert.False(await _daemon.Driver.IsPersistentAsync(network, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Guests_hear_of_the_end_of_IPv6_before_the_host_has_none()
    {
        await _daemon.StartAsync(Before);
        await _daemon.RedefineAsync(After);
        Assert.Equal([1, 2], _daemon.Services.Applied.Select(network => network.Ips.Count));
        Assert.All(_daemon.Services.Applied, network => Assert.DoesNotContain(network.Ips, ip => ip.IsIpv6));
    }

    [Fact]
    public async Task An_item_that_needs_a_restart_refuses_the_whole()
    {
        NetworkRef network = await _daemon.StartAsync(Before);
        string before = await _daemon.StateAsync(network);

        Redefinition refused = await _daemon.RedefineAsync(
            After.Replace("<bridge ", "<bridge name='virbr8' ", StringComparison.Ordinal));

        Assert.False(refused.Done);
        Assert.Equal(
            new RedefinedItem("bridge-name", "virbr7", "virbr8", ChangeEffect.NeedsRestart),
            Assert.Single(refused.Items, item => item.Effect is ChangeEffect.NeedsRestart));
        Assert.Equal(before, await _daemon.StateAsync(network));
        Assert.Empty(_daemon.Events);
    }

    [Fact]
    public async Task Part_of_it_may_wait_for_the_next_start()
    {
        NetworkRef network = await _daemon.StartAsync(Before);
        string after = After.Replace("<bridge ", "<bridge name='virbr8' ", StringComparison.Ordinal);

        Assert.True((await _daemon.RedefineAsync(after, RedefineFlags.Partial)).Done);

        Assert.Equal(("virbr7", 1400u), (_daemon.Host.Held[network.Uuid].BridgeName, _daemon.Host.Held[network.Uuid].Mtu));
        await _daemon.Driver.DestroyAsync(network, TestContext.Current.CancellationToken);
        await _daemon.Driver.StartAsync(network, TestContext.Current.CancellationToken);
        Assert.Equal("virbr8", _daemon.Host.Held[network.Uuid].BridgeName);
    }

    [Theory]
    [InlineData(RedefineFlags.DryRun)]
    [InlineData(RedefineFlags.DryRun | RedefineFlags.Partial)]
    public async Task A_dry_run_changes_nothing(RedefineFlags flags)
    {
        NetworkRef network = await _daemon.StartAsync(Before);
        string before = await _daemon.StateAsync(network);
        Redefinition shown = await _daemon.RedefineAsync(After, flags);
        Assert.False(shown.Done);
        Assert.NotEmpty(shown.Items);
        Assert.Equal(before, await _daemon.StateAsync(network));
        Assert.Empty(_daemon.Services.Applied);
    }

    [Theory]
    [InlineData("check")]
    [InlineData("host")]
    [InlineData("services")]
    [InlineData("files")]
    public async Task A_step_that_fails_leaves_everything_as_it_was(string step)
    {
        NetworkRef network = await _daemon.StartAsync(Before);
        Func<NetworkDefinition, string?> refuse = definition => definition.Mtu == 1400 ? "no" : null;
        switch (step)
        {
            case "check":
                _daemon.Host.RefuseChange = refuse;
                break;
            case "host":
                _daemon.Host.Refuse = refuse;
                break;
            case "services":
                _daemon.Services.Refuse = refuse;
                break;
            default:
                // A folder in its place cannot be written over.
                File.Delete(_daemon.ConfigOf(network));
                Directory.CreateDirectory(Path.Combine(_daemon.ConfigOf(network), "in the way"));
                break;
        }

        string before = await _daemon.StateAsync(network);
        await Assert.ThrowsAsync<VirtNetException>(() => _daemon.RedefineAsync(After));

        Assert.Equal(before, await _daemon.StateAsync(network));
        Assert.Empty(_daemon.Events);
    }

    [Fact]
    public async Task What_services_would_refuse_at_a_start_is_no_change_of_what_runs()
    {
        NetworkRef network = await _daemon.StartAsync(Before);
        VirtNetException refusal = VirtNetException.Internal("TFTP directory /none inaccessible");
        _daemon.Services.Verdict = definition => new ServiceVerdict([], definition.Mtu == 1400 ? refusal : null);
        string before = await _daemon.StateAsync(network);
        Assert.Equal(refusal.Message, (await Assert.ThrowsAsync<VirtNetException>(() => _daemon.RedefineAsync(After))).Message);
        Assert.Equal(before, await _daemon.StateAsync(network));

        // What was so before the change is not held against it.
        _daemon.Services.Verdict = _ => new ServiceVerdict([], refusal);
        await _daemon.RedefineAsync(After);
    }

    [Fact]
    public async Task A_transient_network_becomes_persistent_as_with_a_plain_define()
    {
        NetworkRef network = await _daemon.StartAsync(Before, persistent: false);
        await _daemon.RedefineAsync(After);
        Assert.True(await _daemon.Driver.IsPersistentAsync(network, TestContext.Current.CancellationToken));
        Assert.True(File.Exists(_daemon.ConfigOf(network)));
    }

    [Fact]
    public async Task What_does_not_run_cannot_be_changed_while_it_runs()
    {
        await _daemon.Driver.DefineAsync(Before, 0, TestContext.Current.CancellationToken);
        VirtNetException inactive = await Assert.ThrowsAsync<VirtNetException>(() => _daemon.RedefineAsync(After));
        Assert.Equal(
            (VirErrorCode.OperationInvalid, "Requested operation is not valid: network 'lab' is not active"),
            (inactive.Code, inactive.Message));
        VirtNetException unknown = await Assert.ThrowsAsync<VirtNetException>(
            () => _daemon.RedefineAsync(After.Replace("<name>lab", "<name>bal", StringComparison.Ordinal)));
        Assert.Equal(VirErrorCode.NoNetwork, unknown.Code);
    }

    [Fact]
    public async Task Another_identity_or_anothers_bridge_is_refused()
    {
        NetworkRef network = await _daemon.StartAsync(Before);
        await _daemon.Driver.DefineAsync(
            "<network><name>other</name><bridge name='virbr9'/></network>", 0, TestContext.Current.CancellationToken);
        string uuid = "<name>lab</name><uuid>11111111-2222-3333-4444-555555555555</uuid>";
        VirtNetException identity = await Assert.ThrowsAsync<VirtNetException>(
            () => _daemon.RedefineAsync(After.Replace("<name>lab</name>", uuid, StringComparison.Ordinal)));
        Assert.Equal($"operation failed: network 'lab' already exists with uuid {network.Uuid}", identity.Message);
        VirtNetException bridge = await Assert.ThrowsAsync<VirtNetException>(
            () => _daemon.RedefineAsync(After.Replace("<bridge ", "<bridge name='virbr9' ", StringComparison.Ordinal)));
        Assert.Equal("internal error: bridge name 'virbr9' already in use.", bridge.Message);
    }

    [Fact]
    public async Task A_guarantee_that_a_port_was_given_is_kept()
    {
        const string Limit = "<bandwidth><inbound average='1000' peak='2000'/></bandwidth><ip address='10.7.0.1'";
        NetworkRef network = await _daemon.StartAsync(
            Before.Replace("<ip address='10.7.0.1'", Limit, StringComparison.Ordinal));
        await _daemon.Driver.CreatePortAsync(
            network,
            """
            <networkport><uuid>33333333-2222-3333-4444-555555555555</uuid><owner><name>g</name><uuid>22222222-2222-3333-4444-555555555555</uuid></owner>
              <mac address='52:54:00:00:00:07'/><bandwidth><inbound average='100' floor='500'/></bandwidth>
            </networkport>
            """,
            0,
            TestContext.Current.CancellationToken);

        Redefinition refused = await _daemon.RedefineAsync(After);

        Assert.Equal("bandwidth", Assert.Single(refused.Items, item => item.Effect is ChangeEffect.NeedsRestart).Item);
        Assert.False(refused.Done);
    }
}
