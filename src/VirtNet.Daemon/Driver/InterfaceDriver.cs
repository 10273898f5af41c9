using VirtNet.Host.Interfaces;
using VirtNet.Model;
using VirtNet.Rpc.Driver;

namespace VirtNet.Daemon.Driver;

/// <summary>libvirt's interface API on top of the kernel's list. Ports of bridges are found by name, but not listed.</summary>
internal sealed class InterfaceDriver(HostInterfaces interfaces) : IInterfaceDriver
{
    private const uint Inactive = 1;
    private const uint Active = 2;
    private const uint InactiveXml = 1;

    public IReadOnlyList<InterfaceRef> ListByState(bool active) =>
        Select(candidate => active ? candidate.IsUp : candidate.IsDown);

    public IReadOnlyList<InterfaceRef> List(uint flags)
    {
        CheckFlags(flags, Inactive | Active, "udevConnectListAllInterfaces");
        return flags switch
        {
            Inactive => Select(candidate => !candidate.IsUp),
            Active => Select(candidate => candidate.IsUp),
            _ => Select(_ => true),
        };
    }

    public InterfaceRef LookupByName(string name) => Handle(Find(name));

    public InterfaceRef LookupByMac(string mac)
    {
        HostInterface[] found = [.. interfaces.List().Where(candidate => candidate.Mac == mac)];
        return found switch
        {
            [] => throw NotFound($"couldn't find interface with MAC address '{mac}'"),
            [HostInterface one] => Handle(one),
            _ => throw new VirtNetException(
                VirErrorCode.MultipleInterfaces,
                $"multiple matching interfaces found: the MAC address '{mac}' matches multiple interfaces",
                VirErrorDomain.Interface),
        };
    }

    public string GetXml(InterfaceRef networkInterface, uint flags)
    {
        CheckFlags(flags, InactiveXml, "udevInterfaceGetXMLDesc");
        return interfaces.GetXml(networkInterface.Name) ?? throw NoName(networkInterface.Name);
    }

    public bool IsActive(InterfaceRef networkInterface) => Find(networkInterface.Name).IsUp;

    private InterfaceRef[] Select(Func<HostInterface, bool> wanted) =>
        [.. interfaces.List().Where(candidate => !candidate.IsBridgePort && wanted(candidate)).Select(Handle)];

    private HostInterface Find(string name) =>
        interfaces.List().FirstOrDefault(candidate => candidate.Name == name) ?? throw NoName(name);

    private static InterfaceRef Handle(HostInterface found) => new(found.Name, found.Mac);

    private static VirtNetException NoName(string name) => NotFound($"couldn't find interface named '{name}'");

    private static VirtNetException NotFound(string detail) =>
        new(VirErrorCode.NoInterface, $"Interface not found: {detail}", VirErrorDomain.Interface);

    private static void CheckFlags(uint flags, uint known, string function)
    {
        if ((flags & ~known) is not 0 and uint unknown)
        {
            throw VirtNetException.UnsupportedFlags(unknown, function, VirErrorDomain.Interface);
        }
    }
}
