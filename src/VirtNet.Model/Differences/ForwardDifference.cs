using VirtNet.Model.Ports;
using VirtNet.Model.Xml;

namespace VirtNet.Model.Differences;

/// <summary>The way out: mode, devices, NAT.</summary>
internal static class ForwardDifference
{
    /// <summary>What masquerading uses when nothing is said; a running network says it in its XML.</summary>
    private static readonly NatPortRange DefaultPorts = new(1024, 65535);

    /// <returns>The definition without what needs a restart.</returns>
    public static NetworkDefinition Compare(
        ChangeList changes, NetworkDefinition before, NetworkDefinition after, IReadOnlyCollection<NetworkPort> ports)
    {
        Forward old = before.Forward;
        Forward wanted = after.Forward;
        changes.Value(NetworkItem.ForwardMode, old.Mode.Name(), wanted.Mode.Name());
        changes.Value(NetworkItem.Nat, TextOf(old), TextOf(wanted));

        // Where the network has a bridge of its own, a physical function is written down and never used.
        bool functionsCount = !after.OwnsBridge;
        changes.Value(
            NetworkItem.PhysicalFunction,
            old.PhysicalFunction,
            wanted.PhysicalFunction,
            functionsCount ? ChangeEffect.NeedsRestart : ChangeEffect.Applied);
        changes.Entries(
            NetworkItem.ForwardInterface,
            old.Interfaces,
            wanted.Interfaces,
            device => device,
            device => device,
            (was, now) => Removal(now is null && PortConnections.OfDevice(ports, was!) > 0));
        changes.Entries(
            NetworkItem.ForwardAddress,
            old.Addresses,
            wanted.Addresses,
            address => address.ToString(),
            address => address.ToString(),
            (was, now) => Removal(now is null && PortConnections.OfAddress(ports, was!) > 0));
        changes.Value(NetworkItem.ForwardDriver, DriverOf(old), DriverOf(wanted));
        return after with
        {
            Forward = functionsCount && old.PhysicalFunction != wanted.PhysicalFunction
                ? KeepPool(old, wanted)
                : KeepUsed(old, wanted, ports),
        };
    }

    private static ChangeEffect Removal(bool isUsed) => isUsed ? ChangeEffect.NeedsRestart : ChangeEffect.Applied;

    private static Forward KeepPool(Forward old, Forward wanted) => wanted with
    {
        PhysicalFunction = old.PhysicalFunction,
        Interfaces = old.Interfaces,
        Addresses = old.Addresses,
    };

    private static Forward KeepUsed(Forward old, Forward wanted, IReadOnlyCollection<NetworkPort> ports) => wanted with
    {
        Interfaces =
        [
            .. wanted.Interfaces,
            .. old.Interfaces.Except(wanted.Interfaces).Where(device => PortConnections.OfDevice(ports, device) > 0),
        ],
        Addresses =
        [
            .. wanted.Addresses,
            .. old.Addresses.Except(wanted.Addresses).Where(address => PortConnections.OfAddress(ports, address) > 0),
        ],
    };

    private static string? TextOf(Forward forward)
    {
        NatOptions nat = forward.Nat ?? new NatOptions();
        return NatXml.Format(nat.Ports == DefaultPorts ? nat with { Ports = null } : nat) is { } element
            ? ChangeList.Line(element)
            : null;
    }

    private static string? DriverOf(Forward forward)
    {
        if (forward.Mode is not ForwardMode.Hostdev)
        {
            return null;
        }

        string managed = $"managed='{ChangeList.YesNo(forward.Managed)}'";
        return forward.Driver is { } driver ? $"{ChangeList.Line(ForwardDriverXml.Format(driver))} {managed}" : managed;
    }
}
