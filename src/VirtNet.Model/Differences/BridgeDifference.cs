using System.Globalization;
using VirtNet.Model.Ports;
using VirtNet.Model.Xml;

namespace VirtNet.Model.Differences;

/// <summary>The bridge itself: who it is, and how it passes packets.</summary>
internal static class BridgeDifference
{
    private static readonly Bridge Unsaid = new();

    /// <returns>The definition without what needs a restart.</returns>
    public static NetworkDefinition Compare(
        ChangeList changes, NetworkDefinition before, NetworkDefinition after, IReadOnlyCollection<NetworkPort> ports)
    {
        Bridge old = before.Bridge ?? Unsaid;
        Bridge wanted = after.Bridge ?? Unsaid;
        changes.Value(NetworkItem.BridgeName, old.Name, wanted.Name, ChangeEffect.NeedsRestart);
        changes.Value(NetworkItem.BridgeZone, old.Zone, wanted.Zone);
        changes.Value(NetworkItem.Stp, ChangeList.YesNo(old.Stp), ChangeList.YesNo(wanted.Stp));
        changes.Value(NetworkItem.BridgeDelay, Text(old.Delay), Text(wanted.Delay));

        // Each plugged-in port was told who fills the table.
        changes.Value(
            NetworkItem.MacTableManager, NameOf(old), NameOf(wanted), ChangeEffect.NeedsRestart);
        changes.Value(
            NetworkItem.Mtu,
            Text(before.Mtu),
            Text(after.Mtu),
            LeaseEffect.On(before, before.Ips.Any(ip => ip.HasDhcp && !ip.IsIpv6)));

        // Guests keep the gateway's address for a while: a new one would cut them off until they ask again.
        changes.Value(NetworkItem.Mac, before.Mac?.ToString(), after.Mac?.ToString(), ChangeEffect.NeedsRestart);
        bool keepsGuarantees = KeepsGuarantees(after.Bandwidth, ports);
        changes.Value(
            NetworkItem.Bandwidth,
            Text(before.Bandwidth),
            Text(after.Bandwidth),
            keepsGuarantees ? ChangeEffect.Applied : ChangeEffect.NeedsRestart);
        return after with
        {
            Bridge = Same(old, wanted) ? after.Bridge : wanted with { Name = old.Name, MacTableManager = old.MacTableManager },
            Mac = before.Mac,
            Bandwidth = keepsGuarantees ? after.Bandwidth : before.Bandwidth,
        };
    }

    private static bool Same(Bridge old, Bridge wanted) =>
        old.Name == wanted.Name && NameOf(old) == NameOf(wanted);

    /// <summary>Absent means the kernel.</summary>
    private static string NameOf(Bridge bridge) => BridgeXml.Name(bridge.MacTableManager ?? MacTableManager.Kernel);

    /// <summary>A guarantee that a port was given holds as long as the port is plugged in.</summary>
    private static bool KeepsGuarantees(Bandwidth? bandwidth, IReadOnlyCollection<NetworkPort> ports)
    {
        ulong guaranteed = PortFloors.Sum(ports);
        return guaranteed == 0
            || (bandwidth?.Inbound is { } limit && guaranteed <= (limit.Peak > 0 ? limit.Peak : limit.Average));
    }

    private static string? Text(Bandwidth? bandwidth) =>
        bandwidth is null ? null : ChangeList.Line(BandwidthXml.Format(bandwidth));

    private static string? Text(ulong value) => value == 0 ? null : value.ToString(CultureInfo.InvariantCulture);
}
