namespace VirtNet.Rpc.Driver;

/// <summary>
/// Those calls of libvirt's interface API that look: the host's own network interfaces. They ask the kernel and return
/// at once. Failures are <see cref="Model.VirtNetException"/>s. Interfaces are found by name.
/// </summary>
public interface IInterfaceDriver
{
    /// <summary>What the older calls list: those that are up, or those that are down.</summary>
    IReadOnlyList<InterfaceRef> ListByState(bool active);

    /// <param name="flags">virConnectListAllInterfacesFlags: 1 inactive, 2 active.</param>
    IReadOnlyList<InterfaceRef> List(uint flags);

    InterfaceRef LookupByName(string name);

    /// <param name="mac">Compared as text, as libvirt does.</param>
    InterfaceRef LookupByMac(string mac);

    /// <param name="flags">1 = the inactive definition, which is no other.</param>
    string GetXml(InterfaceRef networkInterface, uint flags);

    bool IsActive(InterfaceRef networkInterface);
}

/// <summary>libvirt's handle of a host interface.</summary>
public sealed record InterfaceRef(string Name, string Mac);
