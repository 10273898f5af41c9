using VirtNet.Model;
using VirtNet.Model.Conditions;
using VirtNet.Rpc.Driver;
using VirtNet.Tests.Namespaces;

namespace VirtNet.Daemon.Tests.Namespaces;

/// <summary>Networks that let each other in, while both run.</summary>
[Collection("one daemon in the namespace at a time")]
public class WholeDaemonPeerTests
{
    private const uint LiveAndConfig = 3;
    private const int Element = 2;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Isolated_networks_reach_each_other_as_they_say_while_both_run()
    {
        await using GuestBridge first = GuestBridge.Plan();
        await using GuestBridge second = GuestBridge.Plan();
        await using WholeDaemon daemon = await WholeDaemon.StartAsync();
        await GuestBridge.ShellAsync("sysctl -qw net.ipv4.ip_forward=0 net.ipv6.conf.all.forwarding=0");
        NetworkRef one = await daemon.Client.DefineAsync(
            Isolated(first, $"<vn:peer network='n{second.Number}' protocol='tcp' port='80'/><vn:peer network='nobody'/>"), 0, Cancel);
        await daemon.Client.StartAsync(one, Cancel);
        Assert.Equal(
            [
                $"peer 'n{second.Number}' is not let in: no network of that name runs; it is as soon as one does",
                "peer 'nobody' is not let in: no network of that name runs; it is as soon as one does",
            ],
            Warnings(daemon, one));

        NetworkRef two = await daemon.Client.DefineAsync(Isolated(second, ""), 0, Cancel);
        await daemon.Client.StartAsync(two, Cancel);
        string a = await PlugAsync(first);
        string b = await PlugAsync(second);
        await UntilAsync(async () => await AskAsync(b, first.IPv4(9)) == second.IPv4(9));
        Assert.Equal(second.IPv6(9), await AskAsync(b, first.IPv6(9)));
        Assert.Equal("closed", await AskAsync(a, second.IPv4(9)));
        Assert.Equal("closed", await AskAsync(b, first.IPv4(9), 81));
        Assert.Equal(["peer 'nobody' is not let in: no network of that name runs; it is as soon as one does"], Warnings(daemon, one));

        // The daemon may go and come, and somebody may flush all rules.
        await daemon.StopAsync();
        Assert.Equal(second.IPv4(9), await AskAsync(b, first.IPv4(9)));
        await daemon.StartAgainAsync();
        await GuestBridge.ShellAsync("nft flush ruleset");
        await UntilAsync(async () => await AskAsync(b, first.IPv4(9)) == second.IPv4(9));
        Assert.Equal("closed", await AskAsync(a, second.IPv4(9)));

        // Said of both, they reach each other both ways; said of none, not at all.
        await SetAsync(daemon, two, $"<peer network='n{first.Number}'/>");
        Assert.Equal(first.IPv4(9), await AskAsync(a, second.IPv4(9), 81));
        await SetAsync(daemon, one, "");
        Assert.Equal("closed", await AskAsync(b, first.IPv4(9)));
        Assert.Equal(first.IPv6(9), await AskAsync(a, second.IPv6(9)));
        Assert.Empty(Warnings(daemon, one));

        // What the other one had of it goes with it, and comes with it.
        await daemon.Client.DestroyAsync(one, Cancel);
        await UntilAsync(async () => !(await GuestBridge.ShellAsync("nft list ruleset")).Contains(first.Name, StringComparison.Ordinal));
        await UntilAsync(() => Task.FromResult(Warnings(daemon, two).Length == 1));
        await daemon.Client.StartAsync(one, Cancel);
        await GuestBridge.ShellAsync($"ip link set {a} master {first.Name} up");
        await UntilAsync(async () => await AskAsync(a, second.IPv4(9)) == first.IPv4(9));
        await daemon.Client.DestroyAsync(one, Cancel);
        await daemon.Client.DestroyAsync(two, Cancel);
        Assert.DoesNotContain("peer_", await GuestBridge.ShellAsync("nft list ruleset"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_network_is_not_its_own_peer()
    {
        await using GuestBridge bridge = GuestBridge.Plan();
        await using WholeDaemon daemon = await WholeDaemon.StartAsync();
        VirtNetException refused = await Assert.ThrowsAsync<VirtNetException>(
            () => daemon.Client.DefineAsync(Isolated(bridge, $"<vn:peer network='n{bridge.Number}'/>"), 0, Cancel));
        Assert.Contains("<peer>: a network is not its own peer", refused.Message, StringComparison.Ordinal);
    }

    private static string[] Warnings(WholeDaemon daemon, NetworkRef network) =>
        [.. daemon.Conditions.Of(network.Uuid).Where(condition => condition.Kind == ConditionKind.Warning).Select(condition => condition.Text)];

    /// <summary>A guest with addresses that tells whoever connects to its ports 80 and 81 where it sees him.</summary>
    private static async Task<string> PlugAsync(GuestBridge bridge)
    {
        string guest = await bridge.PlugAsync();
        await GuestBridge.InsideAsync(guest, $$"""
            sysctl -qw net.ipv6.conf.eth0.autoconf=0; ip -6 addr flush dev eth0 scope global
            ip addr add {{bridge.IPv4(9)}}/24 dev eth0; ip addr add {{bridge.IPv6(9)}}/64 dev eth0 nodad
            ip route add default via {{bridge.IPv4(1)}}; ip route add default via {{bridge.IPv6(1)}}
            timeout 120 python3 -c '
            import socket, threading
            def serve(port):
                s = socket.create_server(("::", port), family=socket.AF_INET6, dualstack_ipv6=True)
                while True:
                    c, a = s.accept()
                    try: c.sendall(a[0].replace("::ffff:", "").encode()); c.close()
                    except OSError: pass
            threading.Thread(target=serve, args=(81,), daemon=True).start()
            serve(80)
            ' >/dev/null 2>&1 </dev/null &
            for i in $(seq 200); do ss -Hltn sport = 80 | grep -q . && ss -Hltn sport = 81 | grep -q . && break; sleep 0.05; done
            """);
        return guest;
    }

    /// <returns>The address that the other end sees, or <c>closed</c>.</returns>
    private static async Task<string> AskAsync(string guest, string address, int port = 80) => (await GuestBridge.ShellAsync($$"""
        ip netns exec {{guest}} timeout 2 python3 -c '
        import socket
        try: print(socket.create_connection(("{{address}}", {{port}}), 2).recv(99).decode() or "closed")
        except OSError: print("closed")
        ' || echo closed
        """)).Trim();

    private static Task SetAsync(WholeDaemon daemon, NetworkRef network, string content) => daemon.Client.SetMetadataAsync(
        network,
        new MetadataChange(Element, content.Length == 0 ? null : $"<network>{content}</network>", "vn", "urn:virtnet:network:1", LiveAndConfig),
        Cancel);

    private static string Isolated(GuestBridge bridge, string content) => $"""
        <network><name>n{bridge.Number}</name><uuid>00000000-0000-0000-0000-000000000{bridge.Number}</uuid>
        <metadata><vn:network xmlns:vn='urn:virtnet:network:1'>{content}</vn:network></metadata>
        <bridge name='{bridge.Name}' stp='on' delay='0'/><mac address='52:54:00:00:02:{bridge.Number % 100:00}'/>
        <ip address='{bridge.IPv4(1)}' netmask='255.255.255.0'/><ip family='ipv6' address='{bridge.IPv6(1)}' prefix='64'/>
        </network>
        """;

    private static async Task UntilAsync(Func<Task<bool>> condition)
    {
        while (!await condition())
        {
            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System, Cancel);
        }
    }
}
