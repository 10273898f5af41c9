namespace VirtNet.Fabric.Configuration;

/// <summary>Whether FRRouting tells this host's networks behind which host each guest is.</summary>
internal enum FrrUse
{
    /// <summary>Each network finds out by itself, from what arrives.</summary>
    Off,

    /// <summary>An instance of FRRouting does that is the fabric's own: one beside it is somebody else's and is left alone.</summary>
    Own,

    /// <summary>The instance does that this host's operator runs: it gets neighbours beside those that it has.</summary>
    Shared,
}

/// <summary>How settings name it.</summary>
internal static class FrrUseNames
{
    /// <summary>All of them, in the order in which they are told.</summary>
    public const string All = "own, shared or off";

    public static string Name(this FrrUse use) => use switch
    {
        FrrUse.Own => "own",
        FrrUse.Shared => "shared",
        _ => "off",
    };

    /// <summary>Null where nothing has that name.</summary>
    public static FrrUse? Find(string name) => name switch
    {
        "own" => FrrUse.Own,
        "shared" => FrrUse.Shared,
        "off" => FrrUse.Off,
        _ => null,
    };
}
