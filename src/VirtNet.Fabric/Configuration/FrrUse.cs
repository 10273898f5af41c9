namespace VirtNet.Fabric.Configuration;

/// <summary>Whether FRRouting tells this host's networks behind which host each guest is.</summary>
internal enum FrrUse
{
    /// <summary>Each network finds out by itself, from what arrives.</summary>
    Off,

    /// <summary>An instance of FRRouting does that is the fabric's own: one beside it is somebody else's and is left alone.</summary>
    Own,
}
