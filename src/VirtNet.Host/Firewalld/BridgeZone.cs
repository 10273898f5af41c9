using VirtNet.Model;

namespace VirtNet.Host.Firewalld;

/// <summary>The firewalld zone of a network's bridge: set before the rules, taken back after them.</summary>
/// <param name="Requested">As the definition says; null = the zone that fits the mode.</param>
public sealed record BridgeZone(string Network, string Bridge, string? Requested, ForwardMode Mode) : HostResource(Rank: 30)
{
    public override string Key => $"zone of {Bridge}";

    public override string Kind => "zone";

    public override string? Device => Bridge;

    public override string Summary => $"firewalld zone {Requested ?? "by mode"} of {Bridge}";

    /// <returns>Null where firewalld is left alone: bridges that are not the network's own, and open mode without a zone.</returns>
    public static BridgeZone? For(NetworkDefinition network) =>
        network.OwnsBridge && network.Bridge is { Name: { } name } bridge
        && (bridge.Zone is not null || network.Forward.Mode != ForwardMode.Open)
            ? new BridgeZone(network.Name, name, bridge.Zone, network.Forward.Mode)
            : null;
}
