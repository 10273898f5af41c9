namespace VirtNet.Model;

/// <summary>What is told to a switch about a port. Every parameter is null when absent.</summary>
public sealed record VirtualPort(VirtualPortType? Type)
{
    public byte? ManagerId { get; init; }

    public uint? TypeId { get; init; }

    public byte? TypeIdVersion { get; init; }

    public Guid? InstanceId { get; init; }

    public Guid? InterfaceId { get; init; }

    public string? ProfileId { get; init; }

    public bool HasParameters =>
        ManagerId is not null || TypeId is not null || TypeIdVersion is not null
        || InstanceId is not null || InterfaceId is not null || ProfileId is not null;
}

/// <summary>Printed as 802.1Qbg, 802.1Qbh, openvswitch, midonet.</summary>
public enum VirtualPortType
{
    Vepa8021Qbg,
    VnLink8021Qbh,
    OpenVSwitch,
    MidoNet,
}
