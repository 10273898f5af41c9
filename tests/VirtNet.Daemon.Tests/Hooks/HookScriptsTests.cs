using VirtNet.Daemon.Hooks;
using VirtNet.Daemon.Tests.Fakes;
using VirtNet.Host;
using VirtNet.Model;
using VirtNet.Rpc.Driver;

namespace VirtNet.Daemon.Tests.Hooks;

/// <summary>A hook that hangs costs its own operation, and leaves nothing half done.</summary>
public sealed class HookScriptsTests : IAsyncDisposable
{
    private const string Lab = """
        <network><name>lab</name><bridge name='virbr7'/><ip address='10.7.0.1' prefix='24'/></network>
        """;

    private readonly TestDaemon _daemon = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public HookScriptsTests() => _daemon.AddHook();

    public ValueTask DisposeAsync() => _daemon.DisposeAsync();

    [Fact]
    public async Task A_script_has_half_a_minute_and_is_killed_with_all_that_it_started()
    {
        await _daemon.Driver.CreateAsync(Lab, 0, Token);
        Assert.Equal([["start", "begin"], ["started", "begin"]], _daemon.Hooks.Select(hook => hook.Arguments.Skip(1).Take(2)));
        Assert.All(_daemon.Hooks, hook => Assert.Equal((TimeSpan.FromSeconds(30), true), (hook.TimeLimit, hook.WithDescendants)));
    }

    [Theory]
    [InlineData("start")]
    [InlineData("started")]
    public async Task A_start_whose_hook_hangs_fails_and_leaves_nothing(string operation)
    {
        NetworkRef network = await _daemon.Driver.DefineAsync(Lab, 0, Token);
        TimeOut(operation);

        VirtNetException failed =
            await Assert.ThrowsAsync<VirtNetException>(() => _daemon.Driver.StartAsync(network, Token));

        Assert.Equal((VirErrorCode.HookScriptFailed, VirErrorDomain.Hook), (failed.Code, failed.Domain));
        Assert.EndsWith("did not end within 30 s and was killed", failed.Message, StringComparison.Ordinal);
        Assert.False(await _daemon.Driver.IsActiveAsync(network, Token));
        Assert.Empty(_daemon.Host.Held);
        Assert.Empty(_daemon.Services.Served);
        Assert.Empty(Directory.EnumerateFileSystemEntries(_daemon.Paths.NetworkStates));
        Assert.DoesNotContain(_daemon.Events, e => e is NetworkEvent.Lifecycle { Change: NetworkLifecycle.Started });

        _daemon.Hook = (_, _) => Task.CompletedTask;
        await _daemon.Driver.StartAsync(network, Token);
    }

    [Fact]
    public async Task A_stop_whose_hook_hangs_is_a_stop()
    {
        NetworkRef network = await _daemon.StartAsync(Lab);
        TimeOut("stopped");
        await _daemon.Driver.DestroyAsync(network, Token);
        Assert.Empty(_daemon.Host.Held);
        Assert.False(await _daemon.Driver.IsActiveAsync(network, Token));
    }

    [Fact]
    public async Task A_port_whose_hook_hangs_is_refused_and_forgotten()
    {
        NetworkRef network = await _daemon.StartAsync(Lab);
        TimeOut("port-created");
        VirtNetException failed = await Assert.ThrowsAsync<VirtNetException>(
            () => _daemon.Driver.CreatePortAsync(network, TestPorts.Xml(), 0, Token));
        Assert.Equal(VirErrorCode.HookScriptFailed, failed.Code);
        Assert.Empty(await _daemon.Driver.ListPortsAsync(network, 0, Token));
        Assert.DoesNotContain(
            Directory.EnumerateFiles(_daemon.Paths.NetworkStates, "*", SearchOption.AllDirectories),
            file => file.Contains(".ports", StringComparison.Ordinal));
    }

    [Fact(Timeout = 60_000)]
    public async Task When_the_daemon_stops_scripts_have_two_seconds_and_no_others_start()
    {
        NetworkRef network = await _daemon.StartAsync(Lab);
        TaskCompletionSource began = new();
        _daemon.Hook = async (_, cancelled) =>
        {
            began.SetResult();
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancelled);
        };
        Task destroying = _daemon.Driver.DestroyAsync(network, Token);
        await began.Task.WaitAsync(Token);

        _daemon.HookScripts.EndSoon();
        _daemon.Clock.Advance(HookScripts.StopLimit - TimeSpan.FromTicks(1));
        Assert.False(destroying.IsCompleted);
        _daemon.Clock.Advance(TimeSpan.FromTicks(1));
        await destroying.WaitAsync(TimeSpan.FromSeconds(20), Token);
        Assert.Empty(_daemon.Host.Held);

        _daemon.Hook = (_, cancelled) => Task.FromCanceled(cancelled); // as whoever starts programs does
        VirtNetException failed =
            await Assert.ThrowsAsync<VirtNetException>(() => _daemon.Driver.StartAsync(network, Token));
        Assert.EndsWith("was ended because the daemon stops", failed.Message, StringComparison.Ordinal);
        Assert.Empty(_daemon.Host.Held);
    }

    [Fact]
    public async Task Where_it_cannot_be_seen_which_there_are_networks_do_not_start_and_what_runs_goes_on()
    {
        NetworkRef network = await _daemon.StartAsync(Lab);
        string folder = Directory.CreateDirectory(Path.Combine(_daemon.Paths.Hooks, "network.d")).FullName;
        const UnixFileMode Mine = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
        File.SetUnixFileMode(folder, Mine);
        File.SetUnixFileMode(_daemon.Paths.ConfigDirectory, Mine | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute);
        _daemon.HookScripts.Reload();
        NetworkDefinition live = _daemon.Network(network).Snapshot.Live!;
        bool any = false;
        VirtNetException? refused = null;
        ThreadUser.RunAsNobody(() =>
        {
            any = _daemon.HookScripts.Any;
            refused = Assert.Throws<VirtNetException>(() => _daemon.HookScripts.RunAsync(NetworkHook.Start, live).GetAwaiter().GetResult());
        });

        Assert.True(any);
        Assert.Equal((VirErrorCode.HookScriptFailed, VirErrorDomain.Hook), (refused!.Code, refused.Domain));
        Assert.EndsWith($"cannot list the scripts in {_daemon.Paths.Hooks}", refused.Message, StringComparison.Ordinal);
        Assert.StartsWith("networks do not start: ", Assert.Single(_daemon.Conditions.Of(null)).Text, StringComparison.Ordinal);

        Assert.True(await _daemon.HookScripts.RunAsync(NetworkHook.Start, live)); // it is looked again
        Assert.Empty(_daemon.Conditions.Of(null));
    }

    private void TimeOut(string operation) => _daemon.Hook = (command, _) => command.Arguments[1] == operation
        ? Task.FromException(new HostCommandException(
            command, HostCommandException.TimedOut, $"did not end within {command.TimeLimit.TotalSeconds} s and was killed"))
        : Task.CompletedTask;
}
