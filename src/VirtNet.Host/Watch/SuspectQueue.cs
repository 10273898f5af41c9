namespace VirtNet.Host.Watch;

/// <summary>
/// Which networks to look at, and when: a moment after the first hint, so that what one command breaks is put back in one
/// go. A hint that may concern any network is one entry, however many there are. Knows no clock of its own; not
/// thread-safe.
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
    private Entry? _everyone;

    /// <summary>No entry is due before; exact after <see cref="TakeDue"/>.</summary>
    private DateTimeOffset _next = DateTimeOffset.MaxValue;

    /// <summary>When to ask next what is due; nothing is due before.</summary>
    public DateTimeOffset? NextDue => _entries.Count == 0 && _everyone is null ? null : _next;

    public void Add(Guid network, Suspicion suspicion, DateTimeOffset now) =>
        _entries[network] = Keep(Promptly(_entries.GetValueOrDefault(network), suspicion, now));

    /// <summary>Later, and later still when called again, up to a limit.</summary>
    public void AddCalmly(Guid network, Suspicion suspicion, DateTimeOffset now) =>
        _entries[network] = Keep(Calmly(_entries.GetValueOrDefault(network), suspicion, now));

    /// <summary>As <see cref="Add"/>, for all networks that there are when it is due.</summary>
    public void AddEveryone(Suspicion suspicion, DateTimeOffset now) => _everyone = Keep(Promptly(_everyone, suspicion, now));

    /// <summary>As <see cref="AddCalmly"/>, for all networks that there are when it is due.</summary>
    public void AddEveryoneCalmly(Suspicion suspicion, DateTimeOffset now) =>
        _everyone = Keep(Calmly(_everyone, suspicion, now));

    /// <summary>Not before this time.</summary>
    public void Postpone(Guid network, Suspicion suspicion, DateTimeOffset now, DateTimeOffset due) =>
        _entries[network] = Keep(Merge(_entries.GetValueOrDefault(network), suspicion, now, due, calm: false));

    public bool Holds(Guid network, Suspicion suspicion) =>
        _everyone?.Suspicion.HasFlag(suspicion) == true
        || (_entries.TryGetValue(network, out Entry? entry) && entry.Suspicion.HasFlag(suspicion));

    public void Remove(Guid network) => _entries.Remove(network);

    /// <summary>Takes out those whose time has come.</summary>
    /// <param name="everyone">What is due for all networks, besides.</param>
    public Dictionary<Guid, Suspicion> TakeDue(DateTimeOffset now, out Suspicion everyone)
    {
        everyone = Suspicion.None;
        if (_everyone is { } all && all.Due <= now)
        {
            everyone = all.Suspicion;
            _everyone = null;
        }

        Dictionary<Guid, Suspicion> due = [];
        _next = _everyone?.Due ?? DateTimeOffset.MaxValue;
        foreach ((Guid network, Entry entry) in _entries)
        {
            if (entry.Due <= now)
            {
                due.Add(network, entry.Suspicion);
                _entries.Remove(network); // allowed while enumerating
            }
            else
            {
                _next = Earlier(_next, entry.Due);
            }
        }

        return due;
    }

    private Entry Keep(Entry entry)
    {
        _next = Earlier(_next, entry.Due);
        return entry;
    }

    private static Entry Promptly(Entry? have, Suspicion suspicion, DateTimeOffset now) => Merge(
        have, suspicion, now, have is null || have.Due > now + Prompt ? now + Prompt : have.Due, calm: false);

    private static Entry Calmly(Entry? have, Suspicion suspicion, DateTimeOffset now) => Merge(
        have,
        suspicion,
        now,
        have is null ? now + Calm : have.Calm ? Earlier(now + Calm, have.Since + CalmLimit) : have.Due,
        calm: have is null or { Calm: true });

    private static Entry Merge(Entry? have, Suspicion suspicion, DateTimeOffset now, DateTimeOffset due, bool calm) =>
        new((have?.Suspicion ?? Suspicion.None) | suspicion, have?.Since ?? now, due, calm);

    private static DateTimeOffset Earlier(DateTimeOffset one, DateTimeOffset other) => one < other ? one : other;

    private sealed record Entry(Suspicion Suspicion, DateTimeOffset Since, DateTimeOffset Due, bool Calm);
}
