using System.Threading.Channels;

namespace VirtNet.Daemon.Networks;

/// <summary>Runs operations one after another, in the order in which they were posted.</summary>
internal sealed class Mailbox : IAsyncDisposable
{
    private readonly Channel<Func<Task>> _operations =
        Channel.CreateUnbounded<Func<Task>>(new UnboundedChannelOptions { SingleReader = true });

    private readonly Task _loop;
    private readonly TimeProvider _clock;
    private long _busySince; // 0 = idle

    public Mailbox(TimeProvider? clock = null)
    {
        _clock = clock ?? TimeProvider.System;
        _loop = Task.Run(RunAsync);
    }

    /// <summary>How long the operation of this moment has been running; zero when there is none.</summary>
    public TimeSpan BusyFor =>
        Volatile.Read(ref _busySince) is not 0 and long since ? _clock.GetElapsedTime(since) : TimeSpan.Zero;

    /// <summary>Cancelling takes back an operation that waits; one that has begun ends or undoes itself.</summary>
    /// <exception cref="ObjectDisposedException">The mailbox was closed.</exception>
    public Task<T> InvokeAsync<T>(Func<Task<T>> operation, CancellationToken cancellationToken)
    {
        TaskCompletionSource<T> reply = new(TaskCreationOptions.RunContinuationsAsynchronously);
        bool queued = _operations.Writer.TryWrite(async () =>
        {
            try
            {
                cancellationToken.ThrowIfCancellationRequested();
                reply.SetResult(await operation());
            }
            catch (OperationCanceledException e)
            {
                reply.SetCanceled(e.CancellationToken);
            }
#pragma warning disable CA1031 // whatever the operation throws belongs to whoever posted it
            catch (Exception e)
#pragma warning restore CA1031
            {
                reply.SetException(e);
            }
        });
        return queued ? reply.Task : throw new ObjectDisposedException(nameof(Mailbox));
    }

    public Task InvokeAsync(Func<Task> operation, CancellationToken cancellationToken) =>
        InvokeAsync(
            async () =>
            {
                await operation();
                return true;
            },
            cancellationToken);

    /// <summary>Takes no more operations; what is queued still runs. May be called from an operation.</summary>
    public void Close() => _operations.Writer.TryComplete();

    public async ValueTask DisposeAsync()
    {
        Close();
        await _loop;
    }

    private async Task RunAsync()
    {
        await foreach (Func<Task> operation in _operations.Reader.ReadAllAsync())
        {
            Volatile.Write(ref _busySince, Math.Max(1, _clock.GetTimestamp()));
            await operation();
            Volatile.Write(ref _busySince, 0);
        }
    }
}
