using VirtNet.Daemon.Networks;

namespace VirtNet.Daemon.Tests.Networks;

public sealed class TurnQueueTests
{
    private readonly TurnQueue _queue = new(atOnce: 2);
    private readonly List<string> _begun = [];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_few_run_at_a_time_in_the_order_in_which_they_came()
    {
        Operation[] all = [.. "abcd".Select(name => Begin($"{name}"))];
        Assert.Equal(["a", "b"], _begun);

        await EndAsync(all[1]);
        await all[2].Begun;
        Assert.Equal(["a", "b", "c"], _begun);

        await EndAsync(all[0]);
        await all[3].Begun;
        await EndAsync(all[2]);
        await EndAsync(all[3]);
    }

    [Fact]
    public async Task One_that_is_hurried_runs_beside_the_few_and_takes_nobodys_place()
    {
        Operation[] all = [.. "abcd".Select(name => Begin($"{name}"))];

        all[3].Turn.Hurry();
        await all[3].Begun;
        Assert.Equal(["a", "b", "d"], _begun);

        await EndAsync(all[3]);
        Assert.Equal(["a", "b", "d"], _begun);
        await EndAsync(all[0]);
        await all[2].Begun;
        await EndAsync(all[1]);
        await EndAsync(all[2]);
    }

    [Fact]
    public async Task One_that_is_cancelled_or_fails_keeps_no_other_waiting()
    {
        using CancellationTokenSource cancelled = new();
        Operation first = Begin("a");
        Operation second = Begin("b");
        Operation third = Begin("c", cancelled.Token);
        Operation fourth = Begin("d");

        await cancelled.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => third.Ended);
        first.End.SetException(new IOException("no"));
        await Assert.ThrowsAsync<IOException>(() => first.Ended);

        await fourth.Begun;
        Assert.Equal(["a", "b", "d"], _begun);
        await EndAsync(second);
        await EndAsync(fourth);
    }

    private static async Task EndAsync(Operation operation)
    {
        operation.End.SetResult();
        await operation.Ended;
    }

    private Operation Begin(string name, CancellationToken? cancellationToken = null)
    {
        Turn turn = new();
        TaskCompletionSource begun = new();
        TaskCompletionSource end = new();
        Task ended = _queue.RunAsync(
            turn,
            () =>
            {
                _begun.Add(name);
                begun.SetResult();
                return end.Task;
            },
            cancellationToken ?? Token);
        return new Operation(turn, begun.Task, end, ended);
    }

    private sealed record Operation(Turn Turn, Task Begun, TaskCompletionSource End, Task Ended);
}
