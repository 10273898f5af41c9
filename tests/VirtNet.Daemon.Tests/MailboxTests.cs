using Microsoft.Extensions.Time.Testing;
using VirtNet.Daemon.Networks;

namespace VirtNet.Daemon.Tests;

public class MailboxTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Operations_run_one_after_another_in_the_order_of_posting()
    {
        await using Mailbox mailbox = new();
        List<int> order = [];
        TaskCompletionSource gate = new();
        Task first = mailbox.InvokeAsync(
            async () =>
            {
                await gate.Task;
                order.Add(1);
            },
            Cancellation);
        Task second = mailbox.InvokeAsync(
            () =>
            {
                order.Add(2);
                return Task.CompletedTask;
            },
            Cancellation);

        Assert.False(second.IsCompleted);
        gate.SetResult();
        await Task.WhenAll(first, second);

        Assert.Equal([1, 2], order);
    }

    [Fact]
    public async Task A_failure_belongs_to_whoever_posted_the_operation()
    {
        await using Mailbox mailbox = new();
        await Assert.ThrowsAsync<InvalidDataException>(
            () => mailbox.InvokeAsync(() => throw new InvalidDataException(), Cancellation));
        Assert.Equal(7, await mailbox.InvokeAsync(() => Task.FromResult(7), Cancellation));
    }

    [Fact]
    public async Task Cancelling_takes_back_an_operation_that_waits()
    {
        await using Mailbox mailbox = new();
        TaskCompletionSource gate = new();
        Task busy = mailbox.InvokeAsync(() => gate.Task, Cancellation);
        using CancellationTokenSource cancelled = new();
        bool ran = false;
        Task waiting = mailbox.InvokeAsync(
            () =>
            {
                ran = true;
                return Task.CompletedTask;
            },
            cancelled.Token);

        await cancelled.CancelAsync();
        gate.SetResult();

        await busy;
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
        Assert.False(ran);
    }

    [Fact]
    public async Task A_closed_mailbox_takes_nothing_more()
    {
        await using Mailbox mailbox = new();
        mailbox.Close();
        await Assert.ThrowsAsync<ObjectDisposedException>(
            () => mailbox.InvokeAsync(() => Task.CompletedTask, Cancellation));
    }

    [Fact]
    public async Task How_long_an_operation_has_been_running_can_be_seen_from_outside()
    {
        FakeTimeProvider clock = new();
        await using Mailbox mailbox = new(clock);
        Assert.Equal(TimeSpan.Zero, mailbox.BusyFor);
        TaskCompletionSource begun = new();
        TaskCompletionSource gate = new();
        Task operation = mailbox.InvokeAsync(
            () =>
            {
                begun.SetResult();
                return gate.Task;
            },
            TestContext.Current.CancellationToken);
        await begun.Task;

        clock.Advance(TimeSpan.FromMinutes(6));

        Assert.Equal(TimeSpan.FromMinutes(6), mailbox.BusyFor);
        gate.SetResult();
        await operation;
        await mailbox.InvokeAsync(() => Task.CompletedTask, TestContext.Current.CancellationToken);
        Assert.True(mailbox.BusyFor < TimeSpan.FromMinutes(6));
    }
}
