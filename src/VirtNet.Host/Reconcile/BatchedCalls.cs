namespace VirtNet.Host.Reconcile;

/// <summary>
/// Lets many callers share one expensive read: those that arrive while a round runs wait for the next, which serves them
/// all. Nobody is ever given an answer from before his question.
/// </summary>
internal sealed class BatchedCalls<TRequest, TResult>(Func<IReadOnlyList<TRequest>, Task<TResult>> round) : IDisposable
{
    private readonly Lock _gate = new();
    private readonly SemaphoreSlim _turn = new(1, 1);
    private Batch? _open;

    public async Task<TResult> RunAsync(TRequest request, CancellationToken cancellationToken)
    {
        Batch batch;
        lock (_gate)
        {
            batch = _open ??= new Batch();
            batch.Requests.Add(request);
        }

        await _turn.WaitAsync(cancellationToken);
        try
        {
            if (batch.Result is null)
            {
                await Task.Yield(); // rounds may run without ever waiting: let those come in who ask at the same time
                lock (_gate)
                {
                    _open = null; // whoever comes from here on waits for the next round
                }

                batch.Result = round(batch.Requests);
                await batch.Result;
            }
        }
        finally
        {
            _turn.Release();
        }

        return await batch.Result;
    }

    public void Dispose() => _turn.Dispose();

    private sealed class Batch
    {
        public List<TRequest> Requests { get; } = [];

        public Task<TResult>? Result { get; set; }
    }
}
