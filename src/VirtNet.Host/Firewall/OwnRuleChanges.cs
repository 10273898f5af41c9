namespace VirtNet.Host.Firewall;

/// <summary>Tells announcements about rules that virtnet itself is changing from those about changes by others.</summary>
internal sealed class OwnRuleChanges(TimeProvider time)
{
    /// <summary>An announcement is heard a little after its cause.</summary>
    private static readonly TimeSpan Echo = TimeSpan.FromMilliseconds(20);

    private readonly Lock _gate = new();
    private int _running;
    private DateTimeOffset _last = DateTimeOffset.MinValue;

    /// <summary>Whether an announcement heard now may well be about a change of our own.</summary>
    public bool Likely
    {
        get
        {
            lock (_gate)
            {
                return _running > 0 || time.GetUtcNow() - _last < Echo;
            }
        }
    }

    public async Task RunAsync(Func<Task> change)
    {
        lock (_gate)
        {
            _running++;
        }

        try
        {
            await change();
        }
        finally
        {
            lock (_gate)
            {
                _running--;
                _last = time.GetUtcNow();
            }
        }
    }
}
