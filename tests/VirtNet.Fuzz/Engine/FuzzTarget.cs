namespace VirtNet.Fuzz.Engine;

/// <summary>Something that reads what others wrote, and what must hold whatever they wrote.</summary>
internal abstract class FuzzTarget
{
    /// <summary>As on the command line; also the folder of its corpus.</summary>
    public abstract string Name { get; }

    /// <summary>Longer inputs are not made.</summary>
    public virtual int MaxLength => 4096;

    /// <summary>Well-formed inputs to begin with; more are kept in the corpus.</summary>
    public abstract IEnumerable<byte[]> Seeds { get; }

    /// <summary>What changes like to put in: names, numbers and tags that mean something here.</summary>
    public virtual IReadOnlyList<byte[]> Words => [];

    /// <summary>Octets that <see cref="Decode"/> may allocate for an input of this length.</summary>
    public abstract long AllocationBound(int length);

    /// <summary>
    /// Reads the input as the product does. Throws only what is a finding: refusals that the product documents are caught
    /// here.
    /// </summary>
    public abstract void Decode(ReadOnlySpan<byte> input);

    /// <summary>What else must hold, at any cost in memory: what was read is written and read back, say.</summary>
    public virtual void Check(ReadOnlySpan<byte> input)
    {
    }
}
