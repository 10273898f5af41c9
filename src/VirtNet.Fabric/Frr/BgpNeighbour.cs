namespace VirtNet.Fabric.Frr;

/// <summary>Another host's speaker of BGP.</summary>
internal sealed record BgpNeighbour(string Address, int Port)
{
    /// <summary>BGP's own (RFC 4271, 3).</summary>
    public const int UsualPort = 179;

    /// <summary>Whether this host tells it of what others have told (RFC 4456), which speakers of one autonomous system else do not.</summary>
    public bool IsClient { get; init; }
}
