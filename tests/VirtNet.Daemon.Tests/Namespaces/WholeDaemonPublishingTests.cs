using System.Net;
using System.Net.Sockets;
using System.Text;
using VirtNet.Model;
using VirtNet.Rpc.Driver;
using VirtNet.Tests.Namespaces;

namespace VirtNet.Daemon.Tests.Namespaces;

/// <summary>What a network publishes, from the definition to the guest that answers.</summary>
[Collection("one daemon in the namespace at a time")]
public class WholeDaemonPublishingTests
{
    private const string Guest = "52:54:00:00:77:01";
    private const uint LiveAndConfig = 3;
    private const int Element = 2;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_guest_is_reached_as_soon_as_it_has_an_address_and_wherever_it_goes()
    {
        await using GuestBridge bridge = GuestBridge.Plan();
        await using WholeDaemon daemon = await WholeDaemon.StartAsync();
        string before = await TracesAsync(bridge);
        NetworkRef network = await daemon.Client.DefineAsync(
            Nat(bridge, $"<vn:publish name='web' protocol='tcp' port='18080'><vn:to guest='{Guest}' port='80'/></vn:publish>"), 0, Cancel);
        await daemon.Client.StartAsync(network, Cancel);
        PublicationInForce waiting = Assert.Single(await daemon.Client.GetPublicationsAsync(network, PublicationDetail.All, Cancel));
        Assert.Equal((TargetState.Unresolved, "it has no address yet"), (waiting.Targets[0].State, waiting.Targets[0].Reason));
        Assert.Equal("refused", await AskAsync(bridge, 18080));

        string guest = await PlugAsync(bridge);
        string address = await bridge.LeaseAsync(guest);
        await UntilAsync(async () => await AskAsync(bridge, 18080) == "guest");
        PublicationInForce published = Assert.Single(await daemon.Client.GetPublicationsAsync(null, PublicationDetail.All, Cancel));
        Assert.Equal((TargetState.Up, address), (published.Targets[0].State, Assert.Single(published.Targets[0].Addresses)));
        Assert.Equal((true, false), (published.Ipv4, published.Ipv6));
        Assert.True(published.Connections > 0, $"{published.Connections} connections");

        // A reservation moves it: the lease that it had is refused when it asks again.
        await daemon.Client.UpdateAsync(network, new NetworkUpdateRequest(
            Command: 3, Section: 4, ParentIndex: -1, $"<host mac='{Guest}' ip='{bridge.IPv4(77)}'/>", Flags: LiveAndConfig), Cancel);
        await GuestBridge.InsideAsync(guest, "ip addr flush dev eth0");
        Assert.Equal(bridge.IPv4(77), await bridge.LeaseAsync(guest));
        await UntilAsync(async () => await AskAsync(bridge, 18080) == "guest");
        Assert.Equal(
            bridge.IPv4(77), Assert.Single(Assert.Single(await daemon.Client.GetPublicationsAsync(network, PublicationDetail.All, Cancel)).Targets[0].Addresses));

        // The daemon may go and come, and somebody may flush all rules.
        await daemon.StopAsync();
        Assert.Equal("guest", await AskAsync(bridge, 18080));
        await daemon.StartAgainAsync();
        Assert.Equal("guest", await AskAsync(bridge, 18080));
        await GuestBridge.ShellAsync("nft flush ruleset");
        await UntilAsync(async () => await AskAsync(bridge, 18080) == "guest");

        await daemon.Client.DestroyAsync(network, Cancel);
        await daemon.Client.UndefineAsync(network, Cancel);
        Assert.Equal(before, await TracesAsync(bridge));
    }

    [Fact]
    public async Task What_is_published_can_be_changed_while_the_network_runs_or_is_as_it_was()
    {
        await using GuestBridge bridge = GuestBridge.Plan();
        await using WholeDaemon daemon = await WholeDaemon.StartAsync();
        NetworkRef network = await daemon.Client.DefineAsync(Nat(bridge, ""), 0, Cancel);
        await daemon.Client.StartAsync(network, Cancel);
        string guest = await PlugAsync(bridge);
        await bridge.LeaseAsync(guest);
        const string Web = $"<publish name='web' protocol='tcp' port='18081'><to guest='{Guest}' port='80'/></publish>";

        await SetAsync(daemon, network, Web);
        Assert.Equal("guest", await AskAsync(bridge, 18081));
        Assert.Equal("1", await RouteLocalnetAsync(bridge));

        // A process has the port; another network has it; an element that nobody knows: all stays as it was.
        using TcpListener holder = new(IPAddress.Any, 18082);
        holder.Start();
        VirtNetException held = await Assert.ThrowsAsync<VirtNetException>(
            () => SetAsync(daemon, network, Web.Replace("18081", "18082", StringComparison.Ordinal)));
        Assert.Equal(VirErrorCode.OperationInvalid, held.Code);
        Assert.Contains("port 18082/tcp is held by", held.Message, StringComparison.Ordinal);
        await using GuestBridge other = GuestBridge.Plan();
        NetworkRef second = await daemon.Client.DefineAsync(
            Nat(other, $"<vn:publish protocol='tcp' port='18081'><vn:to guest='{Guest}'/></vn:publish>"), 0, Cancel);
        VirtNetException taken = await Assert.ThrowsAsync<VirtNetException>(() => daemon.Client.StartAsync(second, Cancel));
        Assert.Contains($"18081 is published by network 'n{bridge.Number}'", taken.Message, StringComparison.Ordinal);
        Assert.False(await daemon.Client.IsActiveAsync(second, Cancel));
        Assert.Equal("guest", await AskAsync(bridge, 18081));
        Assert.Contains("18081", await daemon.Client.GetXmlAsync(network, 0, Cancel), StringComparison.Ordinal);

        await SetAsync(daemon, network, "");
        Assert.Equal("refused", await AskAsync(bridge, 18081));
        Assert.Equal("0", await RouteLocalnetAsync(bridge));
        Assert.Empty(await daemon.Client.GetPublicationsAsync(network, PublicationDetail.All, Cancel));
        await daemon.Client.StartAsync(second, Cancel); // the port is free now
        await daemon.Client.DestroyAsync(second, Cancel);
        await daemon.Client.DestroyAsync(network, Cancel);
    }

    [Fact]
    public async Task A_claimed_address_leads_to_its_guest_from_outside_and_goes_with_the_network()
    {
        await using GuestBridge bridge = GuestBridge.Plan();
        await using GuestBridge uplink = await GuestBridge.CreateAsync();
        await using WholeDaemon daemon = await WholeDaemon.StartAsync();
        string outside = await uplink.PlugAsync();
        await GuestBridge.InsideAsync(outside, $"""
            sysctl -qw net.ipv6.conf.eth0.autoconf=0
            ip addr add {uplink.IPv4(2)}/24 dev eth0; ip -6 addr add {uplink.IPv6(2)}/64 dev eth0 nodad
            """);
        NetworkRef network = await daemon.Client.DefineAsync(Nat(bridge, $"""
            <vn:publish name='four' address='{uplink.IPv4(77)}' claim='yes'><vn:to address='{bridge.IPv4(9)}'/></vn:publish>
            <vn:publish name='six' address='{uplink.IPv6(77)}' claim='yes'><vn:to address='{bridge.IPv6(9)}'/></vn:publish>
            """).Replace("</ip>", $"</ip><ip family='ipv6' address='{bridge.IPv6(1)}' prefix='64'/>", StringComparison.Ordinal), 0, Cancel);
        await daemon.Client.StartAsync(network, Cancel);
        string guest = await bridge.PlugAsync();
        await GuestBridge.InsideAsync(guest, $$"""
            sysctl -qw net.ipv6.conf.eth0.autoconf=0
            ip addr add {{bridge.IPv4(9)}}/24 dev eth0; ip -6 addr add {{bridge.IPv6(9)}}/64 dev eth0 nodad
            ip route add default via {{bridge.IPv4(1)}}; ip -6 route replace default via {{bridge.IPv6(1)}}
            timeout 120 python3 -c '
            import socket
            s = socket.create_server(("::", 80), family=socket.AF_INET6, dualstack_ipv6=True)
            while True:
                c, a = s.accept()
                c.sendall(a[0].replace("::ffff:", "").encode()); c.close()
            ' >/dev/null 2>&1 </dev/null &
            for i in $(seq 200); do ss -Hltn sport = 80 | grep -q . && break; sleep 0.05; done
            """);
        Assert.Equal(uplink.IPv4(2), await FromAsync(outside, uplink.IPv4(77)));
        Assert.Equal(uplink.IPv6(2), await FromAsync(outside, uplink.IPv6(77)));
        Assert.Empty((await daemon.Client.GetPublicationsAsync(network, PublicationDetail.All, Cancel)).SelectMany(publication => publication.Warnings));

        // Over a restart, and when somebody takes it away.
        await daemon.StopAsync();
        Assert.Equal(uplink.IPv4(2), await FromAsync(outside, uplink.IPv4(77)));
        await daemon.StartAgainAsync();
        await GuestBridge.ShellAsync($"ip addr del {uplink.IPv4(77)}/32 dev {uplink.Name}");
        await UntilAsync(async () => await FromAsync(outside, uplink.IPv4(77)) == uplink.IPv4(2));
        await daemon.Client.DestroyAsync(network, Cancel);
        Assert.Equal("nothing", await FromAsync(outside, uplink.IPv4(77)));
        Assert.DoesNotContain("77/", await GuestBridge.ShellAsync($"ip -o addr show dev {uplink.Name}"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_target_that_fails_its_check_gets_nobody_until_it_answers_again()
    {
        await using GuestBridge bridge = GuestBridge.Plan();
        await using WholeDaemon daemon = await WholeDaemon.StartAsync();
        NetworkRef network = await daemon.Client.DefineAsync(Nat(bridge, $"""
            <vn:publish protocol='tcp' port='18083'>
              <vn:to guest='{Guest}' port='80'/>
              <vn:check protocol='tcp' interval='0.2' timeout='0.2' fall='2' rise='1'/>
            </vn:publish>
            """), 0, Cancel);
        await daemon.Client.StartAsync(network, Cancel);
        string guest = await PlugAsync(bridge);
        await bridge.LeaseAsync(guest);
        await UntilAsync(async () => await AskAsync(bridge, 18083) == "guest");

        await GuestBridge.InsideAsync(guest, "nft add table ip t; nft 'add chain ip t i { type filter hook input priority 0; }'; nft add rule ip t i tcp dport 80 drop");
        await UntilAsync(async () =>
            (await daemon.Client.GetPublicationsAsync(network, PublicationDetail.All, Cancel))[0].Targets[0].State == TargetState.Down);
        await UntilAsync(async () => await AskAsync(bridge, 18083) == "refused"); // once the rules have followed, and not after a long wait

        // A restart forgets none that is down: nobody is led to it, not even until it has failed again.
        string record = daemon[$"run/networks/{network.Name}.down"];
        Assert.True(File.Exists(record));
        await daemon.StopAsync();
        await daemon.StartAgainAsync();
        Assert.Equal(TargetState.Down, (await daemon.Client.GetPublicationsAsync(network, PublicationDetail.All, Cancel))[0].Targets[0].State);
        for (int i = 0; i < 50; i++)
        {
            Assert.Equal("refused", await AskAsync(bridge, 18083));
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, Cancel);
        }

        await GuestBridge.InsideAsync(guest, "nft delete table ip t");
        await UntilAsync(async () => await AskAsync(bridge, 18083) == "guest");
        Assert.False(File.Exists(record));
        await daemon.Client.DestroyAsync(network, Cancel);
    }

    [Fact]
    public async Task Datagrams_of_one_sender_go_where_it_is_published_now()
    {
        await using GuestBridge bridge = GuestBridge.Plan();
        await using WholeDaemon daemon = await WholeDaemon.StartAsync();
        NetworkRef network = await daemon.Client.DefineAsync(Nat(bridge, ""), 0, Cancel);
        await daemon.Client.StartAsync(network, Cancel);
        await bridge.LeaseAsync(await PlugAsync(bridge));
        const string Web = $"<publish protocol='udp' port='18084'><to guest='{Guest}' port='81'/></publish>";
        using Socket sender = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        sender.Bind(new IPEndPoint(IPAddress.Any, 0)); // the kernel follows its datagrams as one connection

        // Published again and again, under the sender's feet: what the kernel knew of it before must not count.
        for (int round = 0; round < 2; round++)
        {
            await SetAsync(daemon, network, "");
            Assert.Equal("nothing", await SendAsync(bridge, sender, 18084));
            await SetAsync(daemon, network, Web);
            Assert.Equal("guest", await SendAsync(bridge, sender, 18084));
        }

        await daemon.Client.DestroyAsync(network, Cancel);
    }

    private static async Task<string> SendAsync(GuestBridge bridge, Socket sender, int port)
    {
        using CancellationTokenSource limit = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        limit.CancelAfter(TimeSpan.FromSeconds(1));
        IPEndPoint to = new(IPAddress.Parse(bridge.IPv4(1)), port);
        try
        {
            await sender.SendToAsync("?"u8.ToArray(), to, limit.Token);
            byte[] heard = new byte[16];
            return Encoding.ASCII.GetString(heard, 0, (await sender.ReceiveFromAsync(heard, to, limit.Token)).ReceivedBytes);
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException)
        {
            Cancel.ThrowIfCancellationRequested();
            return "nothing";
        }
    }

    /// <summary>A guest that says so to whoever connects to its port 80, or sends to its port 81, for as long as it is there.</summary>
    private static async Task<string> PlugAsync(GuestBridge bridge)
    {
        string guest = await bridge.PlugAsync();
        await GuestBridge.InsideAsync(guest, $"""
            ip link set eth0 down; ip link set eth0 address {Guest}; ip link set eth0 up
            timeout 120 python3 -c '
            import socket, threading
            def answer():
                u = socket.socket(socket.AF_INET, socket.SOCK_DGRAM); u.bind(("", 81))
                while True:
                    _, a = u.recvfrom(99); u.sendto(b"guest", a)
            threading.Thread(target=answer, daemon=True).start()
            s = socket.create_server(("", 80))
            while True:
                c, _ = s.accept()
                try: c.sendall(b"guest"); c.close()
                except OSError: pass
            ' >/dev/null 2>&1 </dev/null &
            for i in $(seq 200); do ss -Hltn sport = 80 | grep -q . && ss -Hlun sport = 81 | grep -q . && break; sleep 0.05; done
            """);
        return guest;
    }

    /// <returns>The address that a guest sees, or <c>nothing</c>.</returns>
    private static async Task<string> FromAsync(string space, string address) => (await GuestBridge.ShellAsync($$"""
        ip netns exec {{space}} timeout 3 python3 -c '
        import socket
        try: print(socket.create_connection(("{{address}}", 80), 2).recv(99).decode() or "nothing")
        except OSError: print("nothing")
        ' || echo nothing
        """)).Trim();

    /// <summary>Connects to the host's own address: by any of them it is published.</summary>
    private static async Task<string> AskAsync(GuestBridge bridge, int port)
    {
        using Socket socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        using CancellationTokenSource limit = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        limit.CancelAfter(TimeSpan.FromSeconds(2));
        try
        {
            await socket.ConnectAsync(IPAddress.Parse(bridge.IPv4(1)), port, limit.Token);
            byte[] heard = new byte[16];
            return Encoding.ASCII.GetString(heard, 0, await socket.ReceiveAsync(heard, limit.Token));
        }
        catch (SocketException e) when (e.SocketErrorCode is SocketError.ConnectionRefused or SocketError.ConnectionReset)
        {
            return "refused";
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException)
        {
            Cancel.ThrowIfCancellationRequested();
            return "nothing";
        }
    }

    private static Task SetAsync(WholeDaemon daemon, NetworkRef network, string content) => daemon.Client.SetMetadataAsync(
        network,
        new MetadataChange(Element, content.Length == 0 ? null : $"<network>{content}</network>", "vn", "urn:virtnet:network:1", LiveAndConfig),
        Cancel);

    private static async Task<string> RouteLocalnetAsync(GuestBridge bridge) =>
        (await GuestBridge.ShellAsync($"cat /proc/sys/net/ipv4/conf/{bridge.Name}/route_localnet")).Trim();

    private static string Nat(GuestBridge bridge, string content) => $"""
        <network><name>n{bridge.Number}</name><uuid>00000000-0000-0000-0000-000000000{bridge.Number}</uuid>
        <metadata><vn:network xmlns:vn='urn:virtnet:network:1'>{content}</vn:network></metadata><forward mode='nat'/>
        <bridge name='{bridge.Name}' stp='on' delay='0'/><mac address='52:54:00:00:01:{bridge.Number % 100:00}'/>
        <ip address='{bridge.IPv4(1)}' netmask='255.255.255.0'><dhcp><range start='{bridge.IPv4(2)}' end='{bridge.IPv4(99)}'/></dhcp></ip>
        </network>
        """;

    private static Task<string> TracesAsync(GuestBridge bridge) => GuestBridge.ShellAsync($"""
        ip -o link show {bridge.Name} 2>/dev/null | grep -o 'link/ether [^ ]*' || true
        nft -s list ruleset
        """);

    private static async Task UntilAsync(Func<Task<bool>> condition)
    {
        while (!await condition())
        {
            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System, Cancel);
        }
    }
}
