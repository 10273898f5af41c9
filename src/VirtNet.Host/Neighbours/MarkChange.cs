namespace VirtNet.Host.Neighbours;

/// <summary>A rule's change of what a packet, or its connection, is marked with.</summary>
/// <param name="Value">Null = not known.</param>
internal sealed record MarkChange(bool OfConnection, Func<SamplePacket, uint?> Value)
{
    /// <param name="certain">Whether the rule is about the packet for certain.</param>
    public SamplePacket Apply(SamplePacket packet, bool certain)
    {
        uint? value = Value(packet);
        return OfConnection
            ? packet with { ConnectionMark = certain || value == packet.ConnectionMark ? value : null }
            : packet with { Mark = certain || value == packet.Mark ? value : null };
    }
}
