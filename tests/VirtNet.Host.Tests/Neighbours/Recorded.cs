using System.Net;
using System.Runtime.CompilerServices;
using System.Text.Json;
using VirtNet.Host.Neighbours;
using VirtNet.Model;

namespace VirtNet.Host.Tests.Neighbours;

/// <summary>Rules of other firewalls, as these have made them on Debian 12, and networks beside them.</summary>
internal static class Recorded
{
    public static readonly HostWays Ways = new("up0", "up0", BridgedIsFiltered: true, _ => ["vnet0"]);

    public static IReadOnlyList<RuleTable> Iptables(string name, RuleKeeper keeper = RuleKeeper.IptablesNft) =>
        Saved(File.ReadAllText(PathOf($"{name}.save")), keeper, name.EndsWith('6') ? "ip6" : "ip");

    public static IReadOnlyList<RuleTable> Saved(string text, RuleKeeper keeper = RuleKeeper.IptablesNft, string family = "ip") =>
        IptablesListing.Parse(text, keeper, family);

    public static IReadOnlyList<RuleTable> Nftables(string name)
    {
        using JsonDocument listing = JsonDocument.Parse(File.ReadAllText(PathOf($"{name}.json")));
        return NftListing.Parse(listing.RootElement);
    }

    /// <summary>Of <c>nft -j</c>, one base chain with these expressions of one rule.</summary>
    public static IReadOnlyList<RuleTable> Rule(string family, string table, string hook, string policy, string expressions, string more = "")
    {
        using JsonDocument listing = JsonDocument.Parse($$$"""
            {"nftables": [
              {"table": {"family": "{{{family}}}", "name": "{{{table}}}"}},
              {"chain": {"family": "{{{family}}}", "table": "{{{table}}}", "name": "c", "type": "filter", "hook": "{{{hook}}}", "prio": 0, "policy": "{{{policy}}}"{{{more}}}}},
              {"rule": {"family": "{{{family}}}", "table": "{{{table}}}", "chain": "c", "handle": 2, "expr": [{{{expressions}}}]}}]}
            """);
        return NftListing.Parse(listing.RootElement);
    }

    public static GuestNetwork Network(
        ForwardMode mode = ForwardMode.Nat, string bridge = "virbr0", string address = "192.168.122.1", bool dhcp = true) =>
        GuestNetwork.For(new NetworkDefinition
        {
            Name = $"{bridge}-net",
            Uuid = Guid.NewGuid(),
            Forward = new Forward(mode),
            Bridge = new Bridge { Name = bridge },
            Ips =
            [
                new IpDefinition(IPAddress.Parse(address))
                {
                    Prefix = address.Contains(':') ? 64u : 24u,
                    Ranges = dhcp ? [new DhcpRange(IPAddress.Parse(address), IPAddress.Parse(address))] : [],
                },
            ],
        })!;

    public static CutOff[] CutOffs(IReadOnlyList<RuleTable> tables, GuestNetwork network) =>
        [.. VirtNet.Host.Neighbours.CutOffs.Find(tables, network, Ways, ours: _ => false, RuleAuthors.Nobody)];

    public static string PathOf(string file, [CallerFilePath] string here = "") =>
        Path.Combine(Path.GetDirectoryName(here)!, "Recorded", file);
}
