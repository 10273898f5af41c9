using System.Net;
using VirtNet.Host.Firewall;
using VirtNet.Host.Nft;
using VirtNet.Host.Tests.Firewall;
using VirtNet.Model;

namespace VirtNet.Host.Tests.Nft;

public class NftRendererTests
{
    public static TheoryData<string> Networks => FirewallNetworks.Names;

    [Theory]
    [MemberData(nameof(Networks))]
    public void A_network_becomes_elements(string network)
    {
        IReadOnlyList<NftElement> elements = NftRenderer.Render(FirewallNetworks.Rules(network));
        Golden.Check(string.Concat(elements.Select(element => $"{element.Set} {{ {element} }}\n")), network + ".nft");
        Assert.All(elements, element => Assert.NotNull(NftSet.Named(element.Set)));
    }

    [Fact]
    public void The_shared_part_grows_with_the_kinds_of_networks() =>
        Golden.Check(
            new NftSkeleton(FirewallNetworks.All.Keys.SelectMany(name => NftRenderer.Render(FirewallNetworks.Rules(name)))
                .Select(element => element.Set)).ToString(),
            "skeleton.nft");

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(31)]
    [InlineData(32)]
    public void Any_prefix_length_has_sets(int prefix)
    {
        FirewallRules rules = FirewallNetworks.Rules("nat");
        IPNetwork subnet = new(Subnet.NetworkAddress(IPAddress.Parse("192.168.122.1"), prefix), prefix);
        IReadOnlyList<NftElement> elements = NftRenderer.Render(rules with
        {
            Plan = rules.Plan with { Subnets = [rules.Plan.Subnets[0] with { Network = subnet }] },
        });
        Golden.Check(
            $"{new NftSkeleton(elements.Select(element => element.Set))}{string.Concat(elements.Select(element => $"{element.Set} {{ {element} }}\n"))}",
            $"prefix-{prefix}.nft");
    }

    [Theory]
    [InlineData("out4_33")]
    [InlineData("in4_24")]
    [InlineData("out4est_24")]
    [InlineData("samedev4_24")]
    [InlineData("somebody_elses")]
    [InlineData("out4_24x")]
    public void Sets_of_others_are_theirs(string name) => Assert.Null(NftSet.Named(name));

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

    [Theory]
    [InlineData("br\"} ; x")]
    [InlineData("br\\")]
    [InlineData("br*")]
    [InlineData("br 0")]
    [InlineData("")]
    public void A_name_that_would_not_stay_in_its_quotes_is_refused_where_it_is_quoted(string bridge)
    {
        Assert.Throws<VirtNetException>(() => HookPlaces.Add(bridge));
        Assert.Throws<VirtNetException>(() => HookPlaces.Remove(bridge, sets: []));
        Assert.Null(NftNames.BridgeOf(NftNames.ChainOf(NftNames.GuestInput, bridge))); // nor is such a one taken for virtnet's
    }

    [Theory]
    [InlineData("a-name-of-17-long")]
    [InlineData("ééééééééé")]
    public void A_name_that_no_interface_can_have_is_refused_by_its_length(string name)
    {
        VirtNetException e = Assert.Throws<VirtNetException>(() => NftElement.Of(NftSet.Bridges, name));
        Assert.Contains("at most 15 bytes", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Bridges_whose_names_are_no_identifiers_have_chains_of_their_own()
    {
        Assert.Equal("guest_input_br-1.x", NftNames.ChainOf("guest_input", "br-1.x"));
        Assert.Equal("guest_input_br/401", NftNames.ChainOf("guest_input", "br@1"));
        Assert.Equal("guest_input_br/c3/bc", NftNames.ChainOf("guest_input", "brü"));
    }
}
