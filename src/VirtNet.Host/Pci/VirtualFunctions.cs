using System.Globalization;
using VirtNet.Model;

namespace VirtNet.Host.Pci;

/// <summary>SR-IOV virtual functions, as the kernel shows them in sysfs (sysfs-bus-pci, <c>virtfn*</c> and <c>physfn</c>).</summary>
public static class VirtualFunctions
{
    private const string Devices = "/sys/bus/pci/devices";
    private const string NetworkClass = "/sys/class/net";

    public static bool IsVirtualFunction(PciAddress address) =>
        Path.Exists(Path.Combine(Devices, address.ToString(), "physfn"));

    /// <summary>
    /// The live form of a definition whose pool is a physical function: with the functions found on it, by PCI address in
    /// mode hostdev, else by network interface. Other definitions are returned as they are.
    /// </summary>
    /// <exception cref="VirtNetException">The interface has no virtual functions, or none that can be used.</exception>
    public static NetworkDefinition Resolve(NetworkDefinition definition)
    {
        if (definition.Forward.PhysicalFunction is not { } interfaceName || definition.OwnsBridge)
        {
            return definition;
        }

        List<PciAddress> functions = Find(interfaceName);
        if (functions.Count > 0 && definition.Forward.Mode == ForwardMode.Hostdev)
        {
            return definition with { Forward = definition.Forward with { Addresses = functions.ToValueList() } };
        }

        List<string> interfaces = [.. functions.Select(InterfaceOf).OfType<string>()];
        return interfaces.Count == 0
            ? throw VirtNetException.Internal($"No usable Vf's present on SRIOV PF {interfaceName}")
            : definition with { Forward = definition.Forward with { Interfaces = interfaces.ToValueList() } };
    }

    private static List<PciAddress> Find(string interfaceName)
    {
        string device = Path.Combine(NetworkClass, interfaceName, "device");
        return !Directory.Exists(device)
            ? []
            :
            [
                .. Directory.EnumerateFileSystemEntries(device, "virtfn*")
                    .OrderBy(link => int.Parse(Path.GetFileName(link).AsSpan("virtfn".Length), CultureInfo.InvariantCulture))
                    .Select(link => Parse(Path.GetFileName(new DirectoryInfo(link).LinkTarget ?? ""))),
            ];
    }

    /// <summary>The network interface that the function's driver made, if one is bound.</summary>
    private static string? InterfaceOf(PciAddress function)
    {
        string folder = Path.Combine(Devices, function.ToString(), "net");
        return Directory.Exists(folder) ? Directory.EnumerateDirectories(folder).Select(Path.GetFileName).FirstOrDefault() : null;
    }

    /// <summary>A device's name in sysfs: <c>0000:03:10.1</c>.</summary>
    private static PciAddress Parse(string name)
    {
        string[] parts = name.Split(':', '.');
        return new PciAddress(Hex(parts[0]), Hex(parts[1]), Hex(parts[2]), Hex(parts[3]));

        static uint Hex(string digits) => uint.Parse(digits, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
    }
}
