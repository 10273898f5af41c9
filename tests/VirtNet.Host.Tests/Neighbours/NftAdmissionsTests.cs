using System.Text.Json;
using System.Text.RegularExpressions;
using VirtNet.Host.Neighbours;
using VirtNet.Model;

namespace VirtNet.Host.Tests.Neighbours;

public partial class NftAdmissionsTests
{
    private const string Established = """{"match": {"op": "in", "left": {"ct": {"key": "state"}}, "right": ["established", "related"]}}, {"accept": null}""";

    [Fact]
    public void Only_the_policy_of_the_administrators_own_rules_is_passed()
    {
        Admission only = Assert.Single(Plan([Chain("input")], [Recorded.Network()]));
        Assert.Equal(
            [
                "add rule inet filter c iifname \"virbr0\" udp dport 67 accept",
                "add rule inet filter c iifname \"virbr0\" meta l4proto { tcp, udp } th dport 53 accept",
            ],
            Words(only));
        Assert.Equal(
            [
                "add rule inet filter c iifname \"virbr0\" oifname \"virbr0\" accept",
                "add rule inet filter c oifname \"virbr0\" meta nfproto ipv4 ct state established,related accept",
                "add rule inet filter c oifname \"virbr0\" meta nfproto ipv6 accept",
                "add rule inet filter c iifname \"virbr0\" accept",
            ],
            Words(Assert.Single(Plan([Chain("forward")], [Recorded.Network()]))));
        Assert.Empty(Plan([Chain("forward") with { IsAdministrators = false }], [Recorded.Network()]));
        Assert.Empty(Plan([Chain("forward", policy: "accept")], [Recorded.Network()]));
        Assert.Empty(Plan([Chain("forward")], [Recorded.Network()], admits: false));
        Assert.Empty(Plan([Chain("output")], [Recorded.Network()]));
        Assert.Empty(Plan([Chain("forward", """{"drop": null}""")], [Recorded.Network()])); // the administrator has said so
    }

    [Fact]
    public void What_is_in_place_stays_and_goes_behind_what_came_later()
    {
        GuestNetwork network = Recorded.Network();
        string[] comments = [.. Comments(Assert.Single(Plan([Chain("forward")], [network])))];
        RuleTable after = Chain("forward", [(Established, ""), .. comments.Select(comment => ("""{"accept": null}""", comment))]);
        Assert.Empty(Plan([after], [network]));
        Assert.Empty(Plan([after], [], isGone: false));
        Assert.Equal(
            [.. Enumerable.Range(3, 4).Select(handle => $"delete rule inet filter c handle {handle}\n")],
            Assert.Single(Plan([after], [], isGone: true)).Script.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line + "\n"));

        RuleTable later = Chain("forward", [(Established, ""), .. comments.Select(comment => ("""{"accept": null}""", comment)), (Established, "")]);
        string[] lines = Assert.Single(Plan([later], [network])).Script.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(4, lines.Count(line => line.StartsWith("delete", StringComparison.Ordinal)));
        Assert.Equal(4, lines.Count(line => line.StartsWith("add", StringComparison.Ordinal)));
    }

    [Fact]
    public void Rules_go_where_they_are_not_the_administrators_any_more()
    {
        GuestNetwork network = Recorded.Network();
        string[] comments = [.. Comments(Assert.Single(Plan([Chain("forward")], [network])))];
        RuleTable after = Chain("forward", [.. comments.Select(comment => ("""{"accept": null}""", comment))]) with { IsAdministrators = false };
        Assert.All(
            Assert.Single(Plan([after], [network])).Script.Split('\n', StringSplitOptions.RemoveEmptyEntries),
            line => Assert.StartsWith("delete", line, StringComparison.Ordinal));
    }

    [Fact]
    public void An_isolated_network_goes_nowhere_and_ipv6_guests_find_their_router()
    {
        HostWays unfiltered = Recorded.Ways with { BridgedIsFiltered = false };
        Assert.Empty(NftAdmissions.Plan([Chain("forward")], [Recorded.Network(ForwardMode.None)], unfiltered, admits: true, _ => false));
        Assert.Contains(
            "iifname \"virbr0\" icmpv6 type { nd-router-solicit, nd-neighbor-solicit, nd-neighbor-advert } accept",
            NftAdmissionRules.ForServices(Recorded.Network(address: "2001:db8::1"), "inet"));
    }

    private static IEnumerable<Admission> Plan(RuleTable[] tables, GuestNetwork[] networks, bool admits = true, bool isGone = false) =>
        NftAdmissions.Plan(tables, networks, Recorded.Ways, admits, _ => isGone);

    private static RuleTable Chain(string hook, string expressions = Established, string policy = "drop") => Chain(hook, [(expressions, "")], policy);

    private static RuleTable Chain(string hook, (string Expressions, string Comment)[] rules, string policy = "drop")
    {
        string lines = string.Concat(rules.Select((rule, i) => $$$"""
            , {"rule": {"family": "inet", "table": "filter", "chain": "c", "handle": {{{i + 2}}}, "comment": "{{{rule.Comment}}}", "expr": [ {{{rule.Expressions}}} ]}}
            """));
        using JsonDocument listing = JsonDocument.Parse($$$"""
            {"nftables": [
              {"table": {"family": "inet", "name": "filter"}},
              {"chain": {"family": "inet", "table": "filter", "name": "c", "type": "filter", "hook": "{{{hook}}}", "prio": 0, "policy": "{{{policy}}}"}}
              {{{lines}}}
            ]}
            """);
        return Assert.Single(NftListing.Parse(listing.RootElement)) with { IsAdministrators = true };
    }

    private static IEnumerable<string> Words(Admission admission) =>
        admission.Script.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => Comment().Replace(line, ""));

    private static IEnumerable<string> Comments(Admission admission) =>
        Comment().Matches(admission.Script).Select(match => match.Groups["comment"].Value);

    [GeneratedRegex(" comment \"(?<comment>[^\"]*)\"")]
    private static partial Regex Comment();
}
