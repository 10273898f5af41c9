using System.Xml.Linq;

namespace VirtNet.Model.Xml;

/// <summary>What a forward mode asks of the rest of the document; checked on every read, not only on define.</summary>
internal static class ForwardModeRules
{
    private const string OwnBridgeModes = "open, route, nat, and isolated mode";

    public static void Check(XElement network, NetworkDefinition definition)
    {
        switch (definition.Forward.Mode)
        {
            case ForwardMode.None:
                return;
            case ForwardMode.Nat or ForwardMode.Route:
                CheckRouted(network, definition);
                return;
            case ForwardMode.Open:
                CheckOpen(network, definition);
                return;
            case ForwardMode.Bridge:
                CheckHostDevices(network, definition);
                return;
            default:
                CheckNoBridge(network, definition);
                CheckHostDevices(network, definition);
                return;
        }
    }

    private static void CheckRouted(XElement network, NetworkDefinition definition)
    {
        if (definition.Ips.Count == 0)
        {
            throw At(network, "forward").XmlError(
                $"{definition.Forward.Mode.Name()} forwarding requested, "
                + $"but no IP address provided for network '{definition.Name}'");
        }

        if (CountDevices(definition.Forward) > 1)
        {
            throw At(network, "forward").XmlError(
                $"multiple forwarding interfaces specified for network '{definition.Name}', only one is supported");
        }
    }

    private static void CheckOpen(XElement network, NetworkDefinition definition)
    {
        if (CountDevices(definition.Forward) > 0)
        {
            throw At(network, "forward").XmlError(
                $"forward dev not allowed for network '{definition.Name}' with forward mode='open'");
        }
    }

    private static void CheckNoBridge(XElement network, NetworkDefinition definition)
    {
        string? extra = definition.Bridge switch
        {
            { Name: not null } => "bridge name",
            { Zone: not null } => "bridge zone",
            { MacTableManager: not null } => "bridge macTableManager setting",
            _ => null,
        };
        if (extra is not null)
        {
            throw At(network, "bridge").XmlError(
                $"{extra} not allowed in {definition.Forward.Mode.Name()} mode (network '{definition.Name}')");
        }
    }

    /// <summary>Modes whose network does not own a bridge cannot set one up either.</summary>
    private static void CheckHostDevices(XElement network, NetworkDefinition definition)
    {
        string mode = definition.Forward.Mode.Name();
        if (definition.Bridge is { Delay: > 0 } or { StpGiven: true } or { Zone: not null })
        {
            throw At(network, "bridge").XmlError(
                $"bridge delay/stp/zone options only allowed in {OwnBridgeModes}, "
                + $"not in {mode} (network '{definition.Name}')");
        }

        bool hasDevice = CountDevices(definition.Forward) > 0 || definition.Forward.PhysicalFunction is not null;
        if (definition.Bridge?.Name is not null && hasDevice)
        {
            throw At(network, "bridge").XmlError(
                $"A network with forward mode='{mode}' can specify a bridge name or a forward dev, "
                + $"but not both (network '{definition.Name}')");
        }

        if (definition.Mtu > 0)
        {
            throw At(network, "mtu").XmlError(
                $"mtu size only allowed in {OwnBridgeModes}, not in {mode} (network '{definition.Name}')");
        }
    }

    /// <summary>The pool's devices, however they are named.</summary>
    private static int CountDevices(Forward forward) => forward.Interfaces.Count + forward.Addresses.Count;

    private static XElement At(XElement network, string child) => network.Element(child) ?? network;
}
