namespace VirtNet.Integration.Tests.Lab;

/// <summary>
/// A real systemd-resolved on a bus of the test's own. Installing it would take over the machine's own names, so it may
/// be just unpacked: VIRTNET_RESOLVED names a folder with the contents of Debian's systemd-resolved.
/// </summary>
internal sealed class ResolvedOnPrivateBus : IAsyncDisposable
{
    /// <summary>
    /// Own mounts come with <c>ip netns exec</c>: state of its own, and the user that it becomes. Its package makes that user;
    /// here it is another name of nobody, whom the bus knows.
    /// </summary>
    private const string Start = """
        set -e
        mount -t tmpfs tmpfs /run
        mkdir /run/systemd
        for file in passwd group; do cp /etc/$file /run/$file; done
        grep -q ^systemd-resolve: /run/passwd || echo "systemd-resolve:x:65534:65534::/:/usr/sbin/nologin" >>/run/passwd
        grep -q ^systemd-resolve: /run/group || echo "systemd-resolve:x:65534:" >>/run/group
        for file in passwd group; do mount --bind /run/$file /etc/$file; done
        exec env DBUS_SYSTEM_BUS_ADDRESS="$1" "$2"
        """;

    private static readonly string Program = Path.Combine(
        Environment.GetEnvironmentVariable("VIRTNET_RESOLVED") ?? "/", "lib/systemd/systemd-resolved");

    private readonly PrivateBus _bus;
    private readonly BackgroundProgram _resolved;
    private readonly string _folder;

    private ResolvedOnPrivateBus(PrivateBus bus, BackgroundProgram resolved, string folder)
    {
        _bus = bus;
        _resolved = resolved;
        _folder = folder;
    }

    public string Address => _bus.Address;

    /// <summary>Skips where systemd-resolved is not installed.</summary>
    public static async Task<ResolvedOnPrivateBus> StartAsync(NetworkNamespace host)
    {
        Assert.SkipUnless(
            File.Exists(Program) && PrivateBus.IsPossible,
            "needs systemd-resolved (installed, or unpacked in VIRTNET_RESOLVED) and dbus-daemon");
        string folder = Directory.CreateTempSubdirectory("virtnet-bus-").FullName;
        File.SetUnixFileMode(
            folder,
            UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute
            | UnixFileMode.OtherRead | UnixFileMode.OtherExecute);
        PrivateBus bus = await PrivateBus.StartAsync(host, folder);
        BackgroundProgram resolved = new("ip", ["netns", "exec", host.Name, "sh", "-c", Start, "sh", bus.Address, Program]);
        ResolvedOnPrivateBus made = new(bus, resolved, folder);
        await Wait.UntilAsync(
            async () => resolved.HasEnded || (await host.TryAsync(
                "busctl", "--address=" + bus.Address, "get-property", "org.freedesktop.resolve1", "/org/freedesktop/resolve1",
                "org.freedesktop.resolve1.Manager", "LLMNRHostname")).ExitCode == 0,
            "systemd-resolved");
        Assert.False(resolved.HasEnded, resolved.Output);
        return made;
    }

    public async ValueTask DisposeAsync()
    {
        await _resolved.DisposeAsync();
        await _bus.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }
}
