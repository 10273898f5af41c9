namespace VirtNet.Model;

/// <summary>The forward modes as XML and error messages spell them.</summary>
internal static class ForwardModeNames
{
    public static string Name(this ForwardMode mode) => mode switch
    {
        ForwardMode.Nat => "nat",
        ForwardMode.Route => "route",
        ForwardMode.Open => "open",
        ForwardMode.Bridge => "bridge",
        ForwardMode.Private => "private",
        ForwardMode.Vepa => "vepa",
        ForwardMode.Passthrough => "passthrough",
        ForwardMode.Hostdev => "hostdev",
        _ => "none",
    };

    public static ForwardMode? Parse(string text) => text switch
    {
        "none" => ForwardMode.None,
        "nat" => ForwardMode.Nat,
        "route" => ForwardMode.Route,
        "open" => ForwardMode.Open,
        "bridge" => ForwardMode.Bridge,
        "private" => ForwardMode.Private,
        "vepa" => ForwardMode.Vepa,
        "passthrough" => ForwardMode.Passthrough,
        "hostdev" => ForwardMode.Hostdev,
        _ => null,
    };
}
