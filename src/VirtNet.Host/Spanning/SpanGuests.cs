using VirtNet.Host.Link;
using VirtNet.Model;

namespace VirtNet.Host.Spanning;

/// <summary>
/// Guests of a network that a control plane tells of: as far as they are on this host the kernel knows them for good, from which it
/// takes them. A guest that is not here needs nothing.
/// </summary>
internal sealed record SpanGuests(string Bridge, string Tunnel, ValueList<SpanGuest> Guests) : HostResource(Ranks.SpanGuests)
{
    public override string Key => $"guests on {Bridge}";

    public override string Kind => "neighbour";

    public override string? Device => Bridge;

    public override string? GoesWith => BridgeLink.KeyOf(Bridge);

    public override bool BestEffort => true; // it is faster with, and works without

    public override string Summary => $"{Key}: {(Guests.Count == 0 ? "none" : Listing.Of([.. Guests.Select(guest => guest.Mac)]))}";
}
