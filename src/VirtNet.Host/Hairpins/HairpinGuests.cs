using VirtNet.Host.Link;
using VirtNet.Model;

namespace VirtNet.Host.Hairpins;

/// <summary>
/// Guests that must be able to come back to themselves by a publication, or to others behind the same port. Where the host has frames
/// on bridges pass its IP rules (bridge-nf-call-iptables), translation happens inside the bridge, and a bridge sends no frame out by
/// the port that it came in by, unless that port has the hairpin flag. Elsewhere nothing is needed, and nothing is set.
/// </summary>
internal sealed record HairpinGuests(string Bridge, ValueList<PublishedGuest> Guests) : HostResource(Ranks.Hairpins)
{
    public override string Key => $"hairpin ports of {Bridge}";

    public override string Kind => "link";

    public override string? Device => Bridge;

    /// <summary>For everybody else what is published works without.</summary>
    public override bool BestEffort => true;

    public override string Summary => $"{Key}: {(Guests.Count == 0 ? "none" : Listing.Of([.. Guests.Select(guest => guest.Address)]))}";
}
