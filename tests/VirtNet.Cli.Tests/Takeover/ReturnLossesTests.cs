using VirtNet.Cli.Takeover;
using VirtNet.Model.Xml;

namespace VirtNet.Cli.Tests.Takeover;

public sealed class ReturnLossesTests
{
    [Theory]
    [InlineData("")]
    [InlineData("<publish protocol='tcp' port='80'><to address='192.168.7.9'/></publish>", "what it publishes is not reached under libvirt: 1 publication in its metadata")]
    [InlineData("<name match='a.test' address='192.168.7.9'/><name match='b.test' address='192.168.7.9'/>", "libvirt does not serve names of its own: 2 names in its metadata")]
    [InlineData("<peer network='other'/>", "libvirt lets no other networks in: 1 peer in its metadata")]
    public void What_libvirt_has_not_is_named(string extension, params string[] losses) => Assert.Equal(losses, Losses(extension));

    [Fact]
    public void Lines_for_dnsmasq_are_named_where_they_are_not_those_that_came()
    {
        const string Options = "<dnsmasq:options xmlns:dnsmasq='http://libvirt.org/schemas/network/dnsmasq/1.0'><dnsmasq:option value='cache-size=9'/></dnsmasq:options>";
        Assert.Empty(Losses("", Options, "cache-size=9"));
        Assert.StartsWith("its lines for dnsmasq are not carried over", Assert.Single(Losses("", Options)), StringComparison.Ordinal);
    }

    private static IReadOnlyList<string> Losses(string extension, string options = "", params string[] came) => ReturnLosses.Of(
        NetworkXml.Parse($"""
            <network><name>lab</name><uuid>11111111-2222-3333-4444-555555555555</uuid>
              <metadata><network xmlns='urn:virtnet:network:1'>{extension}</network></metadata>
              <forward mode='nat'/><bridge name='virbr7'/><ip address='192.168.7.1' netmask='255.255.255.0'/>{options}</network>
            """).Definition,
        [.. came]);
}
