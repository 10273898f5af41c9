namespace VirtNet.Integration.Tests.Lab;

/// <summary>
/// A D-Bus system bus of the test's own with a real firewalld on it, whose rules go into one namespace. Installing firewalld
/// would put it before the machine's own network, so it may also be just unpacked: VIRTNET_FIREWALLD names a folder with the
/// contents of Debian's firewalld, python3-firewall, python3-nftables and python3-cap-ng.
/// </summary>
internal sealed class SystemBusWithFirewalld : IAsyncDisposable
{
    private const string ZoneFile = """<?xml version="1.0" encoding="utf-8"?><zone target="ACCEPT"><short>libvirt</short></zone>""";

    private static readonly string Root = Environment.GetEnvironmentVariable("VIRTNET_FIREWALLD") ?? "/";

    private readonly NetworkNamespace _host;
    private readonly string _folder;
    private readonly PrivateBus _bus;
    private BackgroundProgram? _firewalld;

    private SystemBusWithFirewalld(NetworkNamespace host, string folder, PrivateBus bus)
    {
        _host = host;
        _folder = folder;
        _bus = bus;
    }

    public string Address => _bus.Address;

    /// <summary>The bus alone; skips where firewalld is not installed.</summary>
    /// <param name="libvirtZone">With a zone of libvirt's; else with the zones and policies that come with virtnet.</param>
    public static async Task<SystemBusWithFirewalld> StartBusAsync(NetworkNamespace host, bool libvirtZone = true)
    {
        Assert.SkipUnless(
            File.Exists(Path.Combine(Root, "usr/sbin/firewalld")) && PrivateBus.IsPossible,
            "needs firewalld (installed, or unpacked in VIRTNET_FIREWALLD) and dbus-daemon");
        string folder = Directory.CreateTempSubdirectory("virtnet-bus-").FullName;
        string settings = Directory.CreateDirectory(Path.Combine(folder, "etc")).FullName;
        if (libvirtZone)
        {
            Directory.CreateDirectory(Path.Combine(settings, "zones"));
            await File.WriteAllTextAsync(Path.Combine(settings, "zones", "libvirt.xml"), ZoneFile);
        }
        else
        {
            await host.RunAsync("cp", "-r", Packaged("zones"), Packaged("policies"), settings);
        }

        File.Copy(Path.Combine(Root, "etc/firewalld/firewalld.conf"), Path.Combine(settings, "firewalld.conf"));
        return new SystemBusWithFirewalld(host, folder, await PrivateBus.StartAsync(host, folder));
    }

    public async Task StartFirewalldAsync()
    {
        _firewalld = new BackgroundProgram(
            "ip",
            [
                "netns", "exec", _host.Name, "env", "DBUS_SYSTEM_BUS_ADDRESS=" + Address,
                "PYTHONPATH=" + Path.Combine(Root, "usr/lib/python3/dist-packages"),
                "/usr/bin/python3", Path.Combine(Root, "usr/sbin/firewalld"), "--nofork", "--nopid",
                "--default-config", Path.Combine(Root, "usr/lib/firewalld"),
                "--system-config", Path.Combine(_folder, "etc"), "--log-file", Path.Combine(_folder, "log"),
            ]);
        await Wait.UntilAsync(
            async () => (await CallAsync("getZoneOfInterface", "s", "lo")).ExitCode == 0, "firewalld", seconds: 30);
    }

    public async Task StopFirewalldAsync()
    {
        if (_firewalld is not null)
        {
            await _firewalld.SignalAsync("TERM");
        }
    }

    public Task<CommandResult> CallAsync(string method, params string[] arguments) => _host.TryAsync(
        "busctl",
        [
            "--address=" + Address, "call", "org.fedoraproject.FirewallD1", "/org/fedoraproject/FirewallD1",
            "org.fedoraproject.FirewallD1" + (method == "reload" ? "" : ".zone"), method, .. arguments,
        ]);

    public async ValueTask DisposeAsync()
    {
        if (_firewalld is not null)
        {
            await _firewalld.DisposeAsync();
        }

        await _bus.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    private static string Packaged(string kind) => Path.Combine(Programs.Checkout(), "packaging", "firewalld", kind);
}
