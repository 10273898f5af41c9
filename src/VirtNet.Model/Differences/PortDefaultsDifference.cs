using VirtNet.Model.Xml;

namespace VirtNet.Model.Differences;

/// <summary>What ports inherit: it is for those plugged in from now on, the others keep what they got.</summary>
internal static class PortDefaultsDifference
{
    public static void Compare(ChangeList changes, NetworkDefinition before, NetworkDefinition after)
    {
        changes.Value(NetworkItem.Vlan, Text(before.Vlan), Text(after.Vlan));
        changes.Value(NetworkItem.VirtualPort, Text(before.VirtualPort), Text(after.VirtualPort));
        changes.Value(
            NetworkItem.PortIsolation, ChangeList.YesNo(before.PortIsolated), ChangeList.YesNo(after.PortIsolated));
        changes.Value(
            NetworkItem.TrustGuestRxFilters,
            ChangeList.YesNo(before.TrustGuestRxFilters),
            ChangeList.YesNo(after.TrustGuestRxFilters));
        changes.Entries(
            NetworkItem.PortGroup,
            before.PortGroups,
            after.PortGroups,
            group => group.Name,
            group => ChangeList.Line(PortGroupXml.Format(group)),
            (_, _) => ChangeEffect.Applied);
    }

    private static string? Text(Vlan? vlan) => vlan is null ? null : ChangeList.Line(VlanXml.Format(vlan));

    private static string? Text(VirtualPort? port) => port is null ? null : ChangeList.Line(VirtualPortXml.Format(port));
}
