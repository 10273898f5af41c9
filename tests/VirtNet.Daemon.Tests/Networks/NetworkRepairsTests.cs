using VirtNet.Daemon.Networks;
using VirtNet.Daemon.Tests.Fakes;
using VirtNet.Rpc.Driver;

namespace VirtNet.Daemon.Tests.Networks;

public sealed class NetworkRepairsTests : IAsyncDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);
    private readonly TestDaemon _daemon = new();
    private readonly NetworkRepairs _repairs;

    public NetworkRepairsTests() => _repairs = new NetworkRepairs(_daemon.Registry);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public ValueTask DisposeAsync() => _daemon.DisposeAsync();

    [Fact(Timeout = 60_000)]
    public async Task A_network_that_hangs_holds_up_no_other()
    {
        NetworkRef stuck = await _daemon.StartAsync(Xml("stuck", 1));
        NetworkRef other = await _daemon.StartAsync(Xml("other", 2));
        TaskCompletionSource release = new(TaskCreationOptions.RunContinuationsAsynchronously);
        _daemon.Host.Delay = network => network.Name == "stuck" ? release.Task : Task.CompletedTask;
        _daemon.Host.Ends.Clear();

        _repairs.Begin(stuck.Uuid, Token);
        _repairs.Begin(other.Uuid, Token);

        await UntilAsync(() => _daemon.Host.Ends.SequenceEqual(["other"]));
        release.SetResult();
        await _repairs.EndedAsync().WaitAsync(Limit, Token);
        Assert.Equal(["other", "stuck"], _daemon.Host.Ends);
    }

    [Fact(Timeout = 60_000)]
    public async Task Of_one_network_one_repair_runs_and_at_most_one_waits_however_often_it_drifts()
    {
        NetworkRef network = await _daemon.StartAsync(Xml("lab", 1));
        TaskCompletionSource release = new(TaskCreationOptions.RunContinuationsAsynchronously);
        int running = 0;
        int most = 0;
        _daemon.Host.Delay = async _ =>
        {
            most = Math.Max(most, Interlocked.Increment(ref running));
            await release.Task;
            Interlocked.Decrement(ref running);
        };
        _daemon.Host.Ends.Clear();
        _repairs.Begin(network.Uuid, Token);
        await UntilAsync(() => Volatile.Read(ref running) == 1);
        for (int i = 0; i < 1000; i++)
        {
            _repairs.Begin(network.Uuid, Token);
        }

        release.SetResult();
        await _repairs.EndedAsync().WaitAsync(Limit, Token);
        Assert.Equal((2, 1), (_daemon.Host.Ends.Count, most));
    }

    [Fact(Timeout = 60_000)]
    public async Task Networks_that_are_gone_and_a_daemon_that_stops_are_no_failures()
    {
        await _daemon.StartAsync(Xml("lab", 1));
        _repairs.Begin(Guid.NewGuid(), Token);
        _repairs.BeginAll(new CancellationToken(canceled: true));
        await _repairs.EndedAsync().WaitAsync(Limit, Token);
    }

    private static string Xml(string name, int subnet) => $"""
        <network><name>{name}</name><bridge name='virbr{subnet}'/><ip address='10.7.{subnet}.1' prefix='24'/></network>
        """;

    private static async Task UntilAsync(Func<bool> condition)
    {
        using CancellationTokenSource limit = new(Limit);
        while (!condition())
        {
            Assert.False(limit.IsCancellationRequested, "it did not happen");
            await Task.Yield();
        }
    }
}
