namespace VirtNet.Fuzz.Engine;

/// <summary>What came out of fuzzing one target.</summary>
internal sealed record FuzzReport(string Target)
{
    public long Executions { get; init; }

    public TimeSpan Time { get; init; }

    /// <summary>The longest that one input took.</summary>
    public TimeSpan Slowest { get; init; }

    /// <summary>The most that an input allocated, in octets.</summary>
    public long MostAllocated { get; init; }

    /// <summary>Of the product's, where they are counted.</summary>
    public int Branches { get; init; }

    /// <summary>Inputs that led somewhere new.</summary>
    public IReadOnlyList<byte[]> Interesting { get; init; } = [];

    public IReadOnlyList<Finding> Findings { get; init; } = [];

    public override string ToString() => string.Create(
        System.Globalization.CultureInfo.InvariantCulture,
        $"{Target,-18} {Executions,12:n0} executions {Executions / Math.Max(Time.TotalSeconds, 0.001),10:n0}/s "
        + $"{Branches,6} branches {Interesting.Count,5} inputs, at most {Slowest.TotalMilliseconds,8:f2} ms "
        + $"{MostAllocated,10:n0} octets, {Findings.Count} findings");
}

/// <summary>An input, and what it did that it must not.</summary>
internal sealed record Finding(byte[] Input, string Failure);
