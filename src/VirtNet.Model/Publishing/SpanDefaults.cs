namespace VirtNet.Model.Publishing;

/// <summary>What a network that spans hosts has where its definition says nothing.</summary>
public static class SpanDefaults
{
    /// <summary>The gateway's MAC address is the same on all hosts, so it is not made up on each.</summary>
    public static NetworkDefinition Complete(NetworkDefinition definition) =>
        definition is { OwnsBridge: true, Mac: null } && NetworkExtensionXml.Of(definition).Span is { Vni: > 0 } span
            ? definition with { Mac = span.GatewayMac }
            : definition;
}
