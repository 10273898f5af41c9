using VirtNet.Integration.Tests.Lab;

namespace VirtNet.Integration.Tests;

/// <summary>The commands for guests' interfaces on a real, running domain of Debian's libvirt and QEMU.</summary>
public class DomainInterfaceTests
{
    private const string Mac = "52:54:00:aa:00:01";

    private const string Network = """
        <network><name>lab</name><forward mode='nat'/><bridge name='vlab' stp='off'/>
          <ip address='10.61.0.1' prefix='24'><dhcp><range start='10.61.0.10' end='10.61.0.20'/></dhcp></ip></network>
        """;

    /// <summary>Its firmware is all that runs in it.</summary>
    private const string Domain = $"""
        <domain type='qemu'><name>vm</name><memory unit='MiB'>64</memory><vcpu>1</vcpu>
          <os><type arch='x86_64' machine='q35'>hvm</type></os>
          <devices><emulator>/usr/bin/qemu-system-x86_64</emulator>
            <interface type='network'><mac address='{Mac}'/><source network='lab'/><model type='virtio'/><boot order='1'/></interface>
          </devices>
        </domain>
        """;

    [Fact]
    public async Task A_running_guest_is_moved_edited_and_looked_at()
    {
        Assert.SkipUnless(File.Exists("/usr/bin/qemu-system-x86_64"), "needs qemu-system-x86");
        await using NetworkLab lab = await NetworkLab.CreateAsync();
        await using LibvirtDaemon libvirt = await LibvirtDaemon.StartAsync(lab.Host, guests: true);
        await lab.Host.RunAsync("ip", "link", "add", "br0", "type", "bridge");
        await lab.Host.RunAsync("ip", "link", "set", "br0", "up");
        await libvirt.CreateAsync(Network);
        await DefineAndStartAsync(lab, libvirt);
        Guest guest = new(lab, libvirt);

        Assert.Contains($" vnet0       network   lab      virtio   {Mac}", await guest.OkAsync("domiflist"), StringComparison.Ordinal);
        Assert.Contains("vlab", await guest.OkAsync("domiflist", "--details"), StringComparison.Ordinal);
        Assert.Contains(" vm ", await guest.OkNetAsync("net-attached", "lab"), StringComparison.Ordinal);
        string live = await guest.InterfaceAsync(inactive: false);
        string config = await guest.InterfaceAsync(inactive: true);

        string difference = await guest.OkAsync("domif-set-source", "--mac", Mac, "--bridge", "br0", "--dry-run");
        Assert.Contains("+      <source bridge='br0'/>", difference, StringComparison.Ordinal);
        Assert.Equal((live, config), (await guest.InterfaceAsync(inactive: false), await guest.InterfaceAsync(inactive: true)));

        await guest.OkAsync("domif-set-source", "--mac", Mac, "--bridge", "br0");
        Assert.Contains("master br0", await lab.Host.RunAsync("ip", "-o", "link", "show", "vnet0"), StringComparison.Ordinal);
        Assert.Equal(
            config.Replace("type='network'", "type='bridge'", StringComparison.Ordinal)
                .Replace("<source network='lab'/>", "<source bridge='br0'/>", StringComparison.Ordinal),
            await guest.InterfaceAsync(inactive: true));
        await guest.OkAsync("domif-set-source", "--target", "vnet0", "--network", "lab", "--live");
        Assert.Contains("master vlab", await lab.Host.RunAsync("ip", "-o", "link", "show", "vnet0"), StringComparison.Ordinal);
        await guest.OkAsync("domif-set-source", "--index", "1", "--network", "lab", "--config");
        Assert.Equal(config, await guest.InterfaceAsync(inactive: true));

        await guest.OkAsync("domif-setlink", "vnet0", "down");
        Assert.Equal("vnet0 down", (await guest.OkAsync("domif-getlink", "vnet0")).Trim());
        await guest.OkAsync("domif-setlink", "vnet0", "up");
        Assert.Contains("Name", await guest.OkAsync("domifaddr", "--source", "lease"), StringComparison.Ordinal);

        await guest.OkAsync("attach-interface", "bridge", "br0", "--mac", "52:54:00:aa:00:02", "--config");
        Assert.Contains("52:54:00:aa:00:02", await guest.XmlAsync(inactive: true), StringComparison.Ordinal);
        await guest.OkAsync("detach-interface", "bridge", "--mac", "52:54:00:aa:00:02", "--config");
        Assert.DoesNotContain("52:54:00:aa:00:02", await guest.XmlAsync(inactive: true), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_cannot_be_done_is_refused_with_a_reason_and_changes_nothing()
    {
        Assert.SkipUnless(File.Exists("/usr/bin/qemu-system-x86_64"), "needs qemu-system-x86");
        await using NetworkLab lab = await NetworkLab.CreateAsync();
        await using LibvirtDaemon libvirt = await LibvirtDaemon.StartAsync(lab.Host, guests: true);
        await lab.Host.RunAsync("ip", "link", "add", "br0", "type", "bridge");
        await libvirt.CreateAsync(Network);
        await DefineAndStartAsync(lab, libvirt);
        Guest guest = new(lab, libvirt);
        string before = await guest.XmlAsync(inactive: true) + await guest.XmlAsync(inactive: false);

        (string[] Arguments, string Reason)[] refusals =
        [
            (["domif-set-source", "--mac", Mac, "--network", "lap"], "did you mean 'lab'?"),
            (["domif-set-source", "--mac", Mac, "--bridge", "br1"], "did you mean 'br0'?"),
            (["domif-set-source", "--mac", "52:54:00:aa:00:09", "--bridge", "br0"], "52:54:00:aa:00:09"),
            (["domif-set-source", "--mac", Mac, "--direct", "br0"], "'direct'"), // the hypervisor cannot do this while it runs
            (["attach-interface", "network", "lab", "--mac", Mac, "--live", "--config"], "uses MAC address"),
        ];
        foreach ((string[] arguments, string reason) in refusals)
        {
            CommandResult result = await guest.TryAsync(arguments[0], arguments[1..]);
            Assert.NotEqual(0, result.ExitCode);
            Assert.Contains(reason, result.Error, StringComparison.Ordinal);
        }

        Assert.Equal(before, await guest.XmlAsync(inactive: true) + await guest.XmlAsync(inactive: false));
    }

    private static async Task DefineAndStartAsync(NetworkLab lab, LibvirtDaemon libvirt)
    {
        string file = Path.Combine(lab.Scratch, "vm.xml");
        await File.WriteAllTextAsync(file, Domain);
        await lab.Host.RunAsync("virsh", "-c", libvirt.GuestsUri, "define", file);
        await lab.Host.RunAsync("virsh", "-c", libvirt.GuestsUri, "start", "vm");
    }

    /// <summary>The domain as virtnet and, for comparison, virsh see it.</summary>
    private sealed class Guest(NetworkLab lab, LibvirtDaemon libvirt)
    {
        private string[] Connection { get; } = ["--no-autostart", "-c", libvirt.GuestsUri];

        public Task<CommandResult> TryAsync(string verb, params string[] arguments) => lab.Host.TryAsync(
            Programs.Client, [.. Connection, verb, "--domain-uri", libvirt.GuestsUri, "vm", .. arguments]);

        public Task<string> OkAsync(string verb, params string[] arguments) => lab.Host.RunAsync(
            Programs.Client, [.. Connection, verb, "--domain-uri", libvirt.GuestsUri, "vm", .. arguments]);

        public Task<string> OkNetAsync(string verb, string network) => lab.Host.RunAsync(
            Programs.Client, [.. Connection, verb, "--domain-uri", libvirt.GuestsUri, network]);

        public Task<string> XmlAsync(bool inactive) =>
            lab.Host.RunAsync("virsh", ["-c", libvirt.GuestsUri, "dumpxml", "vm", .. inactive ? ["--inactive"] : Array.Empty<string>()]);

        public async Task<string> InterfaceAsync(bool inactive)
        {
            string xml = await XmlAsync(inactive);
            int start = xml.IndexOf("<interface", StringComparison.Ordinal);
            return xml[start..xml.IndexOf("</interface>", start, StringComparison.Ordinal)];
        }
    }
}
