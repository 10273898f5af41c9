namespace VirtNet.Fabric.Frr;

/// <summary>What one of FRRouting's programs says of its session with a neighbour.</summary>
/// <param name="Since">How long it is, or is not; null = it never was.</param>
/// <param name="Reason">Why it is not, in the program's words; null = it does not say.</param>
internal abstract record FrrSession(string Address, bool IsUp, TimeSpan? Since, string? Reason)
{
    /// <summary>Of bgpd.</summary>
    /// <param name="State">RFC 4271, 8.2.2.</param>
    /// <param name="Routes">That were received, and hold.</param>
    public sealed record Bgp(string Address, string State, TimeSpan? Since, int Routes, string? Reason)
        : FrrSession(Address, State == Established, Since, Reason)
    {
        private const string Established = "Established";
    }

    /// <summary>Of bfdd, which notices within a second that a neighbour is gone (RFC 5880).</summary>
    public sealed record Bfd(string Address, bool IsUp, TimeSpan? Since, string? Reason) : FrrSession(Address, IsUp, Since, Reason);
}
