using VirtNet.Host.Link;

namespace VirtNet.Host.Tc;

/// <summary>
/// The limit on what comes from all guests of a bridge together: what is above it is dropped. Rate in kilobytes (1000) a
/// second, burst in kilobytes (1024). Kernels may be built without policing.
/// </summary>
internal sealed record OutboundLimit(string Bridge, ulong Average, ulong Burst) : TrafficLimit(Ranks.Shaping + 3, Bridge)
{
    public override string Key => $"outbound limit of {Bridge}";

    public override string? GoesWith => BridgeLink.KeyOf(Bridge);

    public override bool BestEffort => true;

    public override bool IsOpaque => true;

    public override string Summary => $"{Key}: {Average} kB/s, burst {Burst} kB";
}
