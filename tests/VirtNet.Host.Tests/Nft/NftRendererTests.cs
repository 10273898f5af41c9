using VirtNet.Host.Nft;
using VirtNet.Host.Tests.Firewall;

namespace VirtNet.Host.Tests.Nft;

public class NftRendererTests
{
    public static TheoryData<string> Networks => FirewallNetworks.Names;

    [Theory]
    [MemberData(nameof(Networks))]
    public void A_network_becomes_one_transaction(string network) =>
        Golden.Check(
            new NftScript().AddNetwork(NftRenderer.Render(FirewallNetworks.Rules(network))).ToString(), network + ".nft");

    [Fact]
    public void The_shared_part_is_the_same_for_all_networks() =>
        Golden.Check(new NftScript().AddSkeleton().ToString(), "skeleton.nft");

    [Theory]
    [InlineData("virbr0")]
    [InlineData("br@1")]
    [InlineData("brü")]
    public void The_name_of_a_chain_tells_its_bridge(string bridge)
    {
        Assert.All(NftNames.BridgeMaps, map => Assert.Equal(bridge, NftNames.BridgeOf(NftNames.ChainOf(map, bridge))));
        Assert.Null(NftNames.BridgeOf("guest_input"));
        Assert.Null(NftNames.BridgeOf("guest_input_br/4"));
    }

    [Fact]
    public void Bridges_whose_names_are_no_identifiers_have_chains_of_their_own()
    {
        Assert.Equal("guest_input_br-1.x", NftNames.ChainOf("guest_input", "br-1.x"));
        Assert.Equal("guest_input_br/401", NftNames.ChainOf("guest_input", "br@1"));
        Assert.Equal("guest_input_br/c3/bc", NftNames.ChainOf("guest_input", "brü"));
    }

    [Fact]
    public void A_tag_changes_with_any_rule_and_survives_odd_network_names()
    {
        string tag = NftRenderer.Render(FirewallNetworks.Rules("nat")).Tag;
        Assert.NotEqual(tag, NftRenderer.Render(FirewallNetworks.Rules("nat-dev")).Tag);
        Assert.NotEqual(tag, NftRenderer.Render(FirewallNetworks.Rules("nat", id: 2)).Tag);
        Assert.StartsWith(
            "my__net_ ",
            NftRenderer.Render(FirewallNetworks.Rules("nat") with { NetworkName = "my \"net\"" }).Tag,
            StringComparison.Ordinal);
    }
}
