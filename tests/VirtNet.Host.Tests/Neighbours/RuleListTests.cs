using System.Net;
using VirtNet.Host.Neighbours;

namespace VirtNet.Host.Tests.Neighbours;

public class RuleListTests
{
    private static readonly RuleList Rules = IptablesListing.ParseChain("""
        -N X
        -A X -i virbr1 -o eth0 -j ACCEPT
        -A X -m conntrack --ctstate ESTABLISHED -j ACCEPT
        -A X -o virbr0 -j DROP
        -A X ! -i virbr0 -j DROP
        -A X -i virbr0 -j ACCEPT
        -A X -i virbr+ -j ACCEPT
        -A X -o virbr1 -j ACCEPT
        """);

    [Theory]
    [InlineData("virbr0", "eth0", new[] { 1, 3, 4, 5 })]
    [InlineData("eth0", "virbr0", new[] { 1, 2, 3, 5 })]
    [InlineData("virbr1", "virbr1", new[] { 0, 1, 3, 5, 6 })]
    [InlineData("virbr0", null, new[] { 0, 1, 2, 3, 4, 5, 6 })]
    [InlineData(null, "virbr0", new[] { 0, 1, 2, 3, 4, 5, 6 })]
    public void Rules_about_other_links_are_passed_over_in_order(string? from, string? to, int[] expected)
    {
        SamplePacket packet = new(Traffic.Outside, from, to, IPAddress.Parse("192.168.122.9"), IPAddress.Parse("9.9.9.9"));
        Assert.Equal(expected.Select(at => Rules[at]), Rules.About(packet));
    }
}
