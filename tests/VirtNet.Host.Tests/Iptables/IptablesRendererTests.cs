using VirtNet.Host.Firewall;
using VirtNet.Host.Iptables;
using VirtNet.Host.Tests.Firewall;

namespace VirtNet.Host.Tests.Iptables;

public class IptablesRendererTests
{
    public static TheoryData<string> Networks => FirewallNetworks.Names;

    [Theory]
    [MemberData(nameof(Networks))]
    public void A_network_becomes_one_transaction_for_each_family(string network)
    {
        FirewallRules rules = FirewallNetworks.Rules(network);
        IEnumerable<string> texts = IptablesFamily.Both.Select(family => $"# {family.Restore}\n" + IptablesTransaction.Replace(
            Skeleton(), [], [.. IptablesRenderer.Render(rules, family), .. Checksum(rules, family)]));
        Golden.Check(string.Concat(texts), network + ".rules");
    }

    [Fact]
    public void The_shared_chains_are_linked_in_libvirts_order() =>
        Golden.Check(IptablesTransaction.Replace(IptablesState.Parse(""), [], []), "skeleton.rules");

    /// <summary>What <c>iptables-save</c> prints when the chains are there and linked.</summary>
    private static IptablesState Skeleton() => IptablesState.Parse(string.Concat(IptablesChains.Links.Select(link =>
        $"*{link.Table}\n"
        + string.Concat(link.To.Select(chain => $":{chain} - [0:0]\n"))
        + string.Concat(link.To.Select(chain => $"-A {link.From} -j {chain}\n"))
        + "COMMIT\n")));

    private static IptablesRule[] Checksum(FirewallRules rules, IptablesFamily family) =>
        !family.IsIpv6 && IptablesRenderer.Checksum(rules) is { } rule ? [rule] : [];
}
