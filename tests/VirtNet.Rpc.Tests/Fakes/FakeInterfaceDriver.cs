using VirtNet.Model;
using VirtNet.Rpc.Driver;

namespace VirtNet.Rpc.Tests.Fakes;

/// <summary>A host with one bridge that is up and one device that is down.</summary>
internal sealed class FakeInterfaceDriver : IInterfaceDriver
{
    public static readonly InterfaceRef Bridge = new("br0", "52:54:00:00:00:01");
    public static readonly InterfaceRef Device = new("eth0", "52:54:00:00:00:02");

    public IReadOnlyList<InterfaceRef> ListByState(bool active) => active ? [Bridge] : [Device];

    public IReadOnlyList<InterfaceRef> List(uint flags) => [Bridge, Device];

    public InterfaceRef LookupByName(string name) => Find(known => known.Name == name);

    public InterfaceRef LookupByMac(string mac) => Find(known => known.Mac == mac);

    public string GetXml(InterfaceRef networkInterface, uint flags) =>
        $"<interface name='{LookupByName(networkInterface.Name).Name}'/>\n";

    public bool IsActive(InterfaceRef networkInterface) => LookupByName(networkInterface.Name) == Bridge;

    private static InterfaceRef Find(Func<InterfaceRef, bool> wanted) =>
        new[] { Bridge, Device }.FirstOrDefault(wanted)
        ?? throw new VirtNetException(VirErrorCode.NoInterface, "Interface not found: none", VirErrorDomain.Interface);
}
