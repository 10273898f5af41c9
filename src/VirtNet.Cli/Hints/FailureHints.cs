using System.Text.RegularExpressions;
using VirtNet.Model;

namespace VirtNet.Cli.Hints;

/// <summary>What libvirt's words for a failure leave open.</summary>
internal static partial class FailureHints
{
    /// <param name="failure">The server's; null = none.</param>
    public static IReadOnlyList<string> Of(VirtNetException? failure) =>
        failure is not null && BridgeName().Match(failure.Message) is { Success: true } match
            && InterfaceName.WhyImpossible(match.Groups["name"].Value) is { } reason
            ? [reason] : [];

    [GeneratedRegex("^error creating bridge interface (?<name>.*): [^:]+$", RegexOptions.Singleline)]
    private static partial Regex BridgeName();
}
