namespace VirtNet.Rpc.Server.Connections;

/// <summary>
/// How a connection is told to end: gently, by reading no further, or by dropping it. Callers hold locks and run on
/// timers' threads, so what the end sets off runs elsewhere.
/// </summary>
internal sealed class ConnectionEnd : IAsyncDisposable
{
    private readonly Lock _lock = new();
    private readonly CancellationTokenSource _reading = new();
    private readonly CancellationTokenSource _dropped = new();
    private Task _cancelling = Task.CompletedTask;
    private bool _disposed;

    /// <summary>Cancelled when no further call is to be read.</summary>
    public CancellationToken Reading => _reading.Token;

    /// <summary>Cancelled when nothing is to be sent and nothing but a change is worth finishing.</summary>
    public CancellationToken Dropped => _dropped.Token;

    /// <summary>Why the connection was dropped, if it was.</summary>
    public string? DropReason { get; private set; }

    public void StopReading()
    {
        lock (_lock)
        {
            if (!_disposed)
            {
                _cancelling = Task.WhenAll(_cancelling, _reading.CancelAsync());
            }
        }
    }

    /// <summary>The first reason counts.</summary>
    public void Drop(string reason)
    {
        lock (_lock)
        {
            if (!_disposed && DropReason is null)
            {
                DropReason = reason;
                _cancelling = Task.WhenAll(_cancelling, _dropped.CancelAsync(), _reading.CancelAsync());
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        lock (_lock)
        {
            _disposed = true;
        }

        await _cancelling;
        _reading.Dispose();
        _dropped.Dispose();
    }
}
