using VirtNet.Model.Xml;

namespace VirtNet.Model.Tests.Xml;

public class XmlHintTests
{
    [Fact]
    public void A_bridge_inside_forward_belongs_beside_it()
    {
        NetworkDocument document = NetworkXml.Parse(
            "<network>\n  <name>n</name>\n  <forward mode='bridge'>\n    <bridge name ='br0'/>\n  </forward>\n</network>",
            "net.xml");
        Assert.Null(document.Definition.Bridge);
        XmlHint hint = Assert.Single(document.Hints);
        Assert.Equal(
            "net.xml:4:5: <bridge> inside <forward> is ignored: it belongs beside <forward>, inside <network>", hint.ToString());
        Assert.Equal("bridge", hint.Name);
    }

    [Theory]
    [InlineData("<ip adress='1.1.1.1' address='10.1.1.1'/>", "adress", "address")]
    [InlineData("<forwards mode='nat'/>", "forwards", "forward")]
    [InlineData("<forward mod='open' mode='open'/>", "mod", "mode")]
    [InlineData("<ip address='10.1.1.1' prefix='24'><dhcp><rnage start='10.1.1.2' end='10.1.1.3'/></dhcp></ip>", "rnage", "range")]
    [InlineData("<Bridge name='x'/>", "Bridge", "bridge")]
    [InlineData("<zork/>", "zork", null)]
    [InlineData("<bridge name='b' zork='1'/>", "zork", null)]
    public void A_misspelt_name_comes_with_the_nearest_known_one(string part, string name, string? nearest)
    {
        XmlHint hint = Assert.Single(NetworkXml.Parse(Documents.Whole(part)).Hints);
        Assert.Equal((name, nearest), (hint.Name, hint.Nearest));
        Assert.Equal(nearest is not null, hint.Message.EndsWith($"did you mean '{nearest}'?", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("<dhcp/>", "<dhcp> directly inside <network> is ignored: it belongs inside <ip>")]
    [InlineData("<ip address='10.1.1.1'><route/></ip>", "<route> inside <ip> is ignored: it belongs beside <ip>, inside <network>")]
    [InlineData("<mtu size='9000'/><mtu size='1400'/>", "only the first <mtu> in <network> counts, this one is ignored")]
    [InlineData("<a:b xmlns:a='urn:a'/>", "<b> in <network> is ignored: its namespace is not known here (other programs' elements belong into <metadata>)")]
    [InlineData("<a:b/>", "<b> in <network> is ignored: its prefix is not declared")]
    public void The_hint_says_what_to_do(string part, string message) =>
        Assert.Equal(message, Assert.Single(NetworkXml.Parse(Documents.Whole(part)).Hints).Message);

    [Theory]
    [InlineData("<d:option {0} value='a'/>", "<dnsmasq:option> in <network> is ignored: it belongs inside <dnsmasq:options>, which is inside <network>")]
    [InlineData(
        "<ip address='10.1.1.1' prefix='24'><dhcp><d:option {0} value='a'/></dhcp></ip>",
        "<dnsmasq:option> in <dhcp> is ignored: it belongs inside <dnsmasq:options>, which is inside <network>")]
    [InlineData(
        "<ip address='10.1.1.1' prefix='24'><dhcp><d:options {0}><d:option value='a'/></d:options></dhcp></ip>",
        "<dnsmasq:options> in <dhcp> is ignored: it belongs beside <ip>, inside <network>")]
    [InlineData(
        "<dns><d:options {0}><d:option value='a'/></d:options></dns>",
        "<dnsmasq:options> in <dns> is ignored: it belongs beside <dns>, inside <network>")]
    [InlineData("<d:options {0}><option value='a'/></d:options>", "<option> in <dnsmasq:options> is ignored: its elements are called <dnsmasq:option>")]
    [InlineData(
        "<dnsmasq:options><dnsmasq:option value='a'/></dnsmasq:options>",
        "<options> in <network> is ignored: its prefix is not declared: <network> needs xmlns:dnsmasq='http://libvirt.org/schemas/network/dnsmasq/1.0'")]
    [InlineData(
        "<options><option value='a'/></options>",
        "<options> in <network> is ignored: lines for the DNS and DHCP server are <dnsmasq:option> elements inside <dnsmasq:options>, "
        + "inside <network> with xmlns:dnsmasq='http://libvirt.org/schemas/network/dnsmasq/1.0'")]
    public void A_line_for_dnsmasq_in_a_wrong_place_is_told_the_right_one(string part, string message)
    {
        string document = Documents.Whole(part.Replace("{0}", "xmlns:d='http://libvirt.org/schemas/network/dnsmasq/1.0'", StringComparison.Ordinal));
        Assert.Equal(message, Assert.Single(NetworkXml.Parse(document).Hints).Message);
    }

    [Fact]
    public void Nothing_that_counts_gives_a_hint()
    {
        string[] silent = ["general-part-normalised", "dhcp", "dns", "switching", "macvtap-pool", "dnsmasq-options", "routes"];
        Assert.All(silent, name => Assert.Empty(NetworkXml.Parse(GoldenFolder.Read(name, "in.xml")).Hints));
    }

    [Fact]
    public void What_metadata_holds_is_not_looked_at() =>
        Assert.Empty(NetworkXml.Parse(Documents.Whole("<metadata><a:b xmlns:a='urn:a'><c/></a:b></metadata>")).Hints);

    [Fact]
    public void A_document_full_of_rubbish_gives_a_bounded_list() =>
        Assert.Equal(50, NetworkXml.Parse(Documents.Whole(string.Concat(Enumerable.Repeat("<zork a='1'/>", 5000)))).Hints.Count);
}
