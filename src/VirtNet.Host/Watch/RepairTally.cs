namespace VirtNet.Host.Watch;

/// <summary>How much was put back because somebody else had changed it, by kind of resource. Safe on any thread.</summary>
public sealed class RepairTally(TimeProvider time)
{
    /// <summary>An hour is as many slices; the oldest is forgotten as a whole.</summary>
    private const int Slices = 60;

    private static readonly TimeSpan Slice = TimeSpan.FromMinutes(1);

    private readonly Lock _lock = new();
    private readonly long _begin = time.GetTimestamp();
    private readonly SortedDictionary<string, long> _totals = new(StringComparer.Ordinal);
    private readonly Queue<Counted> _lastHour = new();

    /// <summary>Since this daemon began.</summary>
    public IReadOnlyList<KeyValuePair<string, long>> Totals
    {
        get
        {
            lock (_lock)
            {
                return [.. _totals];
            }
        }
    }

    /// <summary>In the last hour; kinds that had none are left out.</summary>
    public IReadOnlyList<KeyValuePair<string, long>> LastHour
    {
        get
        {
            lock (_lock)
            {
                Forget(Now);
                return
                [
                    .. _lastHour.GroupBy(counted => counted.Kind).OrderBy(kind => kind.Key, StringComparer.Ordinal)
                        .Select(kind => KeyValuePair.Create(kind.Key, kind.Sum(counted => counted.Count))),
                ];
            }
        }
    }

    private long Now => (long)(time.GetElapsedTime(_begin) / Slice);

    /// <param name="kind">As <see cref="HostResource.Kind"/> has it, or <c>port</c>.</param>
    public void Add(string kind)
    {
        lock (_lock)
        {
            _totals[kind] = _totals.GetValueOrDefault(kind) + 1;
            long now = Now;
            Forget(now);
            if (_lastHour.LastOrDefault(counted => counted.Kind == kind && counted.Slice == now) is { } same)
            {
                same.Count++;
            }
            else
            {
                _lastHour.Enqueue(new Counted(now, kind) { Count = 1 });
            }
        }
    }

    private void Forget(long now)
    {
        while (_lastHour.TryPeek(out Counted? oldest) && oldest.Slice <= now - Slices)
        {
            _lastHour.Dequeue();
        }
    }

    private sealed class Counted(long slice, string kind)
    {
        public long Slice { get; } = slice;

        public string Kind { get; } = kind;

        public long Count { get; set; }
    }
}
