using VirtNet.Wire.Xdr;

namespace VirtNet.Rpc.Transport;

/// <summary>
/// Bounds the memory that all connections of a server together spend on the packets that they receive. Packets of
/// ordinary size are free. A larger one waits here for its turn, first come first served, must then arrive within
/// <see cref="Deadline"/>, so that nobody can keep the memory by sending half a packet, and gives the memory back when
/// the next packet of its connection is read.
/// </summary>
internal sealed class LargePacketBudget(long capacity, TimeProvider timeProvider)
{
    /// <summary>Packets up to this size take nothing from the budget.</summary>
    public const int FreeSize = PacketBuffers.MaxPooled;

    public static readonly TimeSpan Deadline = TimeSpan.FromSeconds(10);

    private readonly Lock _lock = new();
    private readonly LinkedList<Waiter> _waiters = new();
    private long _available = capacity;

    /// <exception cref="OperationCanceledException">The caller gave up waiting.</exception>
    public async ValueTask<Reservation> AcquireAsync(int size, CancellationToken cancellationToken)
    {
        Waiter waiter = new(size);
        lock (_lock)
        {
            _waiters.AddLast(waiter);
            AdmitWaiters();
        }

        await using (cancellationToken.Register(() => Abandon(waiter, cancellationToken)))
        {
            await waiter.Turn.Task;
        }

        return new Reservation(this, size, timeProvider, cancellationToken);
    }

    private void Release(int size)
    {
        lock (_lock)
        {
            _available += size;
            AdmitWaiters();
        }
    }

    private void AdmitWaiters()
    {
        while (_waiters.First is { Value: Waiter next } && next.Size <= _available)
        {
            _waiters.RemoveFirst();
            _available -= next.Size;
            next.Turn.SetResult();
        }
    }

    private void Abandon(Waiter waiter, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            if (_waiters.Remove(waiter)) // else its turn had come just before
            {
                waiter.Turn.SetCanceled(cancellationToken);
                AdmitWaiters();
            }
        }
    }

    private sealed record Waiter(int Size)
    {
        public TaskCompletionSource Turn { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    /// <summary>Memory for one packet, given back by disposing.</summary>
    internal sealed class Reservation : IDisposable
    {
        private readonly LargePacketBudget _budget;
        private readonly int _size;
        private readonly CancellationTokenSource _timer;
        private readonly CancellationTokenSource _linked;

        public Reservation(
            LargePacketBudget budget, int size, TimeProvider timeProvider, CancellationToken cancellationToken)
        {
            _budget = budget;
            _size = size;
            _timer = new CancellationTokenSource(Deadline, timeProvider);
            _linked = CancellationTokenSource.CreateLinkedTokenSource(_timer.Token, cancellationToken);
        }

        /// <summary>Cancelled when the time for the packet is over, or by the caller of AcquireAsync.</summary>
        public CancellationToken Token => _linked.Token;

        public void Dispose()
        {
            _linked.Dispose();
            _timer.Dispose();
            _budget.Release(_size);
        }
    }
}
