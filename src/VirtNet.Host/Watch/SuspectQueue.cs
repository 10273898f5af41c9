namespace VirtNet.Host.Watch;

/// <summary>
/// Which networks to look at, and when: a moment after the first hint, so that what one command breaks is put back in one
/// go. Knows no clock of its own; not thread-safe.
/// </summary>
internal sealed class SuspectQueue
{
    /// <summary>After somebody else's change.</summary>
    public static readonly TimeSpan Prompt = TimeSpan.FromMilliseconds(50);

    /// <summary>After changes of our own, once they have ended: somebody may have changed something at the same time.</summary>
    public static readonly TimeSpan Calm = TimeSpan.FromMilliseconds(300);

    /// <summary>However long changes of our own go on.</summary>
    public static readonly TimeSpan CalmLimit = TimeSpan.FromSeconds(2);

    private readonly Dictionary<Guid, Entry> _entries = [];

    public DateTimeOffset? NextDue => _entries.Count == 0 ? null : _entries.Values.Min(entry => entry.Due);

    public void Add(Guid network, Suspicion suspicion, DateTimeOffset now) =>
        Put(network, suspicion, now, have => have is null || have.Due > now + Prompt ? now + Prompt : have.Due);

    /// <summary>Later, and later still when called again, up to a limit.</summary>
    public void AddCalmly(Guid network, Suspicion suspicion, DateTimeOffset now) =>
        Put(network, suspicion, now, have =>
            have is null ? now + Calm
            : have.Calm ? Earlier(now + Calm, have.Since + CalmLimit)
            : have.Due, calm: true);

    /// <summary>Not before this time.</summary>
    public void Postpone(Guid network, Suspicion suspicion, DateTimeOffset now, DateTimeOffset due) =>
        Put(network, suspicion, now, _ => due);

    public bool Holds(Guid network, Suspicion suspicion) =>
        _entries.TryGetValue(network, out Entry? entry) && entry.Suspicion.HasFlag(suspicion);

    public void Remove(Guid network) => _entries.Remove(network);

    /// <summary>Takes out those whose time has come.</summary>
    public Dictionary<Guid, Suspicion> TakeDue(DateTimeOffset now)
    {
        Dictionary<Guid, Suspicion> due = [];
        foreach ((Guid network, Entry entry) in _entries.Where(pair => pair.Value.Due <= now).ToList())
        {
            due.Add(network, entry.Suspicion);
            _entries.Remove(network);
        }

        return due;
    }

    private void Put(
        Guid network, Suspicion suspicion, DateTimeOffset now, Func<Entry?, DateTimeOffset> due, bool calm = false)
    {
        Entry? have = _entries.GetValueOrDefault(network);
        _entries[network] = new Entry(
            (have?.Suspicion ?? Suspicion.None) | suspicion, have?.Since ?? now, due(have), calm && have is null or { Calm: true });
    }

    private static DateTimeOffset Earlier(DateTimeOffset one, DateTimeOffset other) => one < other ? one : other;

    private sealed record Entry(Suspicion Suspicion, DateTimeOffset Since, DateTimeOffset Due, bool Calm);
}
