using System.Net;

namespace VirtNet.Model.Subnets;

/// <summary>A range of addresses that somebody has or may take.</summary>
/// <param name="Owner">Who, in words that name the range: <c>interface eth0 (10.0.0.0/24)</c>.</param>
/// <param name="IsFirm">
/// It is in use; else its owner may come to use it (an address pool), which is avoided but refused to nobody.
/// </param>
public sealed record TakenSubnet(IPNetwork Range, string Owner, bool IsFirm = true)
{
    /// <summary>Whether an address of one is an address of the other.</summary>
    public static bool Overlap(IPNetwork one, IPNetwork other) =>
        one.BaseAddress.AddressFamily == other.BaseAddress.AddressFamily
        && (one.PrefixLength <= other.PrefixLength ? one.Contains(other.BaseAddress) : other.Contains(one.BaseAddress));

    public bool Overlaps(IPNetwork subnet) => Overlap(Range, subnet);
}
