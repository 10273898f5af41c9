namespace VirtNet.Host.Iptables;

/// <summary>
/// Chains of what networks publish. There are some that all networks share, made with the first and removed with the last publication,
/// and one of each kind for each bridge that has something to put into it.
/// </summary>
internal static class PublicationChains
{
    public const string Raw = "raw";

    private const string Shared = "VIRTNET_PU";
    private const string Own = "VNP";

    /// <summary>Ports and ranges of ports of an address.</summary>
    public const char Ports = 'P';

    /// <summary>Whole addresses.</summary>
    public const char Whole = 'W';

    /// <summary>Any address of the host.</summary>
    public const char Any = 'A';

    /// <summary>Source translation: who reaches his neighbour by way of the host, and the way out of whole addresses.</summary>
    public const char Source = 'S';

    /// <summary>What is let through.</summary>
    public const char Forward = 'F';

    /// <summary>What is let through untranslated.</summary>
    public const char Door = 'D';

    /// <summary>What comes to the host itself: let in where that is published, and refused where nobody is there.</summary>
    public const char Refused = 'R';

    /// <summary>What keeps neighbours from 127.0.0.1.</summary>
    public const char Guard = 'G';

    /// <summary>Kinds that bridges have chains of, with their tables.</summary>
    public static readonly (char Kind, string Table)[] Kinds =
    [
        (Ports, IptablesChains.Nat), (Whole, IptablesChains.Nat), (Any, IptablesChains.Nat), (Source, IptablesChains.Nat),
        (Forward, IptablesChains.Filter), (Door, IptablesChains.Filter), (Refused, IptablesChains.Filter),
    ];

    /// <summary>Where built-in chains jump to shared ones, last to first. They come ahead of those to libvirt's chains, which refuse the rest.</summary>
    public static readonly IptablesRule[] Links =
    [
        new(Raw, "PREROUTING", $"-j {SharedOf(Guard)}"),
        new(IptablesChains.Filter, "INPUT", $"-j {SharedOf(Refused)}"),
        new(IptablesChains.Filter, IptablesChains.Forward, $"-m conntrack --ctstate DNAT -j {SharedOf(Forward)}"),
        new(IptablesChains.Filter, IptablesChains.Forward, $"-j {SharedOf(Door)}"),
        new(IptablesChains.Nat, "PREROUTING", $"-j {SharedOf(Ports)}"),
        new(IptablesChains.Nat, "OUTPUT", $"-j {SharedOf(Ports)}"),
        new(IptablesChains.Nat, "POSTROUTING", $"-j {SharedOf(Source)}"),
    ];

    /// <summary>A chain that all networks share.</summary>
    public static string SharedOf(char kind) => $"{Shared}{(kind == Ports ? 'B' : kind)}";

    /// <summary>A bridge's chain of a kind. Chains have names of 28 characters at most, and links of 15.</summary>
    public static string ChainOf(char kind, string bridge) => $"{Own}{kind}_{bridge}";

    /// <summary>The bridge whose chain this is; null if it is none of ours.</summary>
    public static string? BridgeOf(string chain) =>
        chain.StartsWith(Own, StringComparison.Ordinal) && chain.Length > Own.Length + 2 && chain[Own.Length + 1] == '_'
        && Kinds.Any(kind => kind.Kind == chain[Own.Length]) ? chain[(Own.Length + 2)..] : null;

    /// <summary>Whether a chain is one of these.</summary>
    public static bool IsOne(string chain) => chain.StartsWith(Shared, StringComparison.Ordinal) || BridgeOf(chain) is not null;

    /// <summary>Those of a built-in chain, first to last, whose shared chains are there.</summary>
    public static IEnumerable<string> LinksOf(IptablesState state, string table, string chain) => Links
        .Where(link => link.Table == table && link.Chain == chain && state.HasChain(table, IptablesTokens.TargetOf(link.Words)))
        .Reverse().Select(link => link.Words);

    /// <summary>Whether a built-in chain's rule is one of ours.</summary>
    public static bool IsLink(string words) => words.Contains($"-j {Shared}", StringComparison.Ordinal);

    /// <summary>What is in shared chains behind the jumps to those of bridges.</summary>
    public static IEnumerable<IptablesRule> Fixed(bool ipv6) =>
    [
        new(IptablesChains.Nat, SharedOf(Ports), $"-j {SharedOf(Whole)}"),
        new(IptablesChains.Nat, SharedOf(Ports), $"-m addrtype --dst-type LOCAL -j {SharedOf(Any)}"),
        .. ipv6 ? [] : (IptablesRule[])
        [
            new(Raw, SharedOf(Guard), "-d 127.0.0.0/8 ! -i lo -j DROP"),
            new(Raw, SharedOf(Guard), "-s 127.0.0.0/8 ! -i lo -j DROP"),
        ],
    ];

    /// <summary>What stands first in the shared chain of what is let through: answers, and what belongs to a connection.</summary>
    public static readonly IptablesRule Established =
        new(IptablesChains.Filter, SharedOf(Forward), "-m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT");

    /// <summary>All shared chains, with their tables.</summary>
    public static IEnumerable<(string Table, string Chain)> SharedChains =>
        Kinds.Select(kind => (kind.Table, SharedOf(kind.Kind))).Append((Raw, SharedOf(Guard)));
}
