using System.Diagnostics;

namespace VirtNet.Fuzz.Engine;

/// <summary>
/// Fuzzes one target on one thread. First come its seeds, cut off at every octet, then changed inputs; one that led
/// somewhere new is changed further.
/// </summary>
/// <param name="coverage">Null: nothing tells what is new, and only the seeds are changed.</param>
internal sealed class FuzzSession(FuzzTarget target, int seed, Coverage? coverage)
{
    /// <summary>Of one kind of failure the first input is enough to see it by.</summary>
    private const int MaxFindings = 20;

    private readonly Random _random = new(seed);
    private readonly List<byte[]> _inputs = [];
    private readonly List<byte[]> _interesting = [];
    private readonly Dictionary<string, Finding> _findings = [];
    private long _executions;
    private long _mostAllocated;
    private TimeSpan _slowest;

    private volatile byte[] _current = [];
    private long _currentBegan = Stopwatch.GetTimestamp();

    /// <summary>The input at work, for whoever waits for its end.</summary>
    public byte[] Current => _current;

    public TimeSpan CurrentAge => Stopwatch.GetElapsedTime(Volatile.Read(ref _currentBegan));

    /// <param name="kept">Inputs of the corpus.</param>
    /// <param name="executions">How many, the seeds' own included.</param>
    /// <param name="time">Ends the run earlier.</param>
    public FuzzReport Run(IEnumerable<byte[]> kept, long executions, TimeSpan time)
    {
        long began = Stopwatch.GetTimestamp();
        byte[][] seeds = [.. target.Seeds];
        foreach (byte[] input in seeds)
        {
            WarmUp(input);
        }

        foreach (byte[] input in seeds)
        {
            _inputs.Add(input);
            Execute(input);
        }

        foreach (byte[] input in kept.OrderBy(input => input.Length))
        {
            _inputs.Add(input);
            KeepIfNew(input, Execute(input));
        }

        Truncate(seeds, executions);
        Mutator mutator = new(_random, target.MaxLength, target.Words);
        while (_executions < executions && _findings.Count < MaxFindings && Stopwatch.GetElapsedTime(began) < time)
        {
            byte[] input = mutator.Mutate(Pick(), Pick());
            News news = Execute(input);
            KeepIfNew(input, news);
            if (news != News.None)
            {
                _inputs.Add(input);
            }
        }

        return new FuzzReport(target.Name)
        {
            Executions = _executions,
            Time = Stopwatch.GetElapsedTime(began),
            Slowest = _slowest,
            MostAllocated = _mostAllocated,
            Branches = coverage?.Branches ?? 0,
            Interesting = _interesting,
            Findings = [.. _findings.Select(found => found.Value with { Input = Minimizer.Shrink(found.Value.Input, input => Fails(input, found.Key)) })],
        };
    }

    /// <summary>The first time costs what no other time does: code is compiled, tables are made.</summary>
    private void WarmUp(byte[] input)
    {
        try
        {
            target.Decode(input);
            target.Check(input);
        }
        catch (Exception)
        {
            // It will be seen when it counts.
        }
    }

    private void Truncate(byte[][] seeds, long executions)
    {
        foreach (byte[] input in seeds)
        {
            for (int length = 0; length < input.Length && _executions < executions; length++)
            {
                Execute(input[..length]);
            }
        }
    }

    /// <summary>Every other time one of the latest: what is new leads further.</summary>
    private byte[] Pick()
    {
        int count = _inputs.Count;
        return _inputs[_random.Next(2) == 0 ? _random.Next(count) : count - 1 - _random.Next(Math.Min(count, 16))];
    }

    private void KeepIfNew(byte[] input, News news)
    {
        if (news == News.Branch)
        {
            _interesting.Add(input);
        }
    }

    private News Execute(byte[] input)
    {
        _executions++;
        long began = Stopwatch.GetTimestamp();
        _current = input;
        Volatile.Write(ref _currentBegan, began);
        coverage?.Begin();
        try
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            target.Decode(input);
            Allocated(input, GC.GetAllocatedBytesForCurrentThread() - before);
            target.Check(input);
        }
        catch (Exception failure)
        {
            _findings.TryAdd(Kind(failure), new Finding(input, failure.ToString()));
        }

        TimeSpan took = Stopwatch.GetElapsedTime(began);
        _slowest = took > _slowest ? took : _slowest;
        return coverage?.End() ?? News.None;
    }

    private void Allocated(byte[] input, long octets)
    {
        long bound = target.AllocationBound(input.Length);
        if (octets > bound)
        {
            // Once more: a cache that fills or code that is compiled is not the input's doing.
            long before = GC.GetAllocatedBytesForCurrentThread();
            target.Decode(input);
            octets = Math.Min(octets, GC.GetAllocatedBytesForCurrentThread() - before);
        }

        _mostAllocated = Math.Max(_mostAllocated, octets);
        if (octets > bound)
        {
            throw new BrokenPropertyException($"an input of {input.Length} octets may allocate {bound} and not {octets}");
        }
    }

    private bool Fails(byte[] input, string kind)
    {
        try
        {
            target.Decode(input);
            target.Check(input);
            return false;
        }
        catch (Exception failure)
        {
            return Kind(failure) == kind;
        }
    }

    /// <summary>Failures with the same origin are one finding.</summary>
    private static string Kind(Exception failure)
    {
        string[] lines = failure.ToString().Split('\n');
        string origin = lines.FirstOrDefault(line => line.Contains(" at VirtNet.", StringComparison.Ordinal)
            && !line.Contains("Require.", StringComparison.Ordinal)) ?? "";
        return $"{failure.GetType().Name}{origin}";
    }
}
