using Microsoft.Extensions.Time.Testing;
using VirtNet.Rpc.Transport;

namespace VirtNet.Rpc.Tests.Transport;

public sealed class LargePacketBudgetTests
{
    private readonly FakeTimeProvider _clock = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Who_does_not_fit_waits_its_turn_even_if_a_smaller_one_would_fit()
    {
        LargePacketBudget budget = new(100, _clock);
        LargePacketBudget.Reservation first = await budget.AcquireAsync(80, Token);
        Task<LargePacketBudget.Reservation> second = budget.AcquireAsync(50, Token).AsTask();
        Task<LargePacketBudget.Reservation> third = budget.AcquireAsync(10, Token).AsTask();
        Assert.False(second.IsCompleted);
        Assert.False(third.IsCompleted);
        first.Dispose();
        (await second).Dispose();
        (await third).Dispose();
        (await budget.AcquireAsync(100, Token)).Dispose();
    }

    [Fact]
    public async Task Who_gives_up_waiting_makes_way()
    {
        LargePacketBudget budget = new(100, _clock);
        LargePacketBudget.Reservation first = await budget.AcquireAsync(80, Token);
        using CancellationTokenSource impatience = new();
        Task<LargePacketBudget.Reservation> second = budget.AcquireAsync(50, impatience.Token).AsTask();
        Task<LargePacketBudget.Reservation> third = budget.AcquireAsync(10, Token).AsTask();
        await impatience.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => second);
        (await third).Dispose();
        first.Dispose();
        (await budget.AcquireAsync(100, Token)).Dispose();
    }

    [Fact]
    public async Task A_reservation_has_its_time()
    {
        LargePacketBudget budget = new(100, _clock);
        using LargePacketBudget.Reservation reservation = await budget.AcquireAsync(80, Token);
        Assert.False(reservation.Token.IsCancellationRequested);
        _clock.Advance(LargePacketBudget.Deadline);
        Assert.True(reservation.Token.IsCancellationRequested);
    }
}
