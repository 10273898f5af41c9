using System.Text.RegularExpressions;
using VirtNet.Cli.Connections;
using VirtNet.Cli.Libvirt;
using VirtNet.Model;

namespace VirtNet.Cli.Hints;

/// <summary>What libvirt's words for a failure leave open.</summary>
internal static partial class FailureHints
{
    /// <param name="failure">The server's; null = none.</param>
    /// <param name="target">Who the server is.</param>
    public static IReadOnlyList<string> Of(VirtNetException? failure, ConnectionTarget target) =>
        failure is null ? [] : [.. OfName(failure), .. target.IsOfVirtnetd ? OfHolder(failure) : []];

    private static IEnumerable<string> OfName(VirtNetException failure) =>
        BridgeName().Match(failure.Message) is { Success: true } match
            && InterfaceName.WhyImpossible(match.Groups["name"].Value) is { } reason
            ? [reason] : [];

    /// <summary>A bare collision does not say that there is a way.</summary>
    private static IEnumerable<string> OfHolder(VirtNetException failure) =>
        Taken().Match(failure.Message) is { Success: true } match
            && LibvirtHolder.Of(match.Groups["name"].Value, LibvirtFolders.Host.Leases) is { } network
            ? [$"{match.Groups["name"].Value} is held by libvirt's network {network}; virtnet import-libvirt --take-over brings it here"] : [];

    [GeneratedRegex("(already in use by interface |^error creating bridge interface )(?<name>[^ :]+)(: File exists)?$")]
    private static partial Regex Taken();

    [GeneratedRegex("^error creating bridge interface (?<name>.*): [^:]+$", RegexOptions.Singleline)]
    private static partial Regex BridgeName();
}
