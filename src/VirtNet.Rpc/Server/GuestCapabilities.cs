using System.Runtime.InteropServices;
using System.Xml.Linq;

namespace VirtNet.Rpc.Server;

/// <summary>
/// The guests that this host could run, as a &lt;guest&gt; of libvirt's capabilities. Tools that write a guest's
/// definition (virt-install --print-xml, virt-manager's library) do not begin without one. We run no guests: what is
/// told is only which QEMU for the host's own architecture is installed.
/// </summary>
internal static class GuestCapabilities
{
    private static readonly string[] Folders = ["/usr/bin", "/usr/local/bin"];

    /// <summary>QEMU in Red Hat's packages, always of the host's architecture.</summary>
    private const string RedHatEmulator = "/usr/libexec/qemu-kvm";
    private const string KvmDevice = "/dev/kvm";

    /// <summary>Null when no QEMU is installed, or when the architecture is not one that QEMU's guests are known for.</summary>
    /// <param name="exists">Whether a file is there.</param>
    public static XElement? Describe(Architecture architecture, Func<string, bool> exists)
    {
        if (Known(architecture) is not { } guest || FindEmulator(guest.Suffix, exists) is not { } emulator)
        {
            return null;
        }

        return new XElement("guest",
            new XElement("os_type", "hvm"),
            new XElement("arch",
                new XAttribute("name", guest.Name),
                new XElement("wordsize", 64),
                new XElement("emulator", emulator),
                guest.Machines.Select(machine => new XElement("machine", machine)),
                new XElement("domain", new XAttribute("type", "qemu")),
                exists(KvmDevice) ? new XElement("domain", new XAttribute("type", "kvm")) : null));
    }

    private static string? FindEmulator(string suffix, Func<string, bool> exists) =>
        Folders.Select(folder => $"{folder}/qemu-system-{suffix}").Append(RedHatEmulator).FirstOrDefault(exists);

    /// <summary>Machines by the names that QEMU keeps from version to version.</summary>
    private static (string Name, string Suffix, string[] Machines)? Known(Architecture architecture) => architecture switch
    {
        Architecture.X64 => ("x86_64", "x86_64", ["pc", "q35"]),
        Architecture.Arm64 => ("aarch64", "aarch64", ["virt"]),
        Architecture.RiscV64 => ("riscv64", "riscv64", ["virt"]),
        Architecture.S390x => ("s390x", "s390x", ["s390-ccw-virtio"]),
        Architecture.Ppc64le => ("ppc64le", "ppc64", ["pseries"]),
        _ => null,
    };
}
