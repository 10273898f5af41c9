using VirtNet.Integration.Tests.Lab;

namespace VirtNet.Integration.Tests;

/// <summary>Clients in other languages that Debian carries, unmodified: each defines, starts, lists, updates and removes a network.</summary>
public class OtherClientsTests
{
    private const string Network =
        "<network><name>rc</name><forward mode='nat'/><bridge name='virbr5'/><ip address='192.168.55.1' prefix='24'>"
        + "<dhcp><range start='192.168.55.2' end='192.168.55.99'/></dhcp></ip></network>";

    private const string Perl = """
        use strict; use Sys::Virt; use Sys::Virt::Event;
        Sys::Virt::Event::register_default();
        my $c = Sys::Virt->new(address => "network:///system?socket=$ARGV[0]");
        my @events;
        $c->network_event_register_any(undef, Sys::Virt::Network::EVENT_ID_LIFECYCLE, sub { push @events, $_[2] });
        my $n = $c->define_network($ARGV[1]);
        $n->create;
        print join(",", map { $_->get_name } $c->list_all_networks), "\n";
        $n->update(Sys::Virt::Network::UPDATE_COMMAND_ADD_LAST, Sys::Virt::Network::SECTION_IP_DHCP_HOST, -1,
            "<host mac='52:54:00:00:00:01' ip='192.168.55.7'/>", 3);
        print $n->get_xml_description =~ /(<host .*>)/, "\n";
        print scalar(my @leases = $n->get_dhcp_leases), "\n";
        $n->destroy;
        $n->undefine;
        Sys::Virt::Event::add_timeout(100, sub {});
        for (1 .. 100) { last if @events == 4; Sys::Virt::Event::run_default(); }
        print "@events\n";
        """;

    private const string Bus = """
        b() { busctl --address="$bus" "$@"; }
        connection="org.libvirt /org/libvirt/QEMU org.libvirt.Connect"
        b call $connection NetworkDefineXML s "$1" >/dev/null
        path=$(b call $connection NetworkLookupByName s rc | cut -d'"' -f2)
        network="org.libvirt $path org.libvirt.Network"
        b call $network Create
        b call $connection ListNetworks u 0 | cut -d' ' -f1,2
        b call $network Update uuisu 3 4 -- -1 "<host mac='52:54:00:00:00:01' ip='192.168.55.7'/>" 3
        b call $network GetXMLDesc u 0 | tr -d '\134' | grep -o '<host [^>]*>'
        b call $network GetDHCPLeases su "" 0
        b get-property $network Active Name Persistent
        b call $network Destroy
        b call $network Undefine
        b call $connection ListNetworks u 0
        """;

    [Fact]
    public async Task Python_does_a_whole_session()
    {
        Assert.SkipUnless(File.Exists("/usr/lib/python3/dist-packages/libvirt.py"), "needs python3-libvirt");
        await using NetworkLab lab = await NetworkLab.StartAsync();
        const string Mac = "52:54:00:00:00:09";
        BackgroundProgram session = lab.Host.Start(
            "/usr/bin/python3", Path.Combine(AppContext.BaseDirectory, "Lab", "session.py"),
            $"network:///system?socket={lab.Socket}", Network, Mac);
        await Wait.UntilAsync(
            () => Task.FromResult(session.HasEnded || session.Output.Contains("started", StringComparison.Ordinal)), "the network");
        Assert.False(session.HasEnded, session.Output);
        NetworkNamespace guest = await lab.PlugGuestAsync("virbr5");
        await guest.RunAsync("ip", "link", "set", "eth0", "address", Mac);
        await guest.ObtainAsync("udhcpc", "web", lab.Scratch);
        await session.WaitForEndAsync();

        Assert.Equal(
            """
            started
            ['rc'] 1 ['rc']
            1 1 1 virbr5
            True True
            ['5d744f21-ba4a-4d6e-bdb2-30a35ff3207d'] 100
            [(True, 'web', 24, 'virbr5')]
            43 19 Network not found: no network with matching name 'none'
            [] True [0, 2, 3, 1]

            """,
            session.Output);
    }

    [Fact]
    public async Task Sys_Virt_does_a_whole_session()
    {
        Assert.SkipUnless(Directory.EnumerateFiles("/usr/lib", "Virt.pm", Deep).Any(), "needs libsys-virt-perl");
        await using NetworkLab lab = await NetworkLab.StartAsync();

        string output = await lab.Host.RunAsync("perl", "-e", Perl, lab.Socket, Network);

        Assert.Equal("rc\n<host mac='52:54:00:00:00:01' ip='192.168.55.7'/>\n0\n0 2 3 1\n", output);
    }

    [Fact]
    public async Task Libvirt_dbus_does_a_whole_session()
    {
        Assert.SkipUnless(File.Exists("/usr/sbin/libvirt-dbus") && File.Exists("/usr/bin/busctl"), "needs libvirt-dbus and systemd");
        Assert.SkipUnless(PrivateBus.IsPossible, "needs dbus-daemon");
        await using NetworkLab lab = await NetworkLab.StartAsync();
        await using PrivateBus bus = await PrivateBus.StartAsync(lab.Host, lab.Scratch);

        // libvirt-dbus knows no socket but the usual one, which is ours in mounts of its own.
        BackgroundProgram bridge = lab.Host.Start(
            "sh", "-c", "mount -t tmpfs tmpfs /run && mkdir /run/libvirt && ln -s \"$1\" /run/libvirt/libvirt-sock && "
            + "DBUS_SYSTEM_BUS_ADDRESS=\"$2\" exec libvirt-dbus --system", "sh", lab.Socket, bus.Address);
        await Wait.UntilAsync(
            async () => bridge.HasEnded
                || (await lab.Host.TryAsync(
                    "busctl", "--address=" + bus.Address,
                    "call", "org.libvirt", "/org/libvirt/QEMU", "org.libvirt.Connect", "ListNetworks", "u", "0")).ExitCode == 0,
            "libvirt-dbus");
        Assert.False(bridge.HasEnded, bridge.Output);

        string output = await lab.Host.RunAsync("sh", "-c", $"set -e; bus={bus.Address}\n{Bus}", "sh", Network);

        Assert.Equal(
            "ao 1\n<host mac='52:54:00:00:00:01' ip='192.168.55.7'/>\na(sxisssuss) 0\nb true\ns \"rc\"\nb true\nao 0\n", output);
    }

    private static EnumerationOptions Deep { get; } = new() { RecurseSubdirectories = true, IgnoreInaccessible = true, MaxRecursionDepth = 5 };
}
