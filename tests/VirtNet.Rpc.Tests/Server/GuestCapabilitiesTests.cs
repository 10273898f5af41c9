using System.Runtime.InteropServices;
using System.Xml.Linq;
using VirtNet.Rpc.Server;

namespace VirtNet.Rpc.Tests.Server;

public class GuestCapabilitiesTests
{
    [Fact]
    public void An_installed_QEMU_is_told_with_its_machines() => Assert.Equal(
        "<guest><os_type>hvm</os_type><arch name=\"x86_64\"><wordsize>64</wordsize><emulator>/usr/bin/qemu-system-x86_64</emulator>"
        + "<machine>pc</machine><machine>q35</machine><domain type=\"qemu\" /></arch></guest>",
        Describe(Architecture.X64, "/usr/bin/qemu-system-x86_64"));

    [Fact]
    public void Hardware_virtualization_is_told_where_there_is_some() => Assert.Contains(
        "<domain type=\"qemu\" /><domain type=\"kvm\" />", Describe(Architecture.Arm64, "/usr/bin/qemu-system-aarch64", "/dev/kvm"),
        StringComparison.Ordinal);

    [Fact]
    public void The_emulator_of_Red_Hat_is_found_where_it_is() => Assert.Contains(
        "<emulator>/usr/libexec/qemu-kvm</emulator>", Describe(Architecture.X64, "/usr/libexec/qemu-kvm"), StringComparison.Ordinal);

    [Theory]
    [InlineData(Architecture.X64, "/usr/bin/qemu-system-aarch64")]
    [InlineData(Architecture.LoongArch64, "/usr/bin/qemu-system-loongarch64")]
    public void Without_an_emulator_of_the_architecture_there_are_no_guests(Architecture architecture, string other) =>
        Assert.Null(Describe(architecture, other));

    private static string? Describe(Architecture architecture, params string[] files) =>
        GuestCapabilities.Describe(architecture, files.Contains)?.ToString(SaveOptions.DisableFormatting);
}
