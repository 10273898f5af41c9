namespace VirtNet.Model;

/// <summary>Which parameters each type of virtualport may have, and which a port needs before a switch can use it.</summary>
internal static class VirtualPortRules
{
    /// <summary>The type as XML and error texts spell it.</summary>
    public static string NameOf(VirtualPortType? type) => type switch
    {
        null => "none",
        VirtualPortType.Vepa8021Qbg => "802.1Qbg",
        VirtualPortType.VnLink8021Qbh => "802.1Qbh",
        VirtualPortType.MidoNet => "midonet",
        _ => "openvswitch",
    };

    /// <summary>The first parameter that the port's type does not have; null if there is none.</summary>
    public static string? ExtraOf(VirtualPort port) => port switch
    {
        { Type: VirtualPortType.Vepa8021Qbg, ProfileId: not null } => "profileid",
        { Type: VirtualPortType.Vepa8021Qbg, InterfaceId: not null } => "interfaceid",
        { Type: VirtualPortType.Vepa8021Qbg or VirtualPortType.MidoNet or null } => null,
        { ManagerId: not null } => "managerid",
        { TypeId: not null } => "typeid",
        { TypeIdVersion: not null } => "typeidversion",
        { InstanceId: not null } => "instanceid",
        { Type: VirtualPortType.VnLink8021Qbh, InterfaceId: not null } => "interfaceid",
        _ => null,
    };

    public static string ExtraText(VirtualPort port, string extra) =>
        $"extra {extra} unsupported in <virtualport type='{NameOf(port.Type)}'>";

    /// <summary>Makes up the ids that nobody has to give, and refuses a port that lacks one of the others.</summary>
    public static VirtualPort? Complete(VirtualPort? port, Func<Guid> newGuid)
    {
        string? missing = port switch
        {
            { Type: VirtualPortType.Vepa8021Qbg, ManagerId: null } => "managerid",
            { Type: VirtualPortType.Vepa8021Qbg, TypeId: null } => "typeid",
            { Type: VirtualPortType.Vepa8021Qbg, TypeIdVersion: null } => "typeidversion",
            { Type: VirtualPortType.VnLink8021Qbh, ProfileId: null } => "profileid",
            { Type: VirtualPortType.MidoNet, InterfaceId: null } => "interfaceid",
            _ => null,
        };
        if (missing is not null)
        {
            throw Refused($"missing {missing} in <virtualport type='{NameOf(port?.Type)}'>");
        }

        return port switch
        {
            { Type: VirtualPortType.Vepa8021Qbg, InstanceId: null } => port with { InstanceId = newGuid() },
            { Type: VirtualPortType.OpenVSwitch, InterfaceId: null } => port with { InterfaceId = newGuid() },
            _ => port,
        };
    }

    public static VirtNetException Refused(string detail) =>
        new(VirErrorCode.XmlError, $"XML error: {detail}", VirErrorDomain.Net);
}
