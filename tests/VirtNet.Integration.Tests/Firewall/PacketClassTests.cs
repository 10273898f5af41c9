using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Runtime.CompilerServices;
using VirtNet.Host.Firewall;
using VirtNet.Host.Nft;
using VirtNet.Integration.Tests.Lab;
using VirtNet.Model;

namespace VirtNet.Integration.Tests.Firewall;

/// <summary>
/// Ten networks of all kinds between two uplinks: the fate of each class of packets (guest to outside, to another network, to
/// the host and back, foreign senders, low ports, both IP versions) is as it was while each network had chains of its own.
/// </summary>
public class PacketClassTests
{
    private const int AtOnce = 8;

    private static readonly NetworkDefinition[] Networks =
    [
        Network(0, ForwardMode.Nat, ["10.60.0.1/24", "fd00:60::1/64"]),
        Network(1, ForwardMode.Route, ["10.60.1.1/24", "fd00:61::1/64"]),
        Network(2, ForwardMode.None, ["10.60.2.1/24", "fd00:62::1/64"]),
        Network(3, ForwardMode.Nat, ["10.60.3.1/24"], device: "up1"),
        Network(4, ForwardMode.Nat, ["10.60.4.1/24"], new NatOptions
        {
            Addresses = new AddressRange(IPAddress.Parse("198.51.100.50"), IPAddress.Parse("198.51.100.51")),
            Ports = new NatPortRange(2000, 3000),
        }),
        Network(5, ForwardMode.Open, ["10.60.5.1/24"]),
        Network(6, ForwardMode.Nat, ["10.61.0.1/16", "10.60.6.1/24"], new NatOptions { Ports = new NatPortRange(5000, 6000) }),
        Network(7, ForwardMode.Nat, ["10.60.7.1/24", "fd00:67::1/64"], new NatOptions { Ipv6 = true }),
        Network(8, ForwardMode.Route, ["10.60.8.1/24"], device: "up0"),
        Network(9, ForwardMode.None, ["10.60.9.1/24"]),
    ];

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Every_class_of_packets_meets_the_same_fate_as_before()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "needs root: it makes network namespaces");
        Assert.SkipUnless(File.Exists("/usr/sbin/nft"), "needs nft");
        await using Topology topology = await Topology.CreateAsync();
        using NftBackend backend = TestBackends.Nftables(topology["host"], inProcess: true);
        foreach (FirewallRules rules in Networks.Select(FirewallPlanner.RulesFor).OfType<FirewallRules>())
        {
            await backend.ApplyAsync(null, rules, Cancel);
        }

        using Probe probe = new();
        foreach (NetworkNamespace space in topology.Spaces)
        {
            probe.Listen(space);
        }

        string[] rows = await File.ReadAllLinesAsync(PathOf("packet-classes.txt"), Cancel);
        Assert.Equal(279, rows.Length);
        foreach (string row in rows.Where(row => row.Contains(':', StringComparison.Ordinal)))
        {
            _ = await TryAsync(topology, row); // the very first packet of IPv6 may be lost while neighbours are looked for
        }

        ConcurrentBag<string> wrong = [];
        await Parallel.ForEachAsync(
            rows, new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = Cancel }, async (row, _) =>
            {
                ProbeResult result = await TryAsync(topology, row);
                if (!IsAsExpected(row[(row.IndexOf('=', StringComparison.Ordinal) + 2)..].Split(' '), result))
                {
                    wrong.Add($"{row}, but: {result.Verdict} {result.SeenFrom}");
                }
            });
        Assert.Equal("", string.Join("\n", wrong.Order(StringComparer.Ordinal)));
    }

    /// <summary>From, to, own address and port if they matter.</summary>
    private static Task<ProbeResult> TryAsync(Topology topology, string row)
    {
        string[] words = row[..row.IndexOf(" = ", StringComparison.Ordinal)].Split(' ');
        IPEndPoint? source = words.Length < 3 ? null : new IPEndPoint(
            IPAddress.Parse(words[2]), words.Length > 3 ? int.Parse(words[3], CultureInfo.InvariantCulture) : 0);
        return Probe.ConnectAsync(topology[words[0]], IPAddress.Parse(words[1]), source);
    }

    /// <summary>The verdict, the address that the other end saw, and the range of its port.</summary>
    private static bool IsAsExpected(string[] expected, ProbeResult result)
    {
        if (expected[0] != "ACCEPT" || result.SeenFrom is not { } seen)
        {
            return expected[0] == result.Verdict;
        }

        (int low, int high) = expected.ElementAtOrDefault(2) switch
        {
            null => (1024, 65535),
            "<1024" => (0, 1023),
            { } range => (int.Parse(range.Split('-')[0], CultureInfo.InvariantCulture),
                int.Parse(range.Split('-')[1], CultureInfo.InvariantCulture)),
        };
        return result.Verdict == "ACCEPT" && seen.Address.Equals(IPAddress.Parse(expected[1]))
            && seen.Port >= low && seen.Port <= high;
    }

    private static string PathOf(string file, [CallerFilePath] string test = "") =>
        Path.Combine(Path.GetDirectoryName(test) ?? "", file);

    private static NetworkDefinition Network(
        int number, ForwardMode mode, string[] addresses, NatOptions? nat = null, string? device = null) => new()
        {
            Name = $"n{number}",
            Uuid = new Guid(number + 1, 0, 0, new byte[8]),
            Forward = new Forward(mode) { Nat = nat, Interfaces = device is null ? [] : [device] },
            Bridge = new Bridge { Name = $"vb{number}" },
            Ips = addresses.Select(address => address.Split('/')).Select(parts => new IpDefinition(IPAddress.Parse(parts[0]))
            {
                Prefix = uint.Parse(parts[1], CultureInfo.InvariantCulture),
                Family = parts[0].Contains(':', StringComparison.Ordinal) ? "ipv6" : null,
            }).ToValueList(),
        };

    /// <summary>The host, a guest g0 to g9 on each bridge, and "ext" outside, behind up0 and up1.</summary>
    private sealed class Topology : IAsyncDisposable
    {
        private const string Settings = "net.ipv4.conf.all.rp_filter=0 net.ipv4.conf.default.rp_filter=0 "
            + "net.ipv4.icmp_ratelimit=0 net.ipv6.icmp.ratelimit=0";

        private readonly string _id = Guid.NewGuid().ToString("N")[..6];
        private readonly Dictionary<string, NetworkNamespace> _spaces = [];

        public IEnumerable<NetworkNamespace> Spaces => _spaces.Values;

        public NetworkNamespace this[string name] => _spaces[name];

        public static async Task<Topology> CreateAsync()
        {
            Topology made = new();
            await made.AddAsync("host", "ext");
            await made.AddUplinksAsync();
            foreach (NetworkDefinition network in Networks)
            {
                await made.AddBridgeAsync(network);
            }

            await made["host"].ShellAsync("ip route add 172.20.0.9/32 dev vb1");
            return made;
        }

        public async ValueTask DisposeAsync()
        {
            foreach (NetworkNamespace space in _spaces.Values)
            {
                await space.DisposeAsync();
            }
        }

        private async Task AddAsync(params string[] names)
        {
            foreach (string name in names)
            {
                _spaces.Add(name, await NetworkNamespace.CreateAsync($"vn{_id}{name}"));
                await this[name].ShellAsync($"sysctl -qw {Settings}");
            }
        }

        private async Task AddUplinksAsync()
        {
            await this["host"].ShellAsync($"""
                set -e
                sysctl -qw net.ipv4.ip_forward=1 net.ipv6.conf.all.forwarding=1
                ip link add up0 type veth peer name eup0 netns {this["ext"].Name}; ip addr add 198.51.100.1/24 dev up0; ip link set up0 up
                ip link add up1 type veth peer name eup1 netns {this["ext"].Name}; ip addr add 203.0.113.1/24 dev up1; ip link set up1 up
                """);
            await this["ext"].ShellAsync("""
                set -e
                ip addr add 198.51.100.2/24 dev eup0; ip link set eup0 up; ip addr add 203.0.113.2/24 dev eup1; ip link set eup1 up
                ip -6 addr add fd00:e0::2/64 dev eup0 nodad
                ip route add 10.60.0.0/15 via 198.51.100.1; ip route add 10.60.3.0/24 via 203.0.113.1
                ip -6 route add fd00::/16 via fd00:e0::1
                ip addr add 8.8.8.8/32 dev lo; ip addr add 9.9.9.9/32 dev lo
                """);
            await this["host"].ShellAsync("""
                set -e
                ip -6 addr add fd00:e0::1/64 dev up0 nodad; ip addr add 198.51.100.50/32 dev up0; ip addr add 198.51.100.51/32 dev up0
                ip route add default via 198.51.100.2; ip -6 route add default via fd00:e0::2; ip route add 9.9.9.9/32 via 203.0.113.2
                """);
        }

        private async Task AddBridgeAsync(NetworkDefinition network)
        {
            string bridge = network.BridgeName!;
            string guest = "g" + bridge[2..];
            await AddAsync(guest);
            await this["host"].ShellAsync($"""
                set -e
                ip link add {bridge} type bridge forward_delay 0; ip link set {bridge} up
                ip link add t{guest} type veth peer name eth0 netns {this[guest].Name}; ip link set t{guest} master {bridge} up
                """);
            await this[guest].ShellAsync("ip link set eth0 up; ip addr add 172.20.0.9/32 dev lo");
            foreach (IpDefinition ip in network.Ips)
            {
                string nodad = ip.IsIpv6 ? " nodad" : "";
                await this["host"].ShellAsync($"ip addr add {ip.Address}/{ip.Prefix} dev {bridge}{nodad}");
                byte[] address = ip.Network!.Value.BaseAddress.GetAddressBytes();
                address[^1] += 5;
                await this[guest].ShellAsync($"ip addr add {new IPAddress(address)}/{ip.Prefix} dev eth0{nodad}");
                if (ip == network.Ips[0] || ip.IsIpv6)
                {
                    await this[guest].ShellAsync($"ip route add default via {ip.Address}");
                }
            }
        }
    }
}
