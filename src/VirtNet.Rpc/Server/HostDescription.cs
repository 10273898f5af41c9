using System.Globalization;
using System.Runtime.InteropServices;
using System.Xml.Linq;
using VirtNet.Rpc.Messages;

namespace VirtNet.Rpc.Server;

/// <summary>The little that a client learns about the host, apart from its networks.</summary>
internal static class HostDescription
{
    private static string Architecture => RuntimeInformation.OSArchitecture switch
    {
        System.Runtime.InteropServices.Architecture.X64 => "x86_64",
        System.Runtime.InteropServices.Architecture.X86 => "i686",
        System.Runtime.InteropServices.Architecture.Arm64 => "aarch64",
        System.Runtime.InteropServices.Architecture.S390x => "s390x",
        System.Runtime.InteropServices.Architecture.Ppc64le => "ppc64le",
        System.Runtime.InteropServices.Architecture.RiscV64 => "riscv64",
        System.Runtime.InteropServices.Architecture other => other.ToString(),
    };

    public static NodeInfoResult NodeInfo() => new(
        Architecture,
        Memory: TotalMemory(),
        Cpus: Environment.ProcessorCount,
        Megahertz: 0,
        Nodes: 1,
        Sockets: 1,
        Cores: Environment.ProcessorCount,
        Threads: 1);

    /// <summary>libvirt's capabilities XML: the processor's architecture, and what guests an installed QEMU could run.</summary>
    public static string Capabilities()
    {
        XElement cpu = new("cpu", new XElement("arch", Architecture));
        XElement capabilities = new("capabilities",
            new XElement("host", cpu),
            GuestCapabilities.Describe(RuntimeInformation.OSArchitecture, File.Exists));
        return capabilities + "\n";
    }

    /// <summary>In KiB, the unit of /proc/meminfo; 0 when it cannot be read.</summary>
    private static ulong TotalMemory()
    {
        try
        {
            string? total = File.ReadLines("/proc/meminfo")
                .FirstOrDefault(line => line.StartsWith("MemTotal:", StringComparison.Ordinal));
            string? number = total?.Split(' ', StringSplitOptions.RemoveEmptyEntries).ElementAtOrDefault(1);
            return ulong.TryParse(number, CultureInfo.InvariantCulture, out ulong kibibytes) ? kibibytes : 0;
        }
        catch (IOException)
        {
            return 0;
        }
    }
}
