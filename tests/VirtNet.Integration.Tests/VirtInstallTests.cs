using VirtNet.Integration.Tests.Lab;

namespace VirtNet.Integration.Tests;

/// <summary>Debian's virt-install, and the library that it shares with virt-manager.</summary>
public class VirtInstallTests
{
    private const string Library = """
        import sys
        sys.path.insert(0, "/usr/share/virt-manager")
        from virtinst import Network, VirtinstConnection, pollhelpers
        connection = VirtinstConnection(f"qemu:///system?socket={sys.argv[1]}")
        connection.open(None, None)
        network = Network(connection)
        network.name, network.forward.mode, network.domain_name = "made", "nat", "made.test"
        address = network.ips.add_new()
        address.address, address.netmask = "192.168.77.1", "255.255.255.0"
        pool = address.ranges.add_new()
        pool.start, pool.end = "192.168.77.128", "192.168.77.254"
        made = connection.networkDefineXML(network.get_xml())
        made.create()
        made.setAutostart(True)
        gone, new, all = pollhelpers.fetch_nets(connection, {}, lambda backend, name: backend)
        print([each.name() for each in new], made.isActive(), made.autostart(), made.bridgeName())
        print(connection.fetch_all_domains(), connection.fetch_all_pools(), connection.fetch_all_nodedevs())
        made.destroy()
        made.undefine()
        print(connection.listAllNetworks())
        """;

    [Fact]
    public async Task Virt_install_writes_a_guest_for_a_network()
    {
        Assert.SkipUnless(File.Exists("/usr/bin/virt-install"), "needs virtinst");
        Assert.SkipUnless(File.Exists("/usr/bin/qemu-system-x86_64"), "needs qemu-system-x86");
        await using NetworkLab lab = await NetworkLab.StartAsync();
        await lab.NetworkAsync("lab", "<network><name>lab</name><bridge name='virbr5'/></network>");

        string guest = await lab.Host.RunAsync(
            "env", "HOME=" + lab.Scratch, "virt-install", "--connect", Uri(lab), "--name", "g", "--memory", "256", "--disk", "none",
            "--import", "--osinfo", "linux2020", "--network", "network=lab", "--nographics", "--print-xml");

        Assert.Contains("<source network=\"lab\"/>", guest, StringComparison.Ordinal);
        Assert.Contains("<emulator>/usr/bin/qemu-system-x86_64</emulator>", guest, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_library_of_virt_manager_takes_a_network_through_its_life()
    {
        Assert.SkipUnless(Directory.Exists("/usr/share/virt-manager/virtinst"), "needs virtinst");
        await using NetworkLab lab = await NetworkLab.StartAsync();

        string output = await lab.Host.RunAsync("env", "HOME=" + lab.Scratch, "/usr/bin/python3", "-c", Library, lab.Socket);

        Assert.Equal("['made'] 1 1 virbr0\n[] [] []\n[]\n", output);
    }

    private static string Uri(NetworkLab lab) => "qemu:///system?socket=" + lab.Socket;
}
