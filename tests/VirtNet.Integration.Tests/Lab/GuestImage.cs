namespace VirtNet.Integration.Tests.Lab;

/// <summary>
/// A guest that boots in seconds: Debian's cloud kernel, and an initramfs of busybox, the virtio network modules and a
/// script. Made once a test, from what is installed (<c>tests/box/guest-image.sh</c>).
/// </summary>
internal sealed record GuestImage(string Kernel, string Initramfs)
{
    private const string KernelArguments = "console=ttyS0 quiet panic=-1";

    /// <param name="script">Shell commands that run in the guest once its modules are loaded; then it powers off.</param>
    public static async Task<GuestImage> BuildAsync(NetworkNamespace anywhere, string folder, string script)
    {
        Assert.SkipUnless(
            Directory.EnumerateFiles("/boot", "vmlinuz-*-cloud-amd64").Any(), "needs Debian's linux-image-cloud-amd64");
        Assert.SkipUnless(File.Exists("/usr/bin/qemu-system-x86_64"), "needs qemu-system-x86");
        string image = Path.Combine(folder, "guest.cpio");
        string kernel = await anywhere.RunAsync(Path.Combine(Programs.Checkout(), "tests", "box", "guest-image.sh"), image, script);
        return new GuestImage(kernel.Trim(), image);
    }

    /// <summary>Boots it on a tap of a bridge and waits for its end.</summary>
    /// <returns>What it printed on its console.</returns>
    public Task<string> RunAsync(NetworkNamespace host, string bridge) => RunQemuAsync(
        host, bridge, "-kernel", Kernel, "-initrd", Initramfs, "-append", KernelArguments);

    /// <summary>
    /// Boots a machine that has nothing but its network card: its firmware (iPXE) asks for an address and a file, and goes on
    /// from there.
    /// </summary>
    /// <param name="tftpRoot">What the network serves; the image is put there beside the script <c>boot.ipxe</c>.</param>
    /// <returns>What firmware and guest printed on the console.</returns>
    public async Task<string> NetbootAsync(NetworkNamespace host, string bridge, string tftpRoot)
    {
        Assert.SkipUnless(File.Exists("/usr/lib/ipxe/qemu/pxe-virtio.rom"), "needs ipxe-qemu");
        File.Copy(Kernel, Path.Combine(tftpRoot, "vmlinuz"));
        File.Copy(Initramfs, Path.Combine(tftpRoot, "guest.cpio"));
        await File.WriteAllTextAsync(Path.Combine(tftpRoot, "boot.ipxe"),
            $$"""
            #!ipxe
            echo NETBOOT ip=${net0/ip} next=${next-server} file=${filename}
            kernel vmlinuz {{KernelArguments}}
            initrd guest.cpio
            boot

            """);
        return await RunQemuAsync(host, bridge, "-boot", "n");
    }

    /// <summary>The same with a machine that ends by itself, because what its firmware gets makes it start anew.</summary>
    public static Task<string> RunFirmwareAsync(NetworkNamespace host, string bridge)
    {
        Assert.SkipUnless(
            File.Exists("/usr/bin/qemu-system-x86_64") && File.Exists("/usr/lib/ipxe/qemu/pxe-virtio.rom"), "needs qemu-system-x86 and ipxe-qemu");
        return RunQemuAsync(host, bridge, "-boot", "n");
    }

    private static async Task<string> RunQemuAsync(NetworkNamespace host, string bridge, params string[] boot)
    {
        await host.RunAsync("ip", "tuntap", "add", "tap0", "mode", "tap");
        await host.RunAsync("ip", "link", "set", "tap0", "master", bridge, "up");
        return await host.RunAsync(
            "timeout",
            [
                "50", "qemu-system-x86_64", "-accel", "tcg", "-cpu", "max", "-m", "256", "-nographic", "-no-reboot",
                "-netdev", "tap,id=n,ifname=tap0,script=no,downscript=no", "-device", "virtio-net-pci,netdev=n", .. boot,
            ]);
    }
}
