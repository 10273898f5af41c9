namespace VirtNet.Fabric.Frr;

/// <summary>Another host's speaker of BGP.</summary>
internal sealed record BgpNeighbour(string Address, int Port)
{
    /// <summary>BGP's own (RFC 4271, 3).</summary>
    public const int UsualPort = 179;
}
