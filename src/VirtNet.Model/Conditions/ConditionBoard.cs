namespace VirtNet.Model.Conditions;

/// <summary>
/// What is not as it should be, now. Whoever finds a condition puts it here and takes it off when it is over; clients read
/// it at any time. Thread-safe; every call costs what the network concerned has, whatever the number of networks.
/// </summary>
public sealed class ConditionBoard
{
    private readonly Lock _lock = new();
    private readonly Dictionary<Guid, SortedDictionary<string, IReadOnlyList<Condition>>> _bySubject = [];

    /// <summary>Replaces all that one source says of one subject.</summary>
    /// <param name="network">Null = the daemon as a whole.</param>
    /// <param name="source">Who says it, e.g. <c>firewall</c>; sources know nothing of each other.</param>
    /// <param name="conditions">Empty = nothing any more.</param>
    /// <returns>Whether anything changed: the moment for a line in the log.</returns>
    public bool Set(Guid? network, string source, IReadOnlyList<Condition> conditions)
    {
        Guid subject = network ?? Guid.Empty; // no network has this UUID
        lock (_lock)
        {
            IReadOnlyList<Condition> before = _bySubject.TryGetValue(subject, out var sources)
                ? sources.GetValueOrDefault(source, [])
                : [];
            if (before.SequenceEqual(conditions))
            {
                return false;
            }

            sources ??= _bySubject[subject] = new(StringComparer.Ordinal);
            sources[source] = conditions;
            if (conditions.Count == 0)
            {
                sources.Remove(source);
                if (sources.Count == 0)
                {
                    _bySubject.Remove(subject);
                }
            }

            return true;
        }
    }

    /// <summary>Forgets all about a network that is gone.</summary>
    public void Forget(Guid network)
    {
        lock (_lock)
        {
            _bySubject.Remove(network);
        }
    }

    /// <summary>All that one source says of a subject now.</summary>
    public IReadOnlyList<Condition> Of(Guid? network, string source)
    {
        lock (_lock)
        {
            return _bySubject.TryGetValue(network ?? Guid.Empty, out var sources) ? sources.GetValueOrDefault(source, []) : [];
        }
    }

    /// <summary>What holds of a subject now: what cuts guests off first, then in the order of sources.</summary>
    public IReadOnlyList<Condition> Of(Guid? network)
    {
        lock (_lock)
        {
            return _bySubject.TryGetValue(network ?? Guid.Empty, out var sources)
                ? [.. sources.Values.SelectMany(conditions => conditions).OrderBy(condition => condition.Kind)]
                : [];
        }
    }
}
