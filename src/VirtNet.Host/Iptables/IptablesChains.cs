namespace VirtNet.Host.Iptables;

/// <summary>libvirt's own chains, so that what people know and scripts look for stays where it is.</summary>
internal static class IptablesChains
{
    public const string Filter = "filter";
    public const string Nat = "nat";
    public const string Mangle = "mangle";

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

    /// <summary>Links from built-in chains in their final order, which is also the order of evaluation.</summary>
    public static readonly IptablesLink[] Links =
    [
        new(Filter, "INPUT", [Input]),
        new(Filter, "OUTPUT", [Output]),
        new(Filter, "FORWARD", [ForwardCross, ForwardIn, ForwardOut]),
        new(Nat, "POSTROUTING", [Postrouting]),
        new(Mangle, "POSTROUTING", [Postrouting]),
    ];
}

/// <summary>A built-in chain and those that it jumps to, first to last.</summary>
internal sealed record IptablesLink(string Table, string From, string[] To);
