using System.Net;
using VirtNet.Host.Firewall;
using VirtNet.Integration.Tests.Lab;
using VirtNet.Model;

namespace VirtNet.Integration.Tests.Firewall;

/// <summary>
/// A router with seven bridges, two guests on each, and two hosts outside behind an uplink each: the default route
/// (<c>up0</c> to <c>ext</c>) and another (<c>lan0</c> to <c>ext2</c>). Outside knows the way to the guests, so only the firewall
/// keeps anyone from them. Network i has 10.i.0.0/24 and, where it has IPv6, 2001:db8:i::/64; its guests are .9 (gI) and
/// .8 (hI). 172.20.0.i is an address outside the network's subnets on gI.
/// </summary>
internal sealed class FirewallTopology : IAsyncDisposable
{
    public static readonly NetworkDefinition[] Networks =
    [
        Network(1, "nat", new Forward(ForwardMode.Nat)),
        Network(2, "nat-range", new Forward(ForwardMode.Nat)
        {
            Nat = new NatOptions
            {
                Ipv6 = true,
                Addresses = new AddressRange(IPAddress.Parse("203.0.113.20"), IPAddress.Parse("203.0.113.21")),
                Ports = new NatPortRange(3000, 3010),
            },
        }),
        Network(3, "nat-dev", new Forward(ForwardMode.Nat) { Interfaces = ["up0"] }, ipv6: false),
        Network(4, "route", new Forward(ForwardMode.Route)),
        Network(5, "open", new Forward(ForwardMode.Open), ipv6: false),
        Network(6, "none", Forward.None),
        Network(7, "none-ipv6", Forward.None, ipv4: false, ipv6: false) with { GuestIpv6 = true },
    ];

    private readonly string _id = Guid.NewGuid().ToString("N")[..6];
    private readonly Dictionary<string, NetworkNamespace> _spaces = [];

    private FirewallTopology()
    {
    }

    public NetworkNamespace Host => _spaces["host"];

    public NetworkNamespace this[string name] => _spaces[name];

    public IEnumerable<NetworkNamespace> Spaces => _spaces.Values;

    public static string Bridge(int i) => $"br-{i}.x";

    /// <summary>Skips the test where namespaces cannot be made or a program is missing.</summary>
    public static async Task<FirewallTopology> CreateAsync(params string[] programs)
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "needs root: it makes network namespaces");
        foreach (string program in programs)
        {
            Assert.SkipUnless(File.Exists("/usr/sbin/" + program), $"needs {program}");
        }

        FirewallTopology made = new();
        await made.AddAsync("host", "ext", "ext2");
        await made.Host.ShellAsync($"""
            set -e
            sysctl -qw net.ipv4.ip_forward=1 net.ipv6.conf.all.forwarding=1 net.ipv4.icmp_ratelimit=0 net.ipv6.icmp.ratelimit=0
            ip link add up0 type veth peer name up1 netns {made["ext"].Name}
            ip link add lan0 type veth peer name lan1 netns {made["ext2"].Name}
            ip addr add 203.0.113.2/24 dev up0
            ip -6 addr add 2001:db8:ff::2/64 dev up0 nodad
            ip addr add 198.51.100.2/24 dev lan0
            ip link set up0 up
            ip link set lan0 up
            ip route add default via 203.0.113.1
            ip -6 route add default via 2001:db8:ff::1
            """);
        await made["ext"].ShellAsync("""
            set -e
            ip addr add 203.0.113.1/24 dev up1
            ip -6 addr add 2001:db8:ff::1/64 dev up1 nodad
            ip link set up1 up
            ip route add 10.0.0.0/8 via 203.0.113.2
            ip route add 172.20.0.0/24 via 203.0.113.2
            ip -6 route add 2001:db8::/32 via 2001:db8:ff::2
            """);
        await made["ext2"].ShellAsync("""
            set -e
            ip addr add 198.51.100.1/24 dev lan1
            ip link set lan1 up
            ip route add 10.0.0.0/8 via 198.51.100.2
            """);
        return made;
    }

    /// <summary>The bridges as virtnet makes them, and their guests.</summary>
    public async Task AddNetworksAsync()
    {
        for (int i = 1; i <= Networks.Length; i++)
        {
            NetworkDefinition network = Networks[i - 1];
            await AddAsync($"g{i}", $"h{i}");
            string addresses = string.Concat(network.Ips.Select(ip =>
                $"ip addr add {ip.Address}/{ip.EffectivePrefix} dev {Bridge(i)} {(ip.IsIpv6 ? "nodad" : "")}\n"));
            await Host.ShellAsync($"""
                set -e
                ip link add {Bridge(i)} type bridge
                sysctl -qw net/ipv6/conf/{Bridge(i)}/disable_ipv6={(network.Ips.Any(ip => ip.IsIpv6) ? 0 : 1)}
                {addresses}ip link set {Bridge(i)} up
                ip link add vg{i} type veth peer name eth0 netns {this[$"g{i}"].Name}
                ip link add vh{i} type veth peer name eth0 netns {this[$"h{i}"].Name}
                ip link set vg{i} master {Bridge(i)} up
                ip link set vh{i} master {Bridge(i)} up
                {(network.Ips.Count == 0 ? "" : $"ip route add 172.20.0.{i}/32 via 10.{i}.0.9")}
                """);
            foreach ((string guest, int host) in ((string, int)[])[($"g{i}", 9), ($"h{i}", 8)])
            {
                await this[guest].ShellAsync($"""
                    set -e
                    ip link set eth0 up
                    ip addr add 10.{i}.0.{host}/24 dev eth0
                    ip -6 addr add 2001:db8:{i}::{host}/64 dev eth0 nodad
                    ip route add default via 10.{i}.0.1
                    ip -6 route add default via 2001:db8:{i}::1
                    ip addr add 172.20.0.{i}/32 dev eth0
                    """);
            }
        }
    }

    /// <summary>Lets the world outside answer to addresses that the host translates to but does not have.</summary>
    public async Task AllowTranslatedAddressesAsync()
    {
        string mac = (await Host.RunAsync("cat", "/sys/class/net/up0/address")).Trim();
        foreach (string address in (string[])["203.0.113.20", "203.0.113.21"])
        {
            await this["ext"].RunAsync("ip", "neigh", "replace", address, "lladdr", mac, "dev", "up1", "nud", "permanent");
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (NetworkNamespace space in _spaces.Values)
        {
            await space.DisposeAsync();
        }
    }

    /// <summary>The rules of all networks that have any.</summary>
    public static FirewallRules[] AllRules() => Networks.Select(FirewallPlanner.RulesFor).OfType<FirewallRules>().ToArray();

    private static NetworkDefinition Network(byte i, string name, Forward forward, bool ipv4 = true, bool ipv6 = true)
    {
        List<IpDefinition> ips = [];
        if (ipv4)
        {
            ips.Add(new IpDefinition(IPAddress.Parse($"10.{i}.0.1")) { Prefix = 24 });
        }

        if (ipv6)
        {
            ips.Add(new IpDefinition(IPAddress.Parse($"2001:db8:{i}::1")) { Family = "ipv6", Prefix = 64 });
        }

        return new NetworkDefinition
        {
            Name = name,
            Uuid = new Guid(0, 0, 0, [0, 0, 0, 0, 0, 0, 0, i]),
            Forward = forward,
            Bridge = new Bridge { Name = Bridge(i) },
            Ips = ips.ToValueList(),
        };
    }

    private async Task AddAsync(params string[] names)
    {
        foreach (string name in names)
        {
            _spaces[name] = await NetworkNamespace.CreateAsync($"vf{_id}-{name}");
        }
    }
}
