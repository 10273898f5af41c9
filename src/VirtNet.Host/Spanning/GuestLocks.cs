using VirtNet.Host.Link;
using VirtNet.Model;

namespace VirtNet.Host.Spanning;

/// <summary>
/// Keeps each guest of a network that spans hosts to its own MAC address: with another's it would draw that one's traffic to itself,
/// from any host. A port is locked when a guest of the network is known to be behind it, and stays so, whatever becomes of that guest's
/// lease, until it leaves the bridge.
/// </summary>
/// <param name="Guests">Whom the network knows.</param>
internal sealed record GuestLocks(string Bridge, string Tunnel, ValueList<MacAddress> Guests) : HostResource(Ranks.GuestLocks)
{
    /// <summary>How many ports are locked and should not be, as nobody is behind them.</summary>
    public int Stray { get; init; }

    /// <summary>Whether what comes in by its ports is looked at, and lets none in that the locks would not.</summary>
    public bool Guarded { get; init; } = true;

    public override string Key => $"locked ports of {Bridge}";

    public override string Kind => "port";

    public override string? Device => Bridge;

    public override string? GoesWith => BridgeLink.KeyOf(Bridge);

    public override string Summary => $"{Key}: {(Guests.Count == 0 ? "none" : Listing.Of(Guests))}";
}
