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
    [InlineData(1, "VM,10.77.0.5", "52:54:00:*:*:*,b")]
    [InlineData(0, "VM,10.77.0.5", "52:54:01:*:*:*,b")]
    [InlineData(0, "52:54:00:*:*:*,a", "52:54:*:*:*:*,b")]
    [InlineData(1, "52:54:*:*:*:01,a", "52:54:00:*:*:*,b")]
    [InlineData(0, "*:*:*:*:*:*,a")]
    [InlineData(1, "52:54:00:00:00:01,a", "52:54:00:00:00:01,b", "52:54:00:00:00:02,c")]
    [InlineData(0, "52:54:00:00:00:01,a", "52:54:00:00:00:01,tag:other,b")]
    [InlineData(1, "52:54:00:00:00:01,a", "52:54:00:*:*:*,tag:lab,b")]
    [InlineData(0, "vm,tag:lab,10.77.0.5", "vm,10.77.0.6")]
    [InlineData(0, "52:54:00:00:00:09,52:54:00:*:*:*,a", "52:54:*:*:*:*,b")]
    [InlineData(-1, "52:54:00:00:00:02,a", "id:02:aa,b", "other,10.77.0.5")]
    [InlineData(-1, "id:01:aa:cc,vm")]
    [InlineData(-1, "vm,10.77.0.5", "52:54:00:00:00:02,vm")]
    public void The_most_exact_line_is_the_clients_and_of_equals_the_last(int expected, params string[] lines)
    {
        HostLine[] hosts = [.. lines.Select(line => HostLine.TryParse(line)!)];
        HostIndex index = new([.. hosts]);

        HostLine? found = index.Find(new ClientTraits(default(Dhcp4Message), Mac, Id, "vm"), new TagSet(["lab"]));

        Assert.Equal(expected < 0 ? null : hosts[expected], found);
    }

    // dhcpcd and others put a zero before text, as RFC 2132, 9.14 asks for what is no hardware address.
    [Theory]
    [InlineData("id:lab1", true)]
    [InlineData("id:00:6c:61:62:31", true)]
    [InlineData("id:lab", false)]
    public void A_text_id_is_known_with_a_zero_before_it(string id, bool isKnown)
    {
        HostIndex index = new([HostLine.TryParse(id + ",10.77.0.5")!]);

        HostLine? found = index.Find(new ClientTraits(default(Dhcp4Message), Mac, "00:6c:61:62:31", "vm"), TagSet.Empty);

        Assert.Equal(isKnown, found is not null);
    }
}
