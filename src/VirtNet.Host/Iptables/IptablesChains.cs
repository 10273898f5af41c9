namespace VirtNet.Host.Iptables;

/// <summary>libvirt's own chains, so that what people know and scripts look for stays where it is.</summary>
internal static class IptablesChains
{
    public const string Filter = "filter";
    public const string Nat = "nat";
    public const string Mangle = "mangle";

    /// <summary>The built-in chain that all forwarded packets go through, and in which others put their jumps too.</summary>
    public const string Forward = "FORWARD";

    /// <summary>Guests to the host.</summary>
    public const string Input = "LIBVIRT_INP";

    /// <summary>The host to guests.</summary>
    public const string Output = "LIBVIRT_OUT";

    /// <summary>Forwarded from guests.</summary>
    public const string ForwardOut = "LIBVIRT_FWO";

    /// <summary>Forwarded to guests.</summary>
    public const string ForwardIn = "LIBVIRT_FWI";

    /// <summary>Among the guests of one network.</summary>
    public const string ForwardCross = "LIBVIRT_FWX";

    public const string Postrouting = "LIBVIRT_PRT";

    /// <summary>
    /// Links from built-in chains in their final order, which is also the order of evaluation. What networks publish comes ahead
    /// of them (<see cref="PublicationChains.Links"/>), and in some chains is all that there is.
    /// </summary>
    public static readonly IptablesLink[] Links =
    [
        new(Filter, "INPUT", [Input]),
        new(Filter, "OUTPUT", [Output]),
        new(Filter, Forward, [ForwardCross, ForwardIn, ForwardOut], First: true),
        new(Nat, "POSTROUTING", [Postrouting]),
        new(Mangle, "POSTROUTING", [Postrouting]),
        new(PublicationChains.Raw, "PREROUTING", []),
        new(Nat, "PREROUTING", []),
        new(Nat, "OUTPUT", []),
    ];

    private static readonly string[] BuiltIn = ["PREROUTING", "INPUT", Forward, "OUTPUT", "POSTROUTING"];

    /// <summary>Whether rules of ours may be in a chain: in one of our own, or among others' in a built-in one.</summary>
    public static bool MayHaveOurs(string chain) =>
        BuiltIn.Contains(chain) || Links.Any(link => link.To.Contains(chain)) || PublicationChains.IsOne(chain);
}

/// <summary>A built-in chain and those that it jumps to, first to last.</summary>
/// <param name="First">
/// Whether ours must be asked before anything that could let a packet pass: ours refuse, too. Where they only let pass, or translate,
/// it is enough that packets get to them: what others decide about some packets ahead of ours is theirs.
/// </param>
internal sealed record IptablesLink(string Table, string From, string[] To, bool First = false)
{
    public bool IsJump(string rule) => To.Any(chain => rule == $"-j {chain}");

    /// <summary>
    /// Whether a rule may stay ahead of ours: one that only drops, or counts, as an administrator puts at the head, or lets in what is published. Not another jump:
    /// container engines put theirs there, and accept behind it.
    /// </summary>
    public static bool MayLead(string rule) =>
        PublicationChains.IsLink(rule) || IptablesTokens.TargetOf(rule) is var target && (IptablesTokens.Drops(target) || IptablesTokens.GoesOn(target));
}
