using System.Net;

namespace VirtNet.Model.Tests;

public sealed class DefinitionWarningsTests
{
    [Theory]
    [InlineData("10.9.0.1", "is the bridge's own")]
    [InlineData("10.9.0.0", "is that of the subnet itself")]
    [InlineData("10.9.0.255", "is the broadcast address")]
    [InlineData("192.0.2.1", "is in no subnet of the network")]
    public void A_reservation_that_cannot_be_had_is_told(string address, string reason) => Assert.Equal(
        [$"the address {address} reserved for web {reason} and is never given out"], Warnings(new DhcpHost(null, null, "web", IPAddress.Parse(address))));

    [Fact]
    public void One_address_or_MAC_twice_is_told() => Assert.Equal(
        [
            "the MAC address 52:54:00:00:00:01 is reserved 2 times, of which the first counts: a, b",
            "the address 10.9.0.7 is reserved 2 times, of which the first counts: b, c",
        ],
        Warnings(
            new DhcpHost("52:54:00:00:00:01", null, "a", IPAddress.Parse("10.9.0.6")),
            new DhcpHost("52:54:0:0:0:1", null, "b", IPAddress.Parse("10.9.0.7")),
            new DhcpHost("52:54:00:00:00:03", null, "c", IPAddress.Parse("10.9.0.7"))));

    [Fact]
    public void Nothing_is_told_of_good_reservations() => Assert.Empty(Warnings(
        new DhcpHost("52:54:00:00:00:01", null, "a", IPAddress.Parse("10.9.0.6")), new DhcpHost("52:54:00:00:00:02", null, "b", null)));

    private static ValueList<string> Warnings(params DhcpHost[] hosts) => DefinitionWarnings.Of(new NetworkDefinition
    {
        Name = "lab",
        Ips = [new IpDefinition(IPAddress.Parse("10.9.0.1")) { Prefix = 24, Hosts = hosts.ToValueList() }],
    });
}
