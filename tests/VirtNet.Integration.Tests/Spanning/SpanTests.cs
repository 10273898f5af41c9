using VirtNet.Integration.Tests.Lab;

namespace VirtNet.Integration.Tests.Spanning;

/// <summary>One network on three hosts that know each other from its definition.</summary>
public class SpanTests
{
    private const string Leaves = "tcpdump -ni vn5077 -c 1 '(udp and (port 67 or port 68 or port 546 or port 547)) or icmp6[0] = 133 or icmp6[0] = 134' 2>/dev/null";

    /// <summary>Answers with the address that somebody comes from.</summary>
    private const string WhoAmI = """
        import socket
        s = socket.create_server(("0.0.0.0", 7777))
        print("ready", flush=True)
        while True:
            c, a = s.accept()
            c.sendall(a[0].encode())
            c.close()
        """;

    private const string Ask = "import socket,sys; print(socket.create_connection((sys.argv[1], 7777), 3).recv(64).decode())";

    [Theory]
    [InlineData("<forward mode='nat'/>", "nftables")]
    [InlineData("<forward mode='nat'/>", "iptables")]
    [InlineData("<forward mode='route'/>", "nftables")]
    [InlineData("<forward mode='open'/>", "nftables")]
    [InlineData("", "nftables")]
    public async Task Guests_reach_each_other_and_their_own_gateway(string forward, string backend)
    {
        await using SpanLab lab = await SpanLab.StartAsync(configuration: $"firewall_backend = \"{backend}\"");
        await lab.StartNetworkAsync(forward);
        NetworkNamespace[] guests = await Task.WhenAll(Enumerable.Range(0, 3).Select(i => lab.AddGuestAsync(i, 101 + i)));

        await Task.WhenAll(guests.Select(guest => PingAsync(
            guest, ["10.100.0.101", "10.100.0.102", "10.100.0.103", SpanLab.Gateway, "fd00:100::101", "fd00:100::102", "fd00:100::103", SpanLab.Gateway6])));
        if (forward.Length > 0)
        {
            await Task.WhenAll(lab.Hosts.Select(host => PingAsync(host.Host, ["10.100.0.101", "10.100.0.102", "10.100.0.103"])));
        }

        // With its underlay gone a host's guests still have their gateway, and nobody else had answered for it.
        await lab.Hosts[0].Host.RunAsync("ip", "link", "set", "eth0", "down");
        await PingAsync(guests[0], [SpanLab.Gateway, SpanLab.Gateway6]);
        Assert.Contains("02:76:6e:00:13:d5", await guests[0].RunAsync("ip", "neigh", "show", SpanLab.Gateway), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Guests_leave_by_their_own_host_and_answer_hosts_as_themselves()
    {
        await using SpanLab lab = await SpanLab.StartAsync();
        await lab.StartNetworkAsync();
        NetworkNamespace world = await lab.AddMachineAsync("world", 100);
        NetworkNamespace[] guests = await Task.WhenAll(Enumerable.Range(0, 3).Select(i => lab.AddGuestAsync(i, 101 + i)));
        await Task.WhenAll(new[] { world, lab.Hosts[1].Host, guests[2] }.Select(WaitForAnswerAsync));

        for (int i = 0; i < 3; i++)
        {
            Assert.Equal(SpanLab.AddressOf(i), await AskAsync(guests[i], "192.0.2.100"));
        }

        Assert.Equal("10.100.0.101", await AskAsync(guests[0], SpanLab.AddressOf(1))); // a host, which answers by its own bridge
        Assert.Equal(SpanLab.AddressOf(0), await AskAsync(lab.Hosts[0].Host, "10.100.0.103")); // a guest of another host
        Assert.Equal("10.100.0.101", await AskAsync(guests[0], "10.100.0.103"));
    }

    [Fact]
    public async Task Each_host_gives_addresses_to_its_own_guests_alone()
    {
        await using SpanLab lab = await SpanLab.StartAsync();
        await lab.StartNetworkAsync();
        NetworkNamespace[] guests = await Task.WhenAll(Enumerable.Range(0, 3).Select(i => lab.AddGuestAsync(i, 101 + i, addresses: false)));
        BackgroundProgram[] watches = [.. lab.Hosts.Select(host => host.Host.Start("sh", "-c", Leaves))];

        string[] leases = await Task.WhenAll(guests.Select((guest, i) => guest.ObtainAddressAsync($"g{i}", lab.Hosts[i].Scratch)));
        for (int i = 0; i < 3; i++)
        {
            Assert.StartsWith($"10.100.0.{i + 1}", leases[i], StringComparison.Ordinal);
            string told = await lab.Hosts[i].VirtnetAsync("net-dhcp-leases", "lab");
            Assert.Equal(1, told.Split("10.100.0.").Length - 1);
        }

        Assert.All(watches, watch => Assert.Equal("", watch.Output));
        Assert.All(watches, watch => Assert.False(watch.HasEnded));
    }

    [Fact]
    public async Task An_address_that_a_guest_elsewhere_has_is_not_given_out()
    {
        await using SpanLab lab = await SpanLab.StartAsync(hosts: 2);
        await lab.StartNetworkAsync();
        await lab.AddGuestAsync(0, 20); // the first of the other host's range
        NetworkNamespace guest = await lab.AddGuestAsync(1, 102, addresses: false);
        HashSet<string> given = [];
        for (int i = 0; i < 10; i++)
        {
            string mac = $"02:00:00:00:00:{i:x2}";
            await lab.Hosts[1].Host.RunAsync("ip", "link", "set", lab.Hosts[1].PortOf("g102"), "nomaster", "down"); // each is another guest
            await guest.ShellAsync($"ip addr flush dev eth0; ip link set eth0 down; ip link set eth0 address {mac} up");
            await lab.Hosts[1].PlugAgainAsync(SpanLab.Bridge, "g102"); // now: a frame of the former one's card would lock the port for that
            given.Add((await guest.TryAsync("udhcpc", "-i", "eth0", "-f", "-q", "-n", "-t", "5", "-s", "/bin/true")).Error
                .Split("lease of ").Last().Split(' ')[0]);
        }

        Assert.DoesNotContain("10.100.0.20", given);
        Assert.True(given.Count(address => address.StartsWith("10.100.0.2", StringComparison.Ordinal)) >= 8, string.Join(' ', given));
    }

    [Fact]
    public async Task What_must_not_cross_does_not_however_it_is_wrapped()
    {
        await using SpanLab lab = await SpanLab.StartAsync(hosts: 2);
        await lab.StartNetworkAsync();
        NetworkNamespace sender = await lab.AddGuestAsync(0, 101);
        NetworkNamespace listener = await lab.AddGuestAsync(1, 102);
        BackgroundProgram listening = listener.Start("python3", Script, "listen", "2");
        await Wait.UntilAsync(() => Task.FromResult(listening.Output.Contains("ready", StringComparison.Ordinal)), "the listener");

        await sender.RunAsync("python3", Script, "send");
        await listening.WaitForEndAsync();
        Assert.Equal(["passes", "passes-ipv6-header", "passes-tagged", "ready"], listening.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Who_is_no_host_of_it_gets_nothing_in()
    {
        await using SpanLab lab = await SpanLab.StartAsync(hosts: 2);
        await lab.StartNetworkAsync();
        NetworkNamespace stranger = await lab.AddMachineAsync("stranger", 66);
        NetworkNamespace guest = await lab.AddGuestAsync(0, 101);
        NetworkNamespace other = await lab.AddGuestAsync(1, 102);
        BackgroundProgram listening = guest.Start("python3", Script, "listen", "8"); // five programs start meanwhile
        await Wait.UntilAsync(() => Task.FromResult(listening.Output.Contains("ready", StringComparison.Ordinal)), "the listener");

        // A tunnel of its own, the same by a guest that says it is the other host, and the other host itself.
        await stranger.ShellAsync("ip link add eth9 type vxlan id 5077 dstport 4789 remote 192.0.2.1; ip link set eth9 up; sed s/eth0/eth9/ " + Script + " | python3 - send");
        await other.ShellAsync($"python3 -c '{Injection}' 192.0.2.2 192.0.2.1");
        await guest.ShellAsync($"python3 -c '{Injection}' 192.0.2.2 192.0.2.1");
        await other.RunAsync("python3", Script, "send");
        await listening.WaitForEndAsync();
        Assert.DoesNotContain("injected", listening.Output, StringComparison.Ordinal);
        Assert.Equal(3, listening.Output.Split("passes").Length - 1);
    }

    [Fact]
    public async Task Guests_have_the_MTU_that_fits_between_the_hosts()
    {
        await using SpanLab lab = await SpanLab.StartAsync(hosts: 2);
        await lab.StartNetworkAsync();
        NetworkNamespace guest = await lab.AddGuestAsync(0, 101);
        await lab.AddGuestAsync(1, 102);
        Assert.Contains(" mtu 1450 ", await lab.Hosts[0].Host.RunAsync("ip", "-o", "link", "show", SpanLab.Bridge), StringComparison.Ordinal);
        await guest.RunAsync("ping", "-c", "2", "-i", "0.1", "-W", "2", "-M", "do", "-s", "1422", "10.100.0.102");
        CommandResult larger = await guest.TryAsync("ping", "-c", "1", "-W", "1", "-M", "do", "-s", "1423", "10.100.0.102");
        Assert.Contains("message too long", larger.Error + larger.Output, StringComparison.Ordinal);

        await lab.Hosts[0].VirtnetAsync("net-destroy", "lab");
        CommandResult refused = await DefineAndStartAsync(lab.Hosts[0], SpanLab.Network(0, 2, extra: "<mtu size='1451'/>"));
        Assert.Contains("there is room for an MTU of 1450, not 1451", refused.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_restart_of_the_daemon_costs_no_packet()
    {
        await using SpanLab lab = await SpanLab.StartAsync(hosts: 2);
        await lab.StartNetworkAsync();
        NetworkNamespace guest = await lab.AddGuestAsync(0, 101);
        await lab.AddGuestAsync(1, 102);
        await PingAsync(guest, ["10.100.0.102"]);
        string before = await lab.Hosts[0].HostStateAsync();
        BackgroundProgram pinging = guest.Start("ping", "-i", "0.01", "-c", "300", "-W", "1", "10.100.0.102");
        await lab.Hosts[0].Daemon!.SignalAsync("KILL");
        await lab.Hosts[0].StartDaemonAsync();
        await pinging.WaitForEndAsync();

        Assert.Contains(" 300 received, 0% packet loss", pinging.Output, StringComparison.Ordinal);
        Assert.Equal(before, await lab.Hosts[0].HostStateAsync());
        Assert.DoesNotContain("repaired", lab.Hosts[0].Daemon!.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_host_that_leaves_has_nothing_left_and_the_others_go_on()
    {
        await using SpanLab lab = await SpanLab.StartAsync();
        await lab.Hosts[0].Host.RunAsync("sysctl", "-q", "net.ipv4.ip_forward=1", "net.ipv6.conf.all.forwarding=1"); // what stays on for good
        string before = await lab.Hosts[0].HostStateAsync();
        await lab.StartNetworkAsync();
        await lab.Hosts[0].VirtnetAsync("net-destroy", "lab");
        Assert.Equal(before, await lab.Hosts[0].HostStateAsync());
        NetworkNamespace guest = await lab.AddGuestAsync(1, 102);
        await lab.AddGuestAsync(2, 103);
        await PingAsync(guest, ["10.100.0.103", SpanLab.Gateway]);
    }

    [Fact]
    public async Task A_host_joins_while_the_network_runs()
    {
        await using SpanLab lab = await SpanLab.StartAsync();
        await Task.WhenAll(lab.Hosts.Take(2).Select((host, i) => host.NetworkAsync("lab", SpanLab.Network(i, hosts: 2))));
        NetworkNamespace guest = await lab.AddGuestAsync(0, 101);
        foreach ((NetworkLab host, int i) in lab.Hosts.Take(2).Select((host, i) => (host, i)))
        {
            string file = Path.Combine(host.Scratch, "three.xml");
            await File.WriteAllTextAsync(file, SpanLab.Network(i), TestContext.Current.CancellationToken);
            await host.VirtnetAsync("net-define", "--live", file);
        }

        await lab.Hosts[2].NetworkAsync("lab", SpanLab.Network(2));
        await lab.AddGuestAsync(2, 103);
        await PingAsync(guest, ["10.100.0.103", "fd00:100::103"]);
    }

    [Fact]
    public async Task Nothing_is_sent_any_more_to_a_host_that_the_network_spans_no_longer_whoever_had_it_sent_there()
    {
        await using SpanLab lab = await SpanLab.StartAsync();
        NetworkLab first = lab.Hosts[0];
        await first.NetworkAsync("lab", SpanLab.Network(0));
        foreach ((string mac, int host) in (IEnumerable<(string, int)>)[("02:00:00:00:00:02", 1), ("02:00:00:00:00:03", 2)])
        {
            await first.Host.ShellAsync(
                $"bridge fdb add {mac} dev {SpanLab.Tunnel} dst {SpanLab.AddressOf(host)} self extern_learn; bridge fdb add {mac} dev {SpanLab.Tunnel} master extern_learn");
        }

        string file = Path.Combine(first.Scratch, "two.xml");
        await File.WriteAllTextAsync(file, SpanLab.Network(0, hosts: 2), TestContext.Current.CancellationToken);
        await first.VirtnetAsync("net-define", "--live", file);
        string entries = await first.Host.RunAsync("bridge", "fdb", "show", "dev", SpanLab.Tunnel);
        Assert.DoesNotContain("02:00:00:00:00:03", entries, StringComparison.Ordinal);
        Assert.DoesNotContain(SpanLab.AddressOf(2), entries, StringComparison.Ordinal);
        Assert.Contains($"02:00:00:00:00:02 dst {SpanLab.AddressOf(1)} self", entries, StringComparison.Ordinal);
        Assert.Contains($"02:00:00:00:00:02 extern_learn master {SpanLab.Bridge}", entries, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Rules_of_others_are_seen_beside_it()
    {
        await using SpanLab lab = await SpanLab.StartAsync(hosts: 2);
        await lab.StartNetworkAsync();
        NetworkLab first = lab.Hosts[0];
        await first.Host.ShellAsync("""
            nft 'add table inet theirs; add map inet theirs m { type ipv4_addr : ipv4_addr; size 9; flags dynamic,timeout; };
              add chain inet theirs c { type filter hook forward priority 5; }; add rule inet theirs c update @m { ip saddr : ip daddr };
              add rule inet theirs c iifname "virbr-lab" drop'
            """);
        await Wait.UntilAsync(
            async () => (await first.VirtnetAsync("net-info", "lab", "-o", "json")).Contains("theirs", StringComparison.Ordinal), "the rule to be named", seconds: 10);
        Assert.DoesNotContain("Could not look", first.Daemon!.Output, StringComparison.Ordinal);
    }

    private const string Injection = """
        import socket, struct, sys
        inner = b"\xff" * 6 + bytes.fromhex("020000006666") + struct.pack("!H", 0x88b5) + b"span:injected;" + b"." * 40
        payload = struct.pack("!BBHI", 8, 0, 0, 5077 << 8) + inner
        datagram = struct.pack("!HHHH", 4790, 4789, 8 + len(payload), 0) + payload
        s = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_RAW)
        head = struct.pack("!BBHHHBBH4s4s", 0x45, 0, 20 + len(datagram), 7, 0, 64, 17, 0, socket.inet_aton(sys.argv[1]), socket.inet_aton(sys.argv[2]))
        s.sendto(head + datagram, (sys.argv[2], 0))
        """;

    private static string Script => Path.Combine(AppContext.BaseDirectory, "Lab", "span_frames.py");

    private static async Task<CommandResult> DefineAndStartAsync(NetworkLab host, string xml)
    {
        string file = Path.Combine(host.Scratch, "again.xml");
        await File.WriteAllTextAsync(file, xml, TestContext.Current.CancellationToken);
        await host.VirtnetAsync("net-define", "--update", file);
        return await host.TryVirtnetAsync("net-start", "lab");
    }

    private static async Task WaitForAnswerAsync(NetworkNamespace machine)
    {
        BackgroundProgram answering = machine.Start("python3", "-c", WhoAmI);
        await Wait.UntilAsync(() => Task.FromResult(answering.Output.Contains("ready", StringComparison.Ordinal)), "the server");
    }

    private static async Task<string> AskAsync(NetworkNamespace from, string address) =>
        (await from.RunAsync("python3", "-c", Ask, address)).Trim();

    private static Task<string[]> PingAsync(NetworkNamespace from, string[] targets) => Task.WhenAll(targets.Select(target =>
        from.RunAsync("ping", "-c", "5", "-i", "0.01", "-W", "2", "-w", "8", target)));
}
