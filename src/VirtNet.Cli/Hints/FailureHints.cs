using System.Globalization;
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
        failure is null ? [] : [.. OfName(failure), .. OfWholeAddress(failure), .. target.IsOfVirtnetd ? OfHolder(failure).Concat(OfPort(failure)) : []];

    private static IEnumerable<string> OfName(VirtNetException failure) =>
        BridgeName().Match(failure.Message) is { Success: true } match
            && InterfaceName.WhyImpossible(match.Groups["name"].Value) is { } reason
            ? [reason] : [];

    /// <summary>A bare collision does not say that there is a way.</summary>
    private static IEnumerable<string> OfHolder(VirtNetException failure) =>
        Taken().Match(failure.Message) is { Success: true } match
            && LibvirtHolder.Of(match.Groups["name"].Value, LibvirtFolders.Host.Leases) is { } network
            ? [$"{match.Groups["name"].Value} is held by libvirt's network {network}; virtnet import-libvirt --take-over brings it here"] : [];

    private static IEnumerable<string> OfPort(VirtNetException failure) =>
        HeldPort().Match(failure.Message) is { Success: true } match
            && WaitingProcess.Find(ushort.Parse(match.Groups["port"].Value, CultureInfo.InvariantCulture), match.Groups["protocol"].Value) is { } process
            ? [$"it is {process}"] : [];

    private static IEnumerable<string> OfWholeAddress(VirtNetException failure) =>
        failure.Message.EndsWith("and would be cut off; it can be forced", StringComparison.Ordinal)
            ? ["with --force it is published all the same; a port of it leaves the rest to the host"] : [];

    [GeneratedRegex("(already in use by interface |^error creating bridge interface )(?<name>[^ :]+)(: File exists)?$")]
    private static partial Regex Taken();

    [GeneratedRegex("port (?<port>[0-9]{1,5})/(?<protocol>tcp|udp) is held by ")]
    private static partial Regex HeldPort();

    [GeneratedRegex("^error creating bridge interface (?<name>.*): [^:]+$", RegexOptions.Singleline)]
    private static partial Regex BridgeName();
}
