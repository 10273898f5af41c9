using System.Xml.Linq;

namespace VirtNet.Cli.Properties;

/// <summary>One thing about a network that has one value, and its place in the XML.</summary>
/// <param name="Key">What users call it.</param>
/// <param name="Help">What it is, for the manual and the list.</param>
internal abstract record NetworkProperty(string Key, string Help)
{
    /// <summary>All that it can be; empty = more than can be listed.</summary>
    public IReadOnlyList<string> Values { get; init; } = [];

    /// <returns>Null where the definition says nothing about it.</returns>
    public abstract string? Get(XElement network);

    /// <exception cref="CommandFailure">It is no such value. What the daemon knows better is left to it.</exception>
    public abstract void Set(XElement network, string value);

    public abstract void Unset(XElement network);

    /// <exception cref="CommandFailure">It is none of those that can be listed.</exception>
    public void Check(string value)
    {
        if (Values.Count > 0 && !Values.Contains(value))
        {
            throw new CommandFailure($"'{value}' is no value of {Key}") { Hints = [$"one of: {string.Join(", ", Values)}"] };
        }
    }
}
