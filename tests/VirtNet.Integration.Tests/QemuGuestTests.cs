using VirtNet.Integration.Tests.Lab;

namespace VirtNet.Integration.Tests;

/// <summary>A real guest, in QEMU's software emulation, on a tap of the network.</summary>
public class QemuGuestTests
{
    private const string Network = """
        <network><name>default</name><forward mode='nat'/><bridge name='virbr0' stp='on' delay='0'/><domain name='lab.test'/>
          <ip address='192.168.122.1' netmask='255.255.255.0'><dhcp><range start='192.168.122.2' end='192.168.122.254'/></dhcp></ip>
        </network>
        """;

    private const string PrintPeer = """
        import socket
        listener = socket.create_server(("0.0.0.0", 8080))
        while True:
            connection, peer = listener.accept()
            connection.sendall(f"PEER {peer[0]} {peer[1]}\n".encode())
            connection.close()
        """;

    [Fact]
    public async Task A_guest_boots_with_an_address_a_name_and_a_way_out()
    {
        await using NetworkLab lab = await NetworkLab.StartAsync();
        NetworkNamespace outside = await lab.AddOutsideAsync();
        outside.Start("dnsmasq", "--keep-in-foreground", "--no-resolv", "--no-hosts", "--conf-file=/dev/null",
            "--pid-file", "--address=/outside.test/198.51.100.7", "--listen-address=" + NetworkLab.OutsideAddress);
        outside.Start("python3", "-c", PrintPeer);
        await lab.NetworkAsync("default", Network);
        GuestImage image = await GuestImage.BuildAsync(
            lab.Host,
            lab.Scratch,
            """
            udhcpc -i eth0 -n -q -s /udhcpc.script -x hostname:qemuguest
            nslookup qemuguest.lab.test | grep Address
            nslookup www.outside.test | grep Address
            nc 203.0.113.1 8080 </dev/null
            """);

        string console = await image.RunAsync(lab.Host, "virbr0");

        TestContext.Current.TestOutputHelper?.WriteLine(console);
        Assert.Contains("GUEST-LEASE ip=192.168.122.", console, StringComparison.Ordinal);
        Assert.Contains("router=192.168.122.1 dns=192.168.122.1 domain=lab.test", console, StringComparison.Ordinal);
        Assert.Contains("198.51.100.7", console, StringComparison.Ordinal);
        Assert.Contains("PEER " + NetworkLab.UplinkAddress, console, StringComparison.Ordinal);
        Assert.Contains("qemuguest", await lab.VirtnetAsync("net-dhcp-leases", "default"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_machine_without_a_disk_boots_from_the_network()
    {
        await using NetworkLab lab = await NetworkLab.StartAsync();
        string files = Directory.CreateDirectory(Path.Combine(lab.Scratch, "tftp")).FullName;
        await lab.NetworkAsync("netboot",
            $"""
            <network><name>netboot</name><bridge name='virbr0'/>
              <ip address='192.168.122.1' netmask='255.255.255.0'>
                <tftp root='{files}'/>
                <dhcp><range start='192.168.122.2' end='192.168.122.254'/><bootp file='boot.ipxe'/></dhcp>
              </ip>
            </network>
            """);
        GuestImage image = await GuestImage.BuildAsync(lab.Host, lab.Scratch, "echo BOOTED-FROM-THE-NETWORK");

        string console = await image.NetbootAsync(lab.Host, "virbr0", files);

        TestContext.Current.TestOutputHelper?.WriteLine(console);
        Assert.Matches(@"NETBOOT ip=192\.168\.122\.\d+ next=192\.168\.122\.1 file=boot\.ipxe", console);
        Assert.Contains("BOOTED-FROM-THE-NETWORK", console, StringComparison.Ordinal);
    }

    /// <summary>
    /// As boot servers are set up: iPXE is known by option 175 and gets a script by TFTP, which asks again by another name and
    /// gets the second one, by HTTP.
    /// </summary>
    [Fact]
    public async Task Firmware_is_led_from_stage_to_stage_by_its_tags()
    {
        await using NetworkLab lab = await NetworkLab.StartAsync();
        string files = Directory.CreateDirectory(Path.Combine(lab.Scratch, "tftp")).FullName;
        string pages = Directory.CreateDirectory(Path.Combine(lab.Scratch, "http")).FullName;
        await lab.NetworkAsync("chain",
            $"""
            <network xmlns:dnsmasq='http://libvirt.org/schemas/network/dnsmasq/1.0'><name>chain</name><bridge name='virbr0'/>
              <ip address='192.168.122.1' netmask='255.255.255.0'>
                <dhcp><range start='192.168.122.2' end='192.168.122.254'/></dhcp>
              </ip>
              <dnsmasq:options>
                <dnsmasq:option value='enable-tftp'/>
                <dnsmasq:option value='tftp-root={files}'/>
                <dnsmasq:option value='dhcp-match=set:ipxe,175'/>
                <dnsmasq:option value='dhcp-userclass=set:second,second-stage'/>
                <dnsmasq:option value='dhcp-boot=tag:!ipxe,undionly.kpxe'/>
                <dnsmasq:option value='dhcp-boot=tag:ipxe,tag:!second,first.ipxe'/>
                <dnsmasq:option value='dhcp-boot=tag:second,http://192.168.122.1:8080/second.ipxe'/>
              </dnsmasq:options>
            </network>
            """);
        await File.WriteAllTextAsync(Path.Combine(files, "first.ipxe"),
            """
            #!ipxe
            echo FIRST-STAGE file=${filename}
            set user-class second-stage
            dhcp net0
            chain ${filename}

            """,
            TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(Path.Combine(pages, "second.ipxe"),
            """
            #!ipxe
            echo SECOND-STAGE
            sleep 1
            reboot

            """,
            TestContext.Current.CancellationToken);
        lab.Host.Start("python3", "-m", "http.server", "--bind", "192.168.122.1", "--directory", pages, "8080");

        string console = await GuestImage.RunFirmwareAsync(lab.Host, "virbr0");

        TestContext.Current.TestOutputHelper?.WriteLine(console);
        Assert.Contains("FIRST-STAGE file=first.ipxe", console, StringComparison.Ordinal);
        Assert.Contains("http://192.168.122.1:8080/second.ipxe... ok", console, StringComparison.Ordinal);
        Assert.Contains("SECOND-STAGE", console, StringComparison.Ordinal);
    }
}
