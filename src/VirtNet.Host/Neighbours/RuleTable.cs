using System.Net;
using VirtNet.Model;
using VirtNet.Model.Publishing;

namespace VirtNet.Host.Neighbours;

/// <summary>Where a table is kept, and so which tool changes it.</summary>
internal enum RuleKeeper
{
    /// <summary>nftables.</summary>
    Nft,

    /// <summary>nftables, in the form that the iptables programs understand.</summary>
    IptablesNft,

    /// <summary>The kernel's older tables, which nftables does not show.</summary>
    IptablesLegacy,
}

/// <summary>One table of rules that are not virtnet's.</summary>
/// <param name="Family">As nftables has it: ip, ip6, inet, bridge, netdev.</param>
internal sealed record RuleTable(RuleKeeper Keeper, string Family, string Name, IReadOnlyDictionary<string, RuleChain> Chains)
{
    /// <summary>Whether it is of the administrator's own rules: <see cref="NftablesConf"/>.</summary>
    public bool IsAdministrators { get; init; }

    public override string ToString() =>
        Keeper == RuleKeeper.IptablesLegacy ? $"{(Family == "ip" ? "iptables" : "ip6tables")}-legacy {Name}" : $"{Family} {Name}";
}

/// <summary>A chain and its rules, first to last.</summary>
/// <param name="Place">Null for a chain that is only jumped to.</param>
internal sealed record RuleChain(string Name, HookPlace? Place, RuleList Rules);

/// <summary>Where the kernel sends packets to a chain.</summary>
/// <param name="Devices">Of hooks that belong to a link; empty elsewhere.</param>
internal sealed record HookPlace(string Hook, bool DropsByDefault, ValueList<string> Devices)
{
    /// <summary>Chains with a smaller one come first at the same hook.</summary>
    public int Priority { get; init; }
}

/// <summary>One rule.</summary>
/// <param name="Text">In its tool's words, for people; of an iptables rule also what removes it.</param>
/// <param name="Tests">All must match.</param>
internal sealed record RuleLine(string Text, string Comment, IReadOnlyList<RuleTest> Tests, RuleVerdict Verdict)
{
    /// <summary>What removes an nftables rule; 0 = not known.</summary>
    public long Handle { get; init; }

    /// <summary>The only link that it takes packets from; null = several, or not known.</summary>
    public string? In { get; init; }

    /// <summary>The only link that it takes packets to; null = several, or not known.</summary>
    public string? Out { get; init; }

    /// <summary>The only ports that it takes packets to; empty = all, or not known.</summary>
    public ValueList<PortRange> Ports { get; init; } = [];

    /// <summary>The only address that it takes packets to; null = several, or not known.</summary>
    public IPAddress? Destination { get; init; }

    /// <summary>What it marks packets and connections with, first to last.</summary>
    public IReadOnlyList<MarkChange> Marks { get; init; } = [];

    /// <summary>Where to it translates which packets, where a named map says so; empty where none does, or the map was not read.</summary>
    public IReadOnlyList<RuleLine> Entries { get; init; } = [];

    public Match Ask(SamplePacket packet)
    {
        if (Destination is not null && packet is { IsFrame: false, Destination: { } to } && !Destination.Equals(to))
        {
            return Match.No; // of maps with thousands of entries most end here
        }

        Match match = Match.Yes;
        foreach (RuleTest test in Tests)
        {
            match = match.And(test(packet));
            if (match == Match.No)
            {
                break;
            }
        }

        return match;
    }
}

internal delegate Match RuleTest(SamplePacket packet);

/// <summary>What a rule does with a packet that it is about.</summary>
/// <param name="Target">The chain to go on with, for a jump.</param>
internal sealed record RuleVerdict(VerdictKind Kind, string? Target = null)
{
    public static readonly RuleVerdict None = new(VerdictKind.None);
    public static readonly RuleVerdict Accept = new(VerdictKind.Accept);
    public static readonly RuleVerdict Drop = new(VerdictKind.Drop);
    public static readonly RuleVerdict Return = new(VerdictKind.Return);
    public static readonly RuleVerdict Hide = new(VerdictKind.Hide);
    public static readonly RuleVerdict Translate = new(VerdictKind.Translate);
    public static readonly RuleVerdict Unfollow = new(VerdictKind.Unfollow);
    public static readonly RuleVerdict Unknown = new(VerdictKind.Unknown);
}

internal enum VerdictKind
{
    /// <summary>The next rule decides.</summary>
    None,

    /// <summary>The next rule decides; the kernel follows the connection not at all, or apart from others.</summary>
    Unfollow,
    Accept,

    /// <summary>It may pass, to another destination.</summary>
    Translate,

    /// <summary>It may pass, from another source.</summary>
    Hide,

    /// <summary>Or reject.</summary>
    Drop,
    Return,
    Jump,
    Goto,

    /// <summary>Somebody else decides (a queue), or something that is not understood.</summary>
    Unknown,
}
