using VirtNet.Cli.Output;
using VirtNet.Model.Xml;

namespace VirtNet.Cli.Grammar;

/// <summary>The value of <c>-o</c>, before the command and behind it.</summary>
internal static class FormatOption
{
    /// <exception cref="UsageException">There is no such format.</exception>
    public static OutputFormat Require(string? name) =>
        OutputFormats.Parse(name) ?? throw new UsageException($"unknown output format '{name}': {OutputFormats.Names}")
        {
            Suggestions = NearestName.Find(name ?? "", [.. OutputFormats.All]) is { } meant ? [$"did you mean '{meant}'?"] : [],
        };
}
