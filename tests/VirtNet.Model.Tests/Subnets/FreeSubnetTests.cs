using System.Net;
using VirtNet.Model.Subnets;

namespace VirtNet.Model.Tests.Subnets;

public sealed class FreeSubnetTests
{
    private static IPNetwork[] Ranges(string text) => [.. text.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(IPNetwork.Parse)];

    [Theory]
    [InlineData("", 24, "192.168.128.0/24")]
    [InlineData("192.168.122.0/24", 24, "192.168.128.0/24")]
    [InlineData("192.168.128.0/24", 24, "192.168.129.0/24")]
    [InlineData("192.168.129.0/24 192.168.128.0/24", 24, "192.168.130.0/24")]
    [InlineData("192.168.128.77/32", 24, "192.168.129.0/24")]
    [InlineData("192.168.128.0/24 192.168.129.128/25", 25, "192.168.129.0/25")]
    [InlineData("192.168.128.0/23 192.168.128.0/25", 24, "192.168.130.0/24")]
    [InlineData("192.168.0.0/16", 24, "10.128.0.0/24")]
    [InlineData("192.168.0.0/16 10.128.0.0/24", 16, "10.129.0.0/16")]
    [InlineData("192.168.0.0/16 10.0.0.0/8", 24, "172.16.0.0/24")]
    [InlineData("192.168.128.0/17 10.128.0.0/9 172.16.0.0/12", 24, "10.0.0.0/24")]
    [InlineData("192.168.0.0/16 10.0.0.0/8 172.16.0.0/12", 24, null)]
    [InlineData("192.168.128.0/17 10.0.0.0/8 172.16.0.0/12 192.168.0.0/18 192.168.64.0/19 192.168.96.0/20", 20, "192.168.112.0/20")]
    [InlineData("", 8, null)]
    [InlineData("255.255.255.255/32 fd00::/8", 30, "192.168.128.0/30")]
    public void The_first_subnet_that_nobody_has_is_found(string taken, int prefix, string? expected) =>
        Assert.Equal(expected, FreeSubnet.FindIpv4(Ranges(taken), prefix)?.ToString());

    [Fact]
    public void No_two_overlap()
    {
        List<IPNetwork> taken = [];
        for (int i = 0; i < 200; i++)
        {
            IPNetwork found = FreeSubnet.FindIpv4(taken, 20 + (i % 9))!.Value;
            Assert.DoesNotContain(taken, other => TakenSubnet.Overlap(other, found));
            taken.Add(found);
        }
    }

    [Fact]
    public void IPv6_subnets_are_of_a_random_site()
    {
        byte next = 0;
        Assert.Equal("fd01:101:101::/64", Find("fd00::/16")); // the first attempt is taken
        Assert.Null(FreeSubnet.FindIpv6([], 40, bytes => bytes.Clear()));
        Assert.Null(FreeSubnet.FindIpv6(Ranges("fc00::/7"), 64, bytes => bytes.Clear()));

        string? Find(string taken) => FreeSubnet.FindIpv6(Ranges(taken), 64, bytes => bytes.Fill(next++))?.ToString();
    }

    [Theory]
    [InlineData("0.0.0.0/0", true)]
    [InlineData("128.0.0.0/1", true)]
    [InlineData("10.0.0.0/8", false)]
    [InlineData("2000::/3", true)]
    [InlineData("fc00::/7", false)]
    public void A_default_route_belongs_to_everybody(string range, bool expected) =>
        Assert.Equal(expected, FreeSubnet.IsEverybodys(IPNetwork.Parse(range)));

    [Theory]
    [InlineData("10.0.0.0/8", "10.9.0.0/24", true)]
    [InlineData("10.9.0.0/24", "10.0.0.0/8", true)]
    [InlineData("10.9.0.0/24", "10.9.1.0/24", false)]
    [InlineData("0.0.0.0/0", "fd00::/8", false)]
    public void Ranges_overlap_or_not(string one, string other, bool expected) =>
        Assert.Equal(expected, TakenSubnet.Overlap(IPNetwork.Parse(one), IPNetwork.Parse(other)));
}
