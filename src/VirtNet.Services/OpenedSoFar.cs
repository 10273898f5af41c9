namespace VirtNet.Services;

/// <summary>What a constructor has opened so far: closed again, the last first, unless the constructor gets to its end.</summary>
internal sealed class OpenedSoFar : IDisposable
{
    private readonly Stack<Action> _undo = [];

    public T Add<T>(T opened)
        where T : IDisposable
    {
        _undo.Push(opened.Dispose);
        return opened;
    }

    /// <summary>The same for what ends on a thread of its own, which is waited for.</summary>
    public T AddAsync<T>(T opened)
        where T : IAsyncDisposable
    {
        _undo.Push(() => opened.DisposeAsync().AsTask().GetAwaiter().GetResult());
        return opened;
    }

    /// <summary>All is open: it stays so.</summary>
    public void Keep() => _undo.Clear();

    public void Dispose()
    {
        while (_undo.TryPop(out Action? undo))
        {
            undo();
        }
    }
}
