namespace VirtNet.Host.Nft;

/// <summary>
/// Group commit: changes that come while another is under way wait, and go together. Where they are refused together, each is tried
/// alone, so that one that cannot be fails alone, with its own error.
/// </summary>
/// <param name="together">Makes as many as can go together, and returns the others; all of these or none.</param>
/// <param name="alone">Makes one.</param>
internal sealed class NftCommits<T>(NftTurns turns, Func<IReadOnlyList<T>, Task<IReadOnlyList<T>>> together, Func<T, Task> alone)
    where T : class
{
    private readonly Lock _gate = new();
    private Dictionary<T, TaskCompletionSource>? _open;

    /// <summary>Ends when the change is made. It cannot be taken back: others may go with it.</summary>
    /// <exception cref="Model.VirtNetException">nftables refuses it, or the kernel does not answer.</exception>
    public Task CommitAsync(T change)
    {
        TaskCompletionSource done = new(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_gate)
        {
            if (_open is { } open)
            {
                open.Add(change, done);
                return done.Task;
            }

            _open = new(ReferenceEqualityComparer.Instance) { [change] = done };
        }

        return LeadAsync(done.Task);
    }

    private async Task LeadAsync(Task own)
    {
        try
        {
            await turns.ChangeAsync(
                async () =>
                {
                    await Task.Yield(); // transactions never wait: let those come in who come at the same time
                    await MakeAsync(Close());
                },
                CancellationToken.None);
        }
        catch (Exception e)
        {
            foreach (TaskCompletionSource done in Close().Values) // no turn comes any more
            {
                done.TrySetException(e);
            }
        }

        await own;
    }

    /// <summary>Whoever comes from here on waits for the next.</summary>
    private Dictionary<T, TaskCompletionSource> Close()
    {
        lock (_gate)
        {
            Dictionary<T, TaskCompletionSource> group = _open ?? [];
            _open = null;
            return group;
        }
    }

    private async Task MakeAsync(Dictionary<T, TaskCompletionSource> group)
    {
        IReadOnlyList<T> left = [.. group.Keys];
        while (left.Count > 1)
        {
            IReadOnlyList<T> others;
            try
            {
                others = await together(left);
            }
            catch (Exception)
            {
                break; // whose fault it is shows then
            }

            foreach (T made in left.Except(others, ReferenceEqualityComparer.Instance).Cast<T>())
            {
                group[made].SetResult();
            }

            left = others;
        }

        foreach (T change in left)
        {
            try
            {
                await alone(change);
                group[change].SetResult();
            }
            catch (Exception e)
            {
                group[change].SetException(NftTurns.Told(e));
            }
        }
    }
}
