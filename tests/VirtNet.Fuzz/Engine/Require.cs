using System.Diagnostics.CodeAnalysis;

namespace VirtNet.Fuzz.Engine;

/// <summary>Properties that do not hold end as exceptions, like everything else that is a finding.</summary>
internal static class Require
{
    /// <exception cref="BrokenPropertyException">It does not hold.</exception>
    public static void That([DoesNotReturnIf(false)] bool holds, string property)
    {
        if (!holds)
        {
            throw new BrokenPropertyException(property);
        }
    }

    public static void Equal<T>(T expected, T actual, string property)
    {
        if (!EqualityComparer<T>.Default.Equals(expected, actual))
        {
            throw new BrokenPropertyException($"{property}\n  expected: {expected}\n  got:      {actual}");
        }
    }
}

/// <summary>A property that a target states did not hold.</summary>
internal sealed class BrokenPropertyException(string message) : Exception(message);
