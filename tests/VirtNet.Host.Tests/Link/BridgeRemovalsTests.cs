using System.Collections.Concurrent;
using Microsoft.Extensions.Time.Testing;
using VirtNet.Host.Link;

namespace VirtNet.Host.Tests.Link;

/// <summary>Who waits for whom, with a kernel that removes bridges when it is told to.</summary>
public sealed class BridgeRemovalsTests : IDisposable
{
    private readonly FakeTimeProvider _clock = new();
    private readonly BlockingCollection<IReadOnlyList<BridgeRemoval>> _begun = [];
    private readonly SemaphoreSlim _end = new(0);
    private readonly BridgeRemovals _removals;

    public BridgeRemovalsTests() => _removals = new BridgeRemovals(
        group =>
        {
            _begun.Add(group, Token);
            _end.Wait(Token);
            foreach (BridgeRemoval removal in group)
            {
                removal.Result.SetResult(removal.Index == Refused ? 1 : 0);
            }
        },
        _clock);

    private static int Refused => 13;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _removals.Dispose();
        _begun.Dispose();
        _end.Dispose();
    }

    [Fact]
    public async Task One_alone_goes_at_once()
    {
        using IDisposable turn = await _removals.EnterAsync(Id(1), Token);
        Task<int> removed = _removals.RemoveAsync(Id(1), 1);
        Assert.Equal([1], Next());
        Assert.Equal(0, await removed);
    }

    [Fact]
    public async Task Those_that_are_on_their_way_go_together_and_one_that_is_refused_fails_alone()
    {
        IDisposable[] turns = await Task.WhenAll(Enumerable.Range(11, 4).Select(i => _removals.EnterAsync(Id(i), Token)));
        Task<int>[] removed = [.. Enumerable.Range(11, 3).Select(i => _removals.RemoveAsync(Id(i), i))];
        Assert.Empty(_begun); // the fourth may still remove its bridge

        turns[3].Dispose();

        Assert.Equal([11, 12, 13], Next());
        int[] results = await Task.WhenAll(removed);
        Assert.Equal([0, 0, 1], results);
    }

    [Fact]
    public async Task No_more_than_a_few_go_together_and_nobody_asks_the_kernel_meanwhile()
    {
        Task<IDisposable>[] turns = [.. Enumerable.Range(1, 40).Select(i => _removals.EnterAsync(Id(i), Token))];
        List<Task<int>> removed = [];
        for (int i = 1; i <= BridgeRemovals.GroupLimit; i++)
        {
            await turns[i - 1];
            removed.Add(_removals.RemoveAsync(Id(i), i));
        }

        IReadOnlyList<BridgeRemoval> group = _begun.Take(Token);
        Assert.Equal(Enumerable.Range(1, 16), group.Select(removal => removal.Index));
        Task<IDisposable> late = _removals.EnterAsync(Id(99), Token);
        Assert.DoesNotContain(turns.Skip(16).Append(late), turn => turn.IsCompleted);

        _end.Release();
        await Task.WhenAll(removed);
        await Task.WhenAll(turns.Skip(16).Take(16));
        Assert.DoesNotContain(turns.Skip(32).Append(late), turn => turn.IsCompleted);
        foreach (Task<IDisposable> turn in turns)
        {
            (await turn).Dispose();
        }

        (await late).Dispose();
    }

    [Fact]
    public async Task One_that_hangs_is_not_waited_for_long()
    {
        IDisposable[] hanging = await Task.WhenAll(Enumerable.Range(1, 16).Select(i => _removals.EnterAsync(Id(i), Token)));
        Task<IDisposable> turn = _removals.EnterAsync(Id(20), Token);
        Assert.False(turn.IsCompleted);

        _clock.Advance(BridgeRemovals.Patience);
        await turn;
        IDisposable slow = await _removals.EnterAsync(Id(21), Token);
        Task<int> removed = _removals.RemoveAsync(Id(20), 20);
        Assert.Empty(_begun);
        _clock.Advance(BridgeRemovals.Patience);

        Assert.Equal([20], Next());
        await removed;
        Task<int> late = _removals.RemoveAsync(Id(1), 1);
        Assert.Equal([1], Next());
        await late;
        slow.Dispose();
        Assert.All(hanging, operation => operation.Dispose());
    }

    [Fact]
    public async Task One_that_does_not_want_its_turn_any_more_takes_nobodys_place()
    {
        using CancellationTokenSource cancelled = new();
        IDisposable[] inside = await Task.WhenAll(Enumerable.Range(1, 16).Select(i => _removals.EnterAsync(Id(i), Token)));
        Task<IDisposable> given = _removals.EnterAsync(Id(17), cancelled.Token);
        Task<IDisposable> next = _removals.EnterAsync(Id(18), Token);

        await cancelled.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => given);
        inside[0].Dispose();

        (await next).Dispose();
        Assert.All(inside, operation => operation.Dispose());
    }

    private int[] Next()
    {
        int[] group = [.. _begun.Take(Token).Select(removal => removal.Index)];
        _end.Release();
        return group;
    }

    private static Guid Id(int number) => new(number, 0, 0, new byte[8]);
}
