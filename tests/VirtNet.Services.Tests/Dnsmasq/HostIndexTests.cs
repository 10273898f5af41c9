using VirtNet.Model;
using VirtNet.Services.Dnsmasq.Dhcp;
using VirtNet.Services.Dnsmasq.Tags;
using VirtNet.Wire.Dhcp4;

namespace VirtNet.Services.Tests.Dnsmasq;

/// <summary>Which of several lines is a client's.</summary>
public sealed class HostIndexTests
{
    private const string Id = "01:aa:bb";
    private static readonly MacAddress Mac = MacAddress.Parse("52:54:00:00:00:01");

    [Theory]
    [InlineData(1, "52:54:00:00:00:01,a", "id:01:aa:bb,b")]
    [InlineData(0, "52:54:00:00:00:01,a", "vm,10.77.0.5", "52:54:00:*:*:*,b")]
    [InlineData(0, "VM,10.77.0.5", "52:54:00:*:*:*,b")]
    [InlineData(1, "52:54:00:*:*:*,a", "52:54:*:*:*:*,b")]
    [InlineData(1, "52:54:00:00:00:01,a", "52:54:00:00:00:01,b", "52:54:00:00:00:02,c")]
    [InlineData(0, "52:54:00:00:00:01,a", "52:54:00:00:00:01,tag:other,b")]
    [InlineData(0, "52:54:00:00:00:09,52:54:00:*:*:*,a", "52:54:*:*:*:*,b")]
    [InlineData(-1, "52:54:00:00:00:02,a", "id:02:aa,b", "other,10.77.0.5")]
    [InlineData(-1, "id:01:aa:cc,vm")]
    public void The_most_exact_line_is_the_clients_and_of_equals_the_last(int expected, params string[] lines)
    {
        HostLine[] hosts = [.. lines.Select(line => HostLine.TryParse(line)!)];
        HostIndex index = new([.. hosts]);

        HostLine? found = index.Find(new ClientTraits(default(Dhcp4Message), Mac, Id, "vm"), TagSet.Empty);

        Assert.Equal(expected < 0 ? null : hosts[expected], found);
    }
}
