using System.Runtime.InteropServices;
using SharpFuzz.Common;

namespace VirtNet.Fuzz.Engine;

/// <summary>
/// Which branches were taken, and about how often. Assemblies that <see cref="InstrumentedCopy"/> prepared count in a table
/// of SharpFuzz's; there is one such table in a process.
/// </summary>
internal sealed unsafe class Coverage
{
    private const int Size = 1 << 16;

    private readonly byte* _counts;
    private readonly byte[] _seen = new byte[Size];

    private Coverage(byte* counts) => _counts = counts;

    /// <summary>Branches seen so far.</summary>
    public int Branches => _seen.AsSpan().Length - _seen.AsSpan().Count((byte)0);

    /// <summary>For another target: nothing was seen yet.</summary>
    public Coverage Fresh() => new(_counts);

    /// <summary>To be called before any instrumented code runs; the table lives as long as the process.</summary>
    public static Coverage Attach()
    {
        byte* counts = (byte*)NativeMemory.AllocZeroed(Size);
        Trace.SharedMem = counts;
        return new Coverage(counts);
    }

    public void Begin()
    {
        new Span<byte>(_counts, Size).Clear();
        Trace.PrevLocation = 0;
    }

    /// <summary>What the execution since <see cref="Begin"/> did that none did before.</summary>
    public News End()
    {
        News news = News.None;
        Span<byte> counts = new(_counts, Size);
        for (int at = Math.Max(0, counts.IndexOfAnyExcept((byte)0)); at < Size;)
        {
            byte times = Class(counts[at]);
            news = _seen[at] == 0 ? News.Branch : (_seen[at] & times) == 0 && news == News.None ? News.Count : news;
            _seen[at] |= times;
            int next = counts[(at + 1)..].IndexOfAnyExcept((byte)0);
            at = next < 0 ? Size : at + 1 + next;
        }

        return news;
    }

    /// <summary>A bit for once, twice, 3, 4 to 7, 8 to 15, 16 to 31, 32 to 127 times, and more often.</summary>
    private static byte Class(byte count) => count switch
    {
        1 => 1,
        2 => 2,
        3 => 4,
        < 8 => 8,
        < 16 => 16,
        < 32 => 32,
        < 128 => 64,
        _ => 128,
    };
}

/// <summary>How new an execution was.</summary>
internal enum News
{
    None,

    /// <summary>A branch was taken more or less often than before.</summary>
    Count,

    /// <summary>A branch was taken that never was before.</summary>
    Branch,
}
