namespace VirtNet.Host.Link;

/// <summary>
/// When bridges are removed. Meanwhile the kernel holds the lock of the host's whole network configuration: 16 ms for each
/// bridge, and as long again for each request. So bridges that go at the same time go in one request, but only a few, since
/// everybody else on the host waits; and operations of virtnet's own wait here, not in the kernel. Thread-safe.
/// </summary>
/// <param name="remove">Removes some together, and tells each its result; takes long, and has a thread of its own for that.</param>
internal sealed class BridgeRemovals(Action<IReadOnlyList<BridgeRemoval>> remove, TimeProvider time) : IDisposable
{
    /// <summary>So many cost 3 % more than all at once, and hold others up for a third of a second.</summary>
    public const int GroupLimit = 16;

    /// <summary>For so long a removal waits for operations that began before it: one that takes longer waits for something else.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(250);

    private readonly Lock _gate = new();
    private readonly Queue<Operation> _outside = [];
    private readonly Dictionary<Guid, Operation> _inside = [];
    private readonly Queue<BridgeRemoval> _ready = [];
    private bool _removing;
    private bool _waited;
    private ITimer? _patience;

    /// <summary>
    /// Lets an operation on a network ask the kernel and change it: a few at a time, and none while bridges are being removed.
    /// Others wait for it until it is disposed of, or removes its bridge.
    /// </summary>
    public async Task<IDisposable> EnterAsync(Guid network, CancellationToken cancellationToken)
    {
        Operation operation = new(this, network);
        lock (_gate)
        {
            _outside.Enqueue(operation);
            Advance();
        }

        try
        {
            await operation.Turn.Task.WaitAsync(cancellationToken);
            return operation;
        }
        catch
        {
            operation.Dispose();
            throw;
        }
    }

    /// <returns>0, or the kernel's error.</returns>
    public Task<int> RemoveAsync(Guid owner, int index)
    {
        BridgeRemoval removal = new(owner, index);
        lock (_gate)
        {
            _inside.Remove(owner);
            _ready.Enqueue(removal);
            Advance();
        }

        return removal.Result.Task;
    }

    public void Dispose() => _patience?.Dispose();

    private void Leave(Operation operation)
    {
        lock (_gate)
        {
            operation.Turn.TrySetCanceled(); // if it never came in
            if (_inside.GetValueOrDefault(operation.Network) == operation)
            {
                _inside.Remove(operation.Network);
            }

            Advance();
        }
    }

    private void LosePatience()
    {
        lock (_gate)
        {
            if (_waited)
            {
                _waited = false;
                _inside.Clear();
                Advance();
            }
        }
    }

    /// <summary>Under the lock.</summary>
    private void Advance()
    {
        if (_removing)
        {
            return;
        }

        if (_ready.Count >= GroupLimit || (_ready.Count > 0 && _inside.Count == 0))
        {
            _removing = true;
            Task.Factory.StartNew(
                Remove, CancellationToken.None, TaskCreationOptions.LongRunning | TaskCreationOptions.DenyChildAttach, TaskScheduler.Default);
        }
        else
        {
            // Who removes a bridge waits for those that began before it, and for no others.
            while (_ready.Count == 0 && _inside.Count < GroupLimit && _outside.TryDequeue(out Operation? next))
            {
                if (next.Turn.TrySetResult())
                {
                    _inside[next.Network] = next;
                }
            }
        }

        WaitFor(!_removing && _inside.Count > 0 && (_ready.Count > 0 || _outside.Count > 0));
    }

    /// <param name="waited">Whether anybody waits for those that are inside.</param>
    private void WaitFor(bool waited)
    {
        if (waited != _waited)
        {
            _waited = waited;
            _patience ??= time.CreateTimer(_ => LosePatience(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
            _patience.Change(waited ? Patience : Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        }
    }

    private void Remove()
    {
        BridgeRemoval[] group;
        lock (_gate)
        {
            group = [.. Enumerable.Range(0, Math.Min(_ready.Count, GroupLimit)).Select(_ => _ready.Dequeue())];
        }

        remove(group);
        lock (_gate)
        {
            _removing = false;
            Advance();
        }
    }

    private sealed class Operation(BridgeRemovals removals, Guid network) : IDisposable
    {
        public Guid Network { get; } = network;

        public TaskCompletionSource Turn { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public void Dispose() => removals.Leave(this);
    }
}

/// <summary>A bridge that is to be removed, if it is still this network's.</summary>
internal sealed record BridgeRemoval(Guid Owner, int Index)
{
    /// <summary>0, or the kernel's error.</summary>
    public TaskCompletionSource<int> Result { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
}
