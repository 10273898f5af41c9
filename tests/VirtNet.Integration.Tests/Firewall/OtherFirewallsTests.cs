using System.Net;
using Microsoft.Extensions.Logging.Abstractions;
using VirtNet.Host;
using VirtNet.Host.Firewall;
using VirtNet.Host.Iptables;
using VirtNet.Host.Neighbours;
using VirtNet.Host.Nft;
using VirtNet.Integration.Tests.Lab;
using VirtNet.Model.Conditions;
using VirtNet.Model.Publishing;

namespace VirtNet.Integration.Tests.Firewall;

/// <summary>virtnet beside Docker, ufw and hand-made firewalls: their rules in the kernel, and packets.</summary>
public sealed class OtherFirewallsTests : IDisposable
{
    /// <summary>What Docker makes of a host, as far as it concerns others.</summary>
    private const string Docker = """
        set -e
        $p -P FORWARD DROP
        $p -N DOCKER
        $p -N DOCKER-USER
        $p -A DOCKER-USER -j RETURN
        $p -I FORWARD -j DOCKER-USER
        $p -A FORWARD -o docker0 -j DOCKER
        """;

    /// <summary>What ufw makes of a host that is to be reached by nobody.</summary>
    private const string Ufw = """
        set -e
        iptables -N ufw-before-input
        iptables -A ufw-before-input -i lo -j ACCEPT
        iptables -A ufw-before-input -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT
        iptables -A ufw-before-input -m conntrack --ctstate INVALID -j DROP
        iptables -A INPUT -j ufw-before-input
        iptables -P INPUT DROP
        """;

    /// <summary>Of the host itself, one address and any.</summary>
    private static readonly HostPublication[] s_ofHost =
    [
        new(
            Ipv6: false, IPAddress.Parse("203.0.113.2"), PublishedProtocol.Tcp, new PortRange(7979), Interface: null, Sources: [], Balance.RoundRobin,
            [new HostTarget(null, 8080)]),
        new(
            Ipv6: false, Address: null, PublishedProtocol.Tcp, new PortRange(7980, 7981), Interface: null, Sources: [], Balance.RoundRobin,
            [new HostTarget(null, 8080)]),
    ];

    /// <summary>A host that is closed by default, as nftables.service loads it.</summary>
    private const string Closed = """
        add table inet filter
        delete table inet filter
        table inet filter {
            chain input { type filter hook input priority 0; policy drop; iif lo accept; ct state established,related accept; }
            chain forward { type filter hook forward priority 0; policy drop; }
        }
        """;

    private readonly string _file = Path.GetTempFileName();
    private readonly ConditionBoard _board = new();
    private readonly RecordingLogger<Neighbourhood> _log = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => File.Delete(_file);

    [Fact]
    public async Task Guests_pass_the_policy_of_the_hosts_own_rules_and_of_nobody_elses()
    {
        await using FirewallTopology topology = await FirewallTopology.CreateAsync("nft");
        await topology.AddNetworksAsync();
        using NftBackend backend = Backend(topology);
        await using Neighbourhood neighbours = Neighbours(topology);
        using Probe probe = new();
        probe.Listen(topology["ext"]);
        FirewallRules rules = FirewallTopology.AllRules()[0];
        await File.WriteAllTextAsync(_file, Closed, Cancel);
        await topology.Host.RunAsync("nft", "-f", _file);
        await backend.ApplyAsync(null, rules, Cancel);
        Assert.Equal("NO-ANSWER", await VerdictAsync(topology));
        neighbours.Watch(FirewallTopology.Networks[0]);
        await SettleAsync(neighbours);
        Assert.Equal("ACCEPT", await VerdictAsync(topology));
        Assert.Empty(_board.Of(rules.Network));
        Assert.NotEqual("ACCEPT", (await Probe.ConnectAsync(topology["ext"], IPAddress.Parse("10.1.0.9"), null)).Verdict);

        // A rule of the administrator's has its say first, also one that came later.
        await topology.Host.RunAsync("nft", "add", "rule", "inet", "filter", "forward", "ip", "saddr", "10.1.0.0/24", "tcp", "dport", "80", "counter", "drop");
        await SettleAsync(neighbours);
        string[] lines = (await ForwardAsync()).Split('\n');
        Assert.InRange(Array.FindIndex(lines, line => line.Contains("counter", StringComparison.Ordinal)), 1, Array.FindIndex(lines, line => line.Contains("virtnet", StringComparison.Ordinal)));

        await topology.Host.RunAsync("nft", "-f", _file); // loaded anew
        await SettleAsync(neighbours);
        Assert.Equal("ACCEPT", await VerdictAsync(topology));
        string before = await ForwardAsync();
        await SettleAsync(neighbours);
        Assert.Equal(before, await ForwardAsync());

        // Who drops in a table of his own means to.
        await topology.Host.RunAsync("nft", "add table inet vpn; add chain inet vpn forward { type filter hook forward priority 0; policy drop; }");
        await SettleAsync(neighbours);
        Assert.Equal("NO-ANSWER", await VerdictAsync(topology));
        Assert.Contains("inet vpn forward, policy drop", Assert.Single(_board.Of(rules.Network)).Text, StringComparison.Ordinal);
        Assert.DoesNotContain("virtnet", await topology.Host.RunAsync("nft", "list", "table", "inet", "vpn"), StringComparison.Ordinal);

        await neighbours.ForgetAsync(rules.Network);
        Assert.DoesNotContain("virtnet", await topology.Host.RunAsync("nft", "list", "table", "inet", "filter"), StringComparison.Ordinal);

        Task<string> ForwardAsync() => topology.Host.RunAsync("nft", "list", "chain", "inet", "filter", "forward");
    }

    [Theory]
    [InlineData("iptables-nft")]
    [InlineData("iptables-legacy")]
    public async Task Guests_reach_the_outside_beside_docker_and_nothing_stays_in_its_chain(string program)
    {
        await using FirewallTopology topology = await FirewallTopology.CreateAsync("nft", program);
        await topology.AddNetworksAsync();
        using NftBackend backend = Backend(topology);
        await using Neighbourhood neighbours = Neighbours(topology);
        using Probe probe = new();
        probe.Listen(topology["ext"]);
        FirewallRules[] all = FirewallTopology.AllRules();
        await backend.ApplyAsync(null, all[0], Cancel);
        neighbours.Watch(FirewallTopology.Networks[0]);
        await SettleAsync(neighbours);
        Assert.Equal("ACCEPT", await VerdictAsync(topology));

        // Docker starts later. (In the older tables it is found without being told.)
        await topology.Host.ShellAsync(Docker.Replace("$p", program, StringComparison.Ordinal));
        await SettleAsync(neighbours);
        Assert.Equal("ACCEPT", await VerdictAsync(topology));
        Assert.Empty(_log.Warnings);
        Assert.Empty(_board.Of(all[0].Network));

        // Nothing new comes in by what we let pass there.
        ProbeResult inwards = await Probe.ConnectAsync(topology["ext"], IPAddress.Parse("10.1.0.9"), null);
        Assert.NotEqual("ACCEPT", inwards.Verdict);

        // An administrator's rule has its say first, and says so.
        await topology.Host.RunAsync(program, "-I", "DOCKER-USER", "-s", "10.1.0.0/24", "-j", "DROP");
        await SettleAsync(neighbours);
        Assert.Equal("NO-ANSWER", await VerdictAsync(topology));
        Assert.Contains("-s 10.1.0.0/24 -j DROP", Assert.Single(_board.Of(all[0].Network)).Text, StringComparison.Ordinal);
        await topology.Host.RunAsync(program, "-D", "DOCKER-USER", "-s", "10.1.0.0/24", "-j", "DROP");

        // Emptied, as boot scripts do.
        await topology.Host.ShellAsync($"{program} -F DOCKER-USER; {program} -A DOCKER-USER -j RETURN");
        await SettleAsync(neighbours);
        Assert.Equal("ACCEPT", await VerdictAsync(topology));
        Assert.Empty(_board.Of(all[0].Network));

        await backend.ApplyAsync(null, all[1], Cancel);
        neighbours.Watch(FirewallTopology.Networks[1]);
        await neighbours.SettleAsync(Cancel);
        await neighbours.ForgetAsync(all[0].Network);
        string rules = await topology.Host.RunAsync(program, "-S");
        Assert.DoesNotContain($"{all[0].Bridge} ", rules, StringComparison.Ordinal);
        Assert.Contains($"{all[1].Bridge} ", rules, StringComparison.Ordinal);
        await neighbours.ForgetAsync(all[1].Network);
        Assert.DoesNotContain("virtnet", await topology.Host.RunAsync(program, "-S"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_published_and_who_is_let_in_passes_docker_and_nobody_else()
    {
        await using FirewallTopology topology = await FirewallTopology.CreateAsync("nft", "iptables");
        await topology.AddNetworksAsync();
        using NftBackend backend = Backend(topology);
        await using Neighbourhood neighbours = Neighbours(topology);
        using PublicationProbe probe = new();
        probe.Listen(topology["g1"], "g1", 80);
        probe.Listen(topology["g6"], "g6", 80);
        await topology.Host.ShellAsync(Docker.Replace("$p", "iptables", StringComparison.Ordinal));
        HostPublication web = new(
            Ipv6: false, IPAddress.Parse("203.0.113.2"), PublishedProtocol.Tcp, new PortRange(8080), Interface: null, Sources: [], Balance.RoundRobin,
            [new HostTarget(IPAddress.Parse("10.1.0.9"), 80)]);
        FirewallRules nat = FirewallPlanner.RulesFor(FirewallTopology.Networks[0])! with { Publications = [web] };
        FirewallRules isolated = FirewallPlanner.RulesFor(FirewallTopology.Networks[5])! with
        {
            Publications = [web with { Ports = new PortRange(8081), Targets = [new HostTarget(IPAddress.Parse("10.6.0.9"), 80)] }],
            Peers = [new HostPeer("nat", FirewallTopology.Bridge(1), [IPNetwork.Parse("10.1.0.0/24")], PublishedProtocol.Tcp, [new PortRange(80)])],
        };
        foreach ((FirewallRules rules, int i) in (((FirewallRules, int)[])[(nat, 0), (isolated, 5)]))
        {
            await backend.ApplyAsync(null, rules, Cancel);
            neighbours.Watch(FirewallTopology.Networks[i], rules);
        }

        await SettleAsync(neighbours);
        Assert.Empty(_log.Warnings);
        Assert.Equal("g1 203.0.113.1", await PublicationProbe.AskAsync(topology["ext"], IPAddress.Parse("203.0.113.2"), 8080));
        Assert.Equal("g6 203.0.113.1", await PublicationProbe.AskAsync(topology["ext"], IPAddress.Parse("203.0.113.2"), 8081));
        Assert.Equal("g6 10.1.0.9", await PublicationProbe.AskAsync(topology["g1"], IPAddress.Parse("10.6.0.9"), 80));
        Assert.Equal("REJECT", await PublicationProbe.AskAsync(topology["ext"], IPAddress.Parse("10.6.0.9"), 80));
        Assert.NotEqual("g1", (await PublicationProbe.AskAsync(topology["ext"], IPAddress.Parse("10.1.0.9"), 80)).Split(' ')[0]);
    }

    [Fact]
    public async Task What_is_published_of_the_host_itself_passes_ufw_and_its_port_stays_closed()
    {
        await using FirewallTopology topology = await FirewallTopology.CreateAsync("nft", "iptables");
        using NftBackend backend = Backend(topology);
        await using Neighbourhood neighbours = Neighbours(topology);
        using PublicationProbe probe = new();
        probe.Listen(topology.Host, "host", 8080);
        await topology.Host.ShellAsync(Ufw);
        FirewallRules none = FirewallPlanner.RulesFor(FirewallTopology.Networks[0])!;
        FirewallRules some = none with { Publications = [.. s_ofHost] };
        await backend.ApplyAsync(null, some, Cancel);
        neighbours.Watch(FirewallTopology.Networks[0], some);
        await neighbours.SettleWarningsAsync(Cancel);
        await CheckAsync("host 203.0.113.1");
        Assert.Empty(neighbours.WarningsOf(some.Network));
        Assert.Equal("NO-ANSWER", await PublicationProbe.AskAsync(topology["ext"], IPAddress.Parse("203.0.113.2"), 8080));

        await topology.Host.ShellAsync("iptables -F ufw-before-input");
        await SettleAsync(neighbours);
        await CheckAsync("host 203.0.113.1");
        await CheckNobodyElseIsLetInAsync(topology, probe);

        await backend.ApplyAsync(some, none, Cancel);
        neighbours.Watch(FirewallTopology.Networks[0], none);
        await SettleAsync(neighbours);
        string left = await topology.Host.RunAsync("iptables", "-S");
        Assert.Contains("virtnet", left, StringComparison.Ordinal); // what guests are served stays
        Assert.DoesNotContain("ctorigdst", left, StringComparison.Ordinal);

        await backend.ApplyAsync(none, some, Cancel);
        neighbours.Watch(FirewallTopology.Networks[0], some);
        await neighbours.SettleAsync(Cancel);
        await CheckAsync("host 203.0.113.1");
        await neighbours.ForgetAsync(some.Network);
        Assert.DoesNotContain("virtnet", await topology.Host.RunAsync("iptables", "-S"), StringComparison.Ordinal);

        async Task CheckAsync(string expected)
        {
            foreach (int port in (int[])[7979, 7980])
            {
                Assert.Equal(expected, await PublicationProbe.AskAsync(topology["ext"], IPAddress.Parse("203.0.113.2"), port));
            }
        }
    }

    [Fact]
    public async Task What_keeps_those_out_for_whom_the_host_itself_is_published_is_said_with_what_helps()
    {
        await using FirewallTopology topology = await FirewallTopology.CreateAsync("nft", "iptables");
        using NftBackend backend = Backend(topology);
        await using Neighbourhood neighbours = Neighbours(topology, admits: false);
        using PublicationProbe probe = new();
        probe.Listen(topology.Host, "host", 8080);
        FirewallRules rules = FirewallPlanner.RulesFor(FirewallTopology.Networks[0])! with { Publications = [s_ofHost[0]] };
        await backend.ApplyAsync(null, rules, Cancel);
        neighbours.Watch(FirewallTopology.Networks[0], rules);
        await neighbours.SettleWarningsAsync(Cancel);
        Assert.Empty(neighbours.WarningsOf(rules.Network));

        await topology.Host.ShellAsync(Ufw);
        await topology.Host.ShellAsync("""
            nft add table inet corp
            nft "add chain inet corp in { type filter hook input priority 0; policy drop; }"
            nft add rule inet corp in ct state established accept
            """);
        await SettleAsync(neighbours);
        string[] told = [.. neighbours.WarningsOf(rules.Network).Select(warning => warning.Text)];
        Assert.Equal(2, told.Length);
        Assert.Contains(told, text => text.StartsWith("ufw (ip filter INPUT, policy drop) drops what comes to the host by it", StringComparison.Ordinal));
        Assert.Contains(told, text => text.Contains("inet corp in, policy drop", StringComparison.Ordinal));
        Assert.Equal("NO-ANSWER", await PublicationProbe.AskAsync(topology["ext"], IPAddress.Parse("203.0.113.2"), 7979));

        foreach (string text in told)
        {
            string remedy = text[(text.IndexOf("What helps: ", StringComparison.Ordinal) + "What helps: ".Length)..];
            await topology.Host.ShellAsync(remedy);
        }

        await SettleAsync(neighbours);
        Assert.Empty(neighbours.WarningsOf(rules.Network));
        Assert.Equal("host 203.0.113.1", await PublicationProbe.AskAsync(topology["ext"], IPAddress.Parse("203.0.113.2"), 7979));
    }

    [Fact]
    public async Task The_iptables_backend_lets_in_what_is_published_of_the_host_itself()
    {
        await using FirewallTopology topology = await FirewallTopology.CreateAsync("iptables");
        using IptablesBackend backend = TestBackends.Iptables(topology.Host);
        await using Neighbourhood neighbours = Neighbours(topology);
        using PublicationProbe probe = new();
        probe.Listen(topology.Host, "host", 8080);
        await topology.Host.ShellAsync(Ufw);
        FirewallRules rules = FirewallPlanner.RulesFor(FirewallTopology.Networks[0])! with { Publications = [.. s_ofHost] };
        await backend.ApplyAsync(null, rules, Cancel);
        neighbours.Watch(FirewallTopology.Networks[0], rules);
        await SettleAsync(neighbours);
        Assert.Empty(neighbours.WarningsOf(rules.Network));
        foreach (int port in (int[])[7979, 7980])
        {
            Assert.Equal("host 203.0.113.1", await PublicationProbe.AskAsync(topology["ext"], IPAddress.Parse("203.0.113.2"), port));
        }

        Assert.Equal("NO-ANSWER", await PublicationProbe.AskAsync(topology["ext"], IPAddress.Parse("203.0.113.2"), 8080));
        await CheckNobodyElseIsLetInAsync(topology, probe);
        await backend.ApplyAsync(rules, rules with { Publications = [] }, Cancel);
        Assert.DoesNotContain("ctorigdst", await topology.Host.RunAsync("iptables", "-S"), StringComparison.Ordinal);
    }

    /// <summary>Somebody else's redirection of a port that is published leads to where this firewall lets nobody.</summary>
    private static async Task CheckNobodyElseIsLetInAsync(FirewallTopology topology, PublicationProbe probe)
    {
        probe.Listen(topology.Host, "other", 9090);
        await topology.Host.ShellAsync("""
            nft add table ip stranger
            nft add chain ip stranger first '{ type nat hook prerouting priority -150; }'
            nft add rule ip stranger first tcp dport 7979 redirect to :9090
            """);
        Assert.Equal("NO-ANSWER", await PublicationProbe.AskAsync(topology["ext"], IPAddress.Parse("203.0.113.2"), 7979));
        await topology.Host.ShellAsync("nft delete table ip stranger");
    }

    [Fact]
    public async Task A_firewall_that_drops_what_guests_need_is_named_once_with_what_helps_until_it_is_gone()
    {
        await using FirewallTopology topology = await FirewallTopology.CreateAsync("nft", "iptables");
        await using Neighbourhood neighbours = Neighbours(topology);
        neighbours.Watch(FirewallTopology.Networks[0]);
        neighbours.Watch(FirewallTopology.Networks[1]);
        await SettleAsync(neighbours);
        Assert.Empty(_log.Warnings);

        await topology.Host.ShellAsync("""
            nft add table inet filter
            nft "add chain inet filter forward { type filter hook forward priority 0; policy drop; }"
            """);
        await SettleAsync(neighbours);
        string warning = Assert.Single(_log.Warnings);
        Assert.Contains($"nft add rule inet filter forward iifname {FirewallTopology.Bridge(1)} accept", warning, StringComparison.Ordinal);
        Assert.All(FirewallTopology.Networks[..2], network => Assert.Equal(
            ConditionKind.CutOff, Assert.Single(_board.Of(network.Uuid)).Kind));

        await topology.Host.RunAsync("nft", "delete", "table", "inet", "filter");
        await SettleAsync(neighbours);
        Assert.Single(_log.Entries, entry => entry.Text.StartsWith("Not cut off any more", StringComparison.Ordinal));
        Assert.All(FirewallTopology.Networks[..2], network => Assert.Empty(_board.Of(network.Uuid)));
    }

    [Fact]
    public async Task Who_only_wants_to_be_told_keeps_the_others_chains_as_they_are()
    {
        await using FirewallTopology topology = await FirewallTopology.CreateAsync("nft", "iptables");
        await topology.Host.ShellAsync(Docker.Replace("$p", "iptables", StringComparison.Ordinal));
        string untouched = await topology.Host.RunAsync("iptables", "-S");
        await using Neighbourhood neighbours = Neighbours(topology, admits: false);
        neighbours.Watch(FirewallTopology.Networks[0]);
        await SettleAsync(neighbours);
        Assert.Contains("Docker (ip filter FORWARD, policy drop)", Assert.Single(_log.Warnings), StringComparison.Ordinal);
        Assert.Equal(untouched, await topology.Host.RunAsync("iptables", "-S"));
    }

    /// <summary>As after an announcement of the kernel.</summary>
    private static async Task SettleAsync(Neighbourhood neighbours)
    {
        neighbours.LookAnew();
        await neighbours.SettleAsync(Cancel);
    }

    private static NftBackend Backend(FirewallTopology topology) =>
        new(Session(topology), topology.Host.Run(() => new NftKernel()), hasHooks: null, NullLogger<NftBackend>.Instance);

    private static NftLibrary Session(FirewallTopology topology)
    {
        NftLibrary? nft = topology.Host.Run(NftLibrary.TryOpen);
        Assert.SkipWhen(nft is null, "needs libnftables");
        return nft;
    }

    private Neighbourhood Neighbours(FirewallTopology topology, bool admits = true)
    {
        IptablesPrograms programs = new(new NamespaceCommandRunner(topology.Host));
        LegacyTables legacy = new(TimeProvider.System);
        return new Neighbourhood(
            new ForeignRulesets(
                Session(topology), programs, new IptablesVariants(programs, TimeProvider.System),
                ipv6 => topology.Host.Run(() => legacy.Names(ipv6)), new NftablesConf(_file)),
            admits, () => new HostWays(null, null, BridgedIsFiltered: false, _ => []), _ => true,
            _board, TimeProvider.System, _log);
    }

    private static async Task<string> VerdictAsync(FirewallTopology topology) =>
        (await Probe.ConnectAsync(topology["g1"], IPAddress.Parse("203.0.113.1"), null)).Verdict;
}
