using System.Text;
using CliWrap;
using VirtNet.Rpc.Driver;
using VirtNet.Rpc.Tests.Fakes;

namespace VirtNet.Rpc.Tests.Server;

/// <summary>The clients that people have: virsh and libvirt's Python module, unmodified.</summary>
public sealed class RealClientTests
{
    private const string Virsh = "/usr/bin/virsh";
    private const string Python = "/usr/bin/python3";
    private const string PythonModule = "/usr/lib/python3/dist-packages/libvirt.py";
    private const string Uuid = "11111111-2222-3333-4444-555555555555";
    private const string Xml = $"<network>\n  <name>tnet</name>\n  <uuid>{Uuid}</uuid>\n  <bridge name='virbr7'/>\n</network>\n";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Virsh_defines_lists_shows_and_removes_a_network()
    {
        await using TestServer server = new();
        string file = Path.Combine(Path.GetDirectoryName(server.Path)!, "tnet.xml");
        await File.WriteAllTextAsync(file, Xml, Token);
        Assert.Equal($"Network tnet defined from {file}\n\n", (await VirshAsync(server, "net-define", file)).Output);
        Assert.Equal("Network tnet started\n\n", (await VirshAsync(server, "net-start", "tnet")).Output);
        Assert.Equal("Network tnet marked as autostarted\n\n", (await VirshAsync(server, "net-autostart", "tnet")).Output);
        Assert.Equal(
            " Name   State    Autostart   Persistent\n-----------------------------------------\n tnet   active   yes         yes\n\n",
            (await VirshAsync(server, "net-list", "--all")).Output);
        Assert.Equal(Xml + "\n", (await VirshAsync(server, "net-dumpxml", "tnet")).Output);
        Assert.Contains("Bridge:         virbr7\n", (await VirshAsync(server, "net-info", Uuid)).Output, StringComparison.Ordinal);
        Assert.Equal(
            "Updated network tnet live state\n",
            (await VirshAsync(server, "net-update", "tnet", "add", "dns-txt", "<txt name='a' value='b'/>", "--live")).Output);
        Assert.Equal(
            new NetworkUpdateRequest(Command: 3, Section: 11, ParentIndex: -1, "<txt name='a' value='b'/>", Flags: 1),
            server.Driver.LastUpdate);
        Assert.Equal("Network tnet destroyed\n\n", (await VirshAsync(server, "net-destroy", "tnet")).Output);
        Assert.Equal("Network tnet has been undefined\n\n", (await VirshAsync(server, "net-undefine", "tnet")).Output);
    }

    [Fact]
    public async Task Virsh_shows_leases_and_ports()
    {
        await using TestServer server = new();
        NetworkRef network = await server.Driver.CreateAsync(Xml, 0, Token);
        server.Driver.Leases.Add(new DhcpLease(
            "virbr7", 4102444800, Type: 0, "52:54:00:11:22:33", Iaid: null, "192.168.77.100", 24, "guest", "01:52:54:00:11:22:33"));
        (_, string leases, _) = await VirshAsync(server, "net-dhcp-leases", "tnet");
        Assert.Contains(
            "52:54:00:11:22:33   ipv4       192.168.77.100/24   guest      01:52:54:00:11:22:33", leases, StringComparison.Ordinal);
        await server.Driver.CreatePortAsync(network, $"<networkport><uuid>{Uuid}</uuid></networkport>", 0, Token);
        Assert.Contains(Uuid, (await VirshAsync(server, "net-port-list", "tnet")).Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Virsh_prints_the_servers_errors()
    {
        await using TestServer server = new();
        await server.Driver.DefineAsync(Xml, 0, Token);
        Assert.Equal(
            (1, "\n", "error: Failed to destroy network tnet\nerror: Requested operation is not valid: network 'tnet' is not active\n"),
            await VirshAsync(server, "net-destroy", "tnet"));
        Assert.Equal(
            (1, "\n", "error: failed to get network 'nope'\nerror: Network not found: no network with matching name 'nope'\n"),
            await VirshAsync(server, "net-start", "nope"));
        Assert.Equal(
            (1, "\n", "error: failed to get hostname\nerror: this function is not supported by the connection driver: virConnectGetHostname\n"),
            await VirshAsync(server, "hostname"));
        Assert.Equal(
            (1, "\n", "error: Failed to list active interfaces\nerror: this function is not supported by the connection driver: virConnectNumOfInterfaces\n"),
            await VirshAsync(server, "iface-list"));
        (int status, string output, _) = await VirshAsync(server, "version", "--daemon");
        Assert.Equal(1, status);
        Assert.Contains("Using API: network ", output, StringComparison.Ordinal); // the version is virsh's own
    }

    [Fact]
    public async Task Virsh_takes_the_server_for_an_empty_hypervisor()
    {
        await using TestServer server = new();
        Assert.Equal((0, " Id   Name   State\n--------------------\n\n", ""), await RunAsync(
            Virsh, ["-c", $"qemu:///system?socket={server.Path}", "list", "--all"]));
        (int status, string output, _) = await RunAsync(
            Virsh, ["-c", $"qemu:///system?socket={server.Path}", "nodeinfo"]);
        Assert.Equal(0, status);
        Assert.Contains("CPU(s):", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Virsh_gets_an_event()
    {
        await using TestServer server = new();
        NetworkRef network = await server.Driver.DefineAsync(Xml, 0, Token);
        server.Driver.Raise(new NetworkEvent.Lifecycle(network, NetworkLifecycle.Stopped)); // before anybody listens
        Task<(int, string Output, string)> watching = VirshAsync(server, "net-event", "--event", "lifecycle", "--timeout", "20");
        while (!watching.IsCompleted)
        {
            server.Driver.Raise(new NetworkEvent.Lifecycle(network, NetworkLifecycle.Started));
            await Task.WhenAny(watching, Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System, Token));
        }

        Assert.StartsWith("event 'lifecycle' for network tnet: Started\nevents received: 1\n", (await watching).Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Python_does_a_whole_session()
    {
        Assert.SkipUnless(File.Exists(PythonModule), "python3-libvirt is not installed");
        await using TestServer server = new();
        const string script = """
            import libvirt, sys, threading
            libvirt.registerErrorHandler(lambda *a: None, None)
            libvirt.virEventRegisterDefaultImpl()
            def loop():
                while True: libvirt.virEventRunDefaultImpl()
            threading.Thread(target=loop, daemon=True).start()
            c = libvirt.open('network:///system?socket=' + sys.argv[1])
            events, seen = [], threading.Condition()
            def event(conn, net, ev, detail, opaque):
                with seen:
                    events.append(net.name() + ':' + str(ev)); seen.notify()
            c.networkEventRegisterAny(None, libvirt.VIR_NETWORK_EVENT_ID_LIFECYCLE, event, None)
            n = c.networkDefineXML(sys.argv[2])
            n.create(); n.setAutostart(1)
            print(n.UUIDString(), n.isActive(), n.isPersistent(), n.autostart(), n.bridgeName())
            print([x.name() for x in c.listAllNetworks()], c.listNetworks(), c.listDefinedNetworks(), c.numOfNetworks())
            print(c.getLibVersion(), c.getType(), c.isSecure())
            p = n.portCreateXML('<networkport><uuid>22222222-2222-3333-4444-555555555555</uuid></networkport>', 0)
            p.setParameters({'inbound.average': 128}, 0)
            print(p.UUIDString(), p.parameters(0), [x.UUIDString() for x in n.listAllPorts()])
            p.delete(0)
            def code(f, *a):
                try: f(*a); return 0
                except libvirt.libvirtError as e: return (e.get_error_code(), e.get_error_domain())
            print(code(c.networkLookupByName, 'x'), code(n.create), code(c.getHostname), code(p.XMLDesc))
            ts = [threading.Thread(target=lambda: [n.XMLDesc() for _ in range(100)]) for _ in range(4)]
            [t.start() for t in ts]; [t.join() for t in ts]
            n.destroy(); n.undefine()
            with seen: seen.wait_for(lambda: len(events) == 4, 10)
            print(events)
            """;
        (int status, string output, string error) = await RunAsync(Python, ["-c", script, server.Path, Xml]);
        Assert.Equal("", error);
        Assert.Equal(0, status);
        Assert.Equal(
            $"{Uuid} 1 1 1 virbr7\n"
            + "['tnet'] ['tnet'] [] 1\n"
            + "11003000 network 1\n"
            + "22222222-2222-3333-4444-555555555555 {'inbound.average': 128} ['22222222-2222-3333-4444-555555555555']\n"
            + "(43, 19) (55, 19) (3, 20) (107, 19)\n"
            + "['tnet:0', 'tnet:2', 'tnet:3', 'tnet:1']\n",
            output);
    }

    private static Task<(int Status, string Output, string Error)> VirshAsync(TestServer server, params string[] arguments)
    {
        Assert.SkipUnless(File.Exists(Virsh), "virsh is not installed");
        return RunAsync(Virsh, ["-c", $"network:///system?socket={server.Path}", .. arguments]);
    }

    private static async Task<(int Status, string Output, string Error)> RunAsync(string program, string[] arguments)
    {
        Assert.SkipUnless(File.Exists(program), $"{program} is not installed");
        StringBuilder output = new();
        StringBuilder error = new();
        CommandResult result = await Cli.Wrap(program)
            .WithArguments(arguments)
            .WithEnvironmentVariables(variables => variables.Set("LC_ALL", "C.UTF-8").Set("TZ", "UTC"))
            .WithValidation(CommandResultValidation.None)
            .WithStandardOutputPipe(PipeTarget.ToStringBuilder(output))
            .WithStandardErrorPipe(PipeTarget.ToStringBuilder(error))
            .ExecuteAsync(Token);
        return (result.ExitCode, output.ToString(), error.ToString());
    }
}
