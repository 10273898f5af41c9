using VirtNet.Host.Neighbours;
using VirtNet.Model;
using VirtNet.Model.Publishing;

namespace VirtNet.Host.Tests.Neighbours;

public class AdmissionsTests
{
    private const string Mark = "-m comment --comment virtnet";

    private const string Docker = """
        *filter
        :FORWARD DROP [0:0]
        :DOCKER - [0:0]
        :DOCKER-USER - [0:0]
        -A FORWARD -j DOCKER-USER
        -A FORWARD -o docker0 -j DOCKER
        -A FORWARD -o br-7 -j DOCKER

        """;

    private static readonly string[] Admitted =
    [
        $"-i virbr0 -o virbr0 {Mark} -j ACCEPT",
        $"-i virbr0 -o br-7 {Mark} -j RETURN",
        $"-i virbr0 -o docker0 {Mark} -j RETURN",
        $"-o virbr0 -m conntrack --ctstate RELATED,ESTABLISHED {Mark} -j ACCEPT",
        $"-i virbr0 {Mark} -j ACCEPT",
    ];

    [Fact]
    public void Docker_is_told_after_the_administrators_rules_and_before_the_closing_return()
    {
        Admission only = Assert.Single(Plan(Docker + User("-s 192.168.122.0/24 -d 10.0.0.1/32 -j DROP", "-j RETURN")));
        Assert.Equal(Script([.. Admitted.Select((words, i) => $"-I DOCKER-USER {i + 2} {words}")]), only.Script);
        Assert.Equal(["virbr0"], only.Admitted);
    }

    [Fact]
    public void What_is_published_is_let_through_and_an_isolated_network_that_lets_somebody_in()
    {
        GuestNetwork published = Recorded.Network() with { Publishes = true };
        Assert.Contains(
            $"-o virbr0 -m conntrack --ctstate DNAT {Mark} -j ACCEPT", AdmissionRules.ForForwarding(published, ipv6: false, bridgedIsFiltered: false, []));
        GuestNetwork isolated = Recorded.Network(ForwardMode.None);
        Assert.Empty(AdmissionRules.ForForwarding(isolated, ipv6: false, bridgedIsFiltered: false, []));
        foreach (GuestNetwork opened in (GuestNetwork[])[isolated with { Publishes = true }, isolated with { HasPeers = true }])
        {
            Assert.Equal(
                [$"-i virbr0 -o virbr0 {Mark} -j ACCEPT", $"-o virbr0 {Mark} -j ACCEPT", $"-i virbr0 {Mark} -j ACCEPT"],
                AdmissionRules.ForForwarding(opened, ipv6: false, bridgedIsFiltered: false, []));
        }
    }

    [Fact]
    public void What_is_in_place_stays() =>
        Assert.Empty(Plan(Docker + User(["-p tcp -m tcp --dport 25 -j DROP", .. Admitted, "-j RETURN"])));

    [Fact]
    public void An_administrators_rule_that_came_after_ours_has_its_say_first_again()
    {
        Admission only = Assert.Single(Plan(Docker + User([.. Admitted, "-s 192.168.122.0/24 -j DROP", "-j RETURN"])));
        Assert.Equal(
            Script(
            [
                .. Admitted.Select(words => $"-D DOCKER-USER {words}"),
                .. Admitted.Select((words, i) => $"-I DOCKER-USER {i + 2} {words}"),
            ]),
            only.Script);
    }

    [Theory]
    [InlineData("-j RETURN")]
    [InlineData("-m comment --comment \"the end\" -j RETURN")]
    public void What_an_administrator_puts_behind_the_closing_return_counts_for_nothing(string end)
    {
        const string dead = "-d 203.0.113.1/32 -i virbr0 -j DROP";
        const string effective = "-s 192.168.122.60/32 -j DROP";
        Assert.Empty(Plan(Docker + User([effective, .. Admitted, end, dead])));
        Admission only = Assert.Single(Plan(Docker + User(effective, end, dead)));
        Assert.Equal(Script([.. Admitted.Select((words, i) => $"-I DOCKER-USER {i + 2} {words}")]), only.Script);
        only = Assert.Single(Plan(Docker + User([effective, end, dead, .. Admitted])));
        Assert.StartsWith(
            Script([.. Admitted.Select(words => $"-D DOCKER-USER {words}"), .. Admitted.Select((words, i) => $"-I DOCKER-USER {i + 2} {words}")]),
            only.Script, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("-j DROP", "")]
    [InlineData("-j HOUSE", "-A HOUSE -s 10.0.0.0/8 -j ACCEPT\n-A HOUSE -j REJECT\n")]
    public void An_administrators_rule_that_ends_the_chain_for_everybody_is_not_overtaken(string end, string house)
    {
        string rules = $"{Docker}:HOUSE - [0:0]\n{house}";
        Assert.Empty(Plan(rules + User([end, .. Admitted, "-s 10.0.0.1/32 -j RETURN"])));
        Admission only = Assert.Single(Plan(rules + User([.. Admitted, end])));
        Assert.Equal(Script([.. Admitted.Select(words => $"-D DOCKER-USER {words}"), .. Admitted.Select(words => $"-A DOCKER-USER {words}")]), only.Script);
    }

    [Fact]
    public void A_chain_from_which_packets_come_back_ends_nothing()
    {
        string rules = $"{Docker}:HOUSE - [0:0]\n-A HOUSE -s 10.0.0.0/8 -j RETURN\n-A HOUSE -j DROP\n";
        Admission only = Assert.Single(Plan(rules + User("-j HOUSE", "-j RETURN")));
        Assert.Equal(Script([.. Admitted.Select((words, i) => $"-I DOCKER-USER {i + 2} {words}")]), only.Script);
    }

    [Fact]
    public void A_flushed_chain_gets_all_again() =>
        Assert.Equal(
            Script([.. Admitted.Select(words => $"-A DOCKER-USER {words}")]), Assert.Single(Plan(Docker)).Script);

    [Fact]
    public void A_new_bridge_of_dockers_is_kept_from_guests()
    {
        Admission only = Assert.Single(Plan(Docker + "-A FORWARD -o br-9 -j DOCKER\n" + User([.. Admitted, "-j RETURN"])));
        Assert.Contains($"-i virbr0 -o br-9 {Mark} -j RETURN", only.Script, StringComparison.Ordinal);
    }

    [Fact]
    public void A_routed_network_takes_new_connections() =>
        Assert.Contains(
            $" -o virbr0 {Mark} -j ACCEPT", Assert.Single(Plan(Docker, Recorded.Network(ForwardMode.Route))).Script,
            StringComparison.Ordinal);

    [Fact]
    public void Docker_that_drops_nothing_is_left_alone() =>
        Assert.Empty(Plan(Docker.Replace("FORWARD DROP", "FORWARD ACCEPT", StringComparison.Ordinal)));

    [Fact]
    public void Rules_that_are_there_stay_while_nothing_is_dropped_for_a_moment() =>
        Assert.Empty(Plan(
            Docker.Replace("FORWARD DROP", "FORWARD ACCEPT", StringComparison.Ordinal) + User([.. Admitted, "-j RETURN"])));

    [Fact]
    public void A_network_that_ended_takes_its_rules_along_and_leaves_others()
    {
        string[] other = [.. Admitted.Select(words => words.Replace("virbr0", "virbr1", StringComparison.Ordinal))];
        Admission only = Assert.Single(Admissions.Plan(
            Recorded.Saved(Docker + User([.. Admitted, .. other, "-j RETURN"])), [], Recorded.Ways, admits: true, bridge => bridge == "virbr0"));
        Assert.Equal(Script([.. Admitted.Select(words => $"-D DOCKER-USER {words}")]), only.Script);
        Assert.Empty(only.Admitted);
    }

    [Fact]
    public void Who_only_wants_to_be_told_gets_rules_removed_and_none_added()
    {
        Admission only = Assert.Single(Plan(Docker + User([.. Admitted, "-j RETURN"]), admits: false));
        Assert.DoesNotContain("-I", only.Script, StringComparison.Ordinal);
        Assert.Empty(Plan(Docker, admits: false));
    }

    [Fact]
    public void Ufw_is_told_of_services_and_ways_and_of_nothing_more()
    {
        Admission only = Assert.Single(Admissions.Plan(
            Recorded.Iptables("ufw"), [Recorded.Network()], Recorded.Ways, admits: true, _ => false));
        Assert.Equal(
            [
                $"-A ufw-before-forward -i virbr0 -o virbr0 {Mark} -j ACCEPT",
                $"-A ufw-before-forward -o virbr0 -m conntrack --ctstate RELATED,ESTABLISHED {Mark} -j ACCEPT",
                $"-A ufw-before-forward -i virbr0 {Mark} -j ACCEPT",
                $"-A ufw-before-input -i virbr0 -p udp -m udp --dport 67 {Mark} -j ACCEPT",
                $"-A ufw-before-input -i virbr0 -p udp -m udp --dport 53 {Mark} -j ACCEPT",
                $"-A ufw-before-input -i virbr0 -p tcp -m tcp --dport 53 {Mark} -j ACCEPT",
            ],
            only.Script.Split('\n').Where(line => line.StartsWith("-A", StringComparison.Ordinal)));
    }

    [Fact]
    public void Ufw_lets_an_isolated_network_be_served_and_go_nowhere()
    {
        HostWays unfiltered = Recorded.Ways with { BridgedIsFiltered = false };
        Admission only = Assert.Single(Admissions.Plan(
            Recorded.Iptables("ufw"), [Recorded.Network(ForwardMode.None)], unfiltered, admits: true, _ => false));
        Assert.DoesNotContain("forward", only.Script, StringComparison.Ordinal);
        Assert.Contains("--dport 67", only.Script, StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_published_of_the_host_itself_is_let_in_by_where_it_was_sent_to()
    {
        HostPublication place = new(
            Ipv6: false, Address: null, PublishedProtocol.Tcp, new PortRange(7979), Interface: null, Sources: [], Balance.RoundRobin, [new HostTarget(null, 8080)]);
        GuestNetwork network = Recorded.Network(dhcp: false) with { HostPlaces = [place], ServesNames = false };
        const string words = "-p tcp -m tcp --dport 8080 -m conntrack --ctstate DNAT --ctorigdstport 7979 -m comment --comment \"virtnet virbr0\" -j ACCEPT";
        string script = Assert.Single(Admissions.Plan(Recorded.Iptables("ufw"), [network], Recorded.Ways, admits: true, _ => false)).Script;
        Assert.Contains($"-A ufw-before-input {words}\n", script, StringComparison.Ordinal);

        string after = File.ReadAllText(Recorded.PathOf("ufw.save")).Replace(
            "COMMIT", string.Join('\n', script.Split('\n').Where(line => line.StartsWith("-A", StringComparison.Ordinal))) + "\nCOMMIT",
            StringComparison.Ordinal);
        Assert.Empty(Admissions.Plan(Recorded.Saved(after), [network], Recorded.Ways, admits: true, _ => false));
        Assert.Contains(
            $"-D ufw-before-input {words}\n",
            Assert.Single(Admissions.Plan(Recorded.Saved(after), [], ways: null, admits: true, bridge => bridge == "virbr0")).Script, StringComparison.Ordinal);
    }

    [Fact]
    public void What_ufw_was_told_is_enough()
    {
        Admission only = Assert.Single(Admissions.Plan(
            Recorded.Iptables("ufw"), [Recorded.Network()], Recorded.Ways, admits: true, _ => false));
        string after = File.ReadAllText(Recorded.PathOf("ufw.save")).Replace(
            "COMMIT", string.Join('\n', only.Script.Split('\n').Where(line => line.StartsWith("-A", StringComparison.Ordinal))) + "\nCOMMIT",
            StringComparison.Ordinal);
        Assert.Empty(Recorded.CutOffs(Recorded.Saved(after), Recorded.Network()));
    }

    [Fact]
    public void A_network_with_rules_of_its_own_in_the_same_table_needs_none_elsewhere()
    {
        const string own = ":LIBVIRT_FWI - [0:0]\n-A LIBVIRT_FWI -o virbr0 -j REJECT --reject-with icmp-port-unreachable\n";
        Assert.Empty(Plan(Docker + own));
        GuestNetwork[] networks = [Recorded.Network(), Recorded.Network(bridge: "virbr1")];
        Admission only = Assert.Single(Admissions.Plan(Recorded.Saved(Docker + own), networks, Recorded.Ways, admits: true, _ => false));
        Assert.Equal(["virbr1"], only.Admitted);
    }

    [Fact(Timeout = 60_000)]
    public async Task Thousands_of_networks_that_are_let_through_are_looked_through_quickly()
    {
        await Task.Yield();
        GuestNetwork[] networks = [.. Enumerable.Range(0, 5_000).Select(i => Recorded.Network(bridge: $"b{i}"))];
        string rules = User([.. networks.SelectMany(network => Admitted.Select(
            words => words.Replace("virbr0", network.Bridge, StringComparison.Ordinal))), "-j RETURN"]);
        IReadOnlyList<RuleTable> tables = Recorded.Saved(Docker + rules);
        long began = TimeProvider.System.GetTimestamp();
        Assert.Empty(Admissions.Plan(tables, networks, Recorded.Ways, admits: true, _ => false));
        Assert.All(networks, network => Assert.Empty(Recorded.CutOffs(tables, network)));
        Assert.True(TimeProvider.System.GetElapsedTime(began) < TimeSpan.FromSeconds(20), "it takes longer, the more networks there are");
    }

    private static string User(params string[] rules) => string.Concat(rules.Select(rule => $"-A DOCKER-USER {rule}\n"));

    private static string Script(string[] lines) => $"*filter\n{string.Join('\n', lines)}\nCOMMIT\n";

    private static IEnumerable<Admission> Plan(string saved, GuestNetwork? network = null, bool admits = true) =>
        Admissions.Plan(Recorded.Saved(saved), [network ?? Recorded.Network()], Recorded.Ways, admits, _ => false);
}
