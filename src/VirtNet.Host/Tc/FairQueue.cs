using VirtNet.Host.Link;

namespace VirtNet.Host.Tc;

/// <summary>Fair sharing among the connections of one class (sfq). Kernels may be built without it.</summary>
internal sealed record FairQueue(string Bridge, uint ClassId) : TrafficLimit(Ranks.Shaping + 2, Bridge)
{
    public override string Key => $"fair queue of class 1:{ClassId:x} of {Bridge}";

    public override string? GoesWith => ClassId == InboundShape.SharedClass
        ? InboundShape.KeyOf(Bridge)
        : GuaranteedClass.KeyOf(Bridge, ClassId);

    public override bool BestEffort => true;
}
