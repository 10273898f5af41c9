using System.Net;
using VirtNet.Daemon.Publishing;
using VirtNet.Model.Publishing;

namespace VirtNet.Daemon.Tests.Publishing;

public class PublishedPlacesTests
{
    private static readonly Guid First = Guid.NewGuid();
    private static readonly Guid Second = Guid.NewGuid();

    private readonly PublishedPlaces _places = new();

    [Theory]
    [InlineData("203.0.113.5", "80", "203.0.113.5", "80", true)]
    [InlineData("203.0.113.5", "80", "203.0.113.6", "80", false)]
    [InlineData("203.0.113.5", "80", null, "80", false)]
    [InlineData("203.0.113.5", "80", "203.0.113.5", "70-90", false)]
    [InlineData("203.0.113.5", "80-85", "203.0.113.5", "85-90", true)]
    [InlineData("203.0.113.5", "80-84", "203.0.113.5", "85-90", false)]
    [InlineData("203.0.113.5", "", "203.0.113.5", "", true)]
    [InlineData("203.0.113.5", "", "203.0.113.5", "80", false)]
    [InlineData(null, "80", null, "80", true)]
    [InlineData(null, "80", "0.0.0.0", "80", true)]
    [InlineData(null, "80", "::", "80", true)]
    [InlineData("0.0.0.0", "80", "::", "80", false)]
    public void Two_networks_cannot_have_one_place(string? one, string ports, string? other, string otherPorts, bool clash)
    {
        Assert.Null(_places.Replace(First, "first", [At(one, ports)]));
        string? reason = _places.Replace(Second, "second", [At(other, otherPorts)]);
        Assert.Equal(clash, reason is not null);
        Assert.True(reason?.EndsWith("is published by network 'first'", StringComparison.Ordinal) ?? true);
        _places.Release(First);
        Assert.Null(_places.Replace(Second, "second", [At(other, otherPorts)]));
    }

    [Theory]
    [InlineData("eth0", "eth1")]
    [InlineData("eth0", null)]
    [InlineData(null, "eth1")]
    public void Another_interface_makes_no_other_place_in_another_network_and_that_is_said(string? one, string? other)
    {
        Assert.Null(_places.Replace(First, "first", [At(null, "80") with { Interface = one }]));
        string? reason = _places.Replace(Second, "second", [At(null, "80") with { Interface = other }]);
        Assert.StartsWith("80 is published by network 'first': one place leads to one network, whoever its clients are", reason, StringComparison.Ordinal);
        Assert.Null(_places.Replace(Second, "second", [At("203.0.113.5", "80") with { Interface = other }]));
    }

    [Fact]
    public void Who_is_refused_keeps_what_he_had()
    {
        Assert.Null(_places.Replace(First, "first", [At(null, "80")]));
        Assert.Null(_places.Replace(Second, "second", [At(null, "81")]));
        Assert.NotNull(_places.Replace(Second, "second", [At(null, "82"), At(null, "80")]));
        Assert.NotNull(_places.Replace(First, "first", [At(null, "81")]));
        Assert.Null(_places.Replace(First, "first", [At(null, "82")]));
    }

    private static Publication At(string? address, string ports) => new()
    {
        Address = address is null ? null : IPAddress.Parse(address),
        Protocol = ports.Length == 0 ? null : PublishedProtocol.Tcp,
        Ports = PortRange.TryParseList(ports, out var parsed) ? parsed : [],
    };
}
