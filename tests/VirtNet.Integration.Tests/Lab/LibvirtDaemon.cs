namespace VirtNet.Integration.Tests.Lab;

/// <summary>
/// Debian's own libvirtd in a namespace of the test, on files of the test, with its network driver and, where guests are
/// wanted, its QEMU driver. Networks and guests of the machine's libvirt are out of its sight.
/// </summary>
internal sealed class LibvirtDaemon : IAsyncDisposable
{
    /// <summary>Own mounts come with <c>ip netns exec</c>; own processes, so that its dnsmasq ends with it.</summary>
    private const string Start = """
        set -e
        folder=$1; shift
        mkdir -p "$folder/etc/qemu/networks" "$folder/etc/hooks" "$folder/lib/network" "$folder/lib/dnsmasq" "$folder/run" "$folder/driver" \
          "$folder/lib/qemu" "$folder/cache" "$folder/log" /var/cache/libvirt /var/log/libvirt
        printf '%s\n' 'security_driver = "none"' 'user = "root"' 'group = "root"' 'remember_owner = 0' 'namespaces = []' \
          'cgroup_controllers = []' 'stdio_handler = "file"' >"$folder/etc/qemu.conf"
        mount --bind "$folder/etc" /etc/libvirt
        mount --bind "$folder/cache" /var/cache/libvirt
        mount --bind "$folder/log" /var/log/libvirt
        mount -t tmpfs tmpfs /var/lib
        mkdir /var/lib/libvirt
        mount --bind "$folder/lib" /var/lib/libvirt
        drivers=$(echo /usr/lib/*/libvirt/connection-driver)
        for driver; do cp "$drivers/libvirt_driver_$driver.so" "$folder/driver"; done
        mount --bind "$folder/driver" "$drivers"
        mount --bind "$folder" /mnt
        mount -t tmpfs tmpfs /run
        mkdir -p /run/lock /run/libvirt
        mount --bind /mnt/run /run/libvirt
        env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LC_ALL=C libvirtd &
        wait $! # as the first process here the shell reaps what libvirtd waits for to vanish
        """;

    private readonly NetworkNamespace _host;
    private readonly string _folder;
    private readonly BackgroundProgram _daemon;

    private LibvirtDaemon(NetworkNamespace host, string folder, BackgroundProgram daemon)
    {
        _host = host;
        _folder = folder;
        _daemon = daemon;
    }

    private string Socket => Path.Combine(_folder, "run", "libvirt-sock");

    /// <summary>As programs in its namespace reach it.</summary>
    public string GuestsUri => $"qemu:///system?socket={Socket}";

    /// <param name="guests">With the QEMU driver. Its state goes when it ends; guests do, too.</param>
    public static async Task<LibvirtDaemon> StartAsync(NetworkNamespace host, bool guests = false)
    {
        string[] drivers = guests ? ["network", "qemu"] : ["network"];
        Assert.SkipUnless(
            File.Exists("/usr/sbin/libvirtd") && File.Exists("/usr/bin/virsh"), "needs libvirt-daemon and libvirt-clients");
        Assert.SkipUnless(
            !guests || Directory.EnumerateFiles("/usr/lib", "libvirt_driver_qemu.so", SearchOption.AllDirectories).Any(),
            "needs libvirt-daemon-driver-qemu");
        string folder = Directory.CreateTempSubdirectory("virtnet-libvirt-").FullName;
        BackgroundProgram daemon = new("ip", ["netns", "exec", host.Name,
            "unshare", "--pid", "--fork", "--kill-child", "--mount-proc", "sh", "-c", Start, "sh", folder, .. drivers]);
        LibvirtDaemon libvirt = new(host, folder, daemon);
        await Wait.UntilAsync(() => Task.FromResult(File.Exists(libvirt.Socket) || daemon.HasEnded), "libvirtd to listen");
        Assert.False(daemon.HasEnded, daemon.Output);
        return libvirt;
    }

    public Task<CommandResult> TryVirshAsync(params string[] arguments) =>
        _host.TryAsync("virsh", ["-q", "-c", $"network:///system?socket={Socket}", .. arguments]);

    public async Task CreateAsync(string xml)
    {
        string file = Path.Combine(_folder, "network.xml");
        await File.WriteAllTextAsync(file, xml);
        CommandResult result = await TryVirshAsync("net-create", file);
        Assert.True(result.ExitCode == 0, $"{result}\n{_daemon.Output}");
    }

    public async ValueTask DisposeAsync()
    {
        await _daemon.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }
}
