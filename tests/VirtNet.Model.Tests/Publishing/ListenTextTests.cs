using VirtNet.Model.Publishing;

namespace VirtNet.Model.Tests.Publishing;

public class ListenTextTests
{
    [Theory]
    [InlineData("8080", null, "tcp", "8080")]
    [InlineData("9000-9010", null, "tcp", "9000-9010")]
    [InlineData("53/udp", null, "udp", "53")]
    [InlineData("80,443,9000-9010/sctp", null, "sctp", "80,443,9000-9010")]
    [InlineData("203.0.113.5:80", "203.0.113.5", "tcp", "80")]
    [InlineData("203.0.113.5:80,443/udp", "203.0.113.5", "udp", "80,443")]
    [InlineData("[2001:db8::5]:80", "2001:db8::5", "tcp", "80")]
    [InlineData("[::]:80/udp", "::", "udp", "80")]
    [InlineData("203.0.113.6", "203.0.113.6", null, "")]
    [InlineData("2001:db8::6", "2001:db8::6", null, "")]
    public void Where_something_listens_is_read_and_printed_the_same(string text, string? address, string? protocol, string ports)
    {
        Publication read = ListenText.Parse(text)!;
        Assert.Equal(
            (address, protocol, ports), (read.Address?.ToString(), read.Protocol?.Name(), Model.Publishing.PortRange.Format(read.Ports)));
        Assert.Equal(text, read.Listen);
    }

    [Theory]
    [InlineData("80/tcp", "80")]
    [InlineData("[2001:db8::6]", "2001:db8::6")]
    [InlineData("9000-9000", "9000")]
    public void What_can_be_written_in_several_ways_is_printed_in_one(string text, string printed) =>
        Assert.Equal(printed, ListenText.Parse(text)!.Listen);

    [Theory]
    [InlineData("")]
    [InlineData("0")]
    [InlineData("65536")]
    [InlineData("90-80")]
    [InlineData("80,")]
    [InlineData("80/icmp")]
    [InlineData("80/")]
    [InlineData(":80")]
    [InlineData("web:80")]
    [InlineData("10.1:80")]
    [InlineData("203.0.113.5:")]
    [InlineData("203.0.113.5/24")]
    [InlineData("2001:db8::5:99999")]
    [InlineData("[203.0.113.5]:80")]
    [InlineData("[2001:db8::5]80")]
    [InlineData("1-2-3")]
    [InlineData(" 80")]
    [InlineData("+80")]
    public void Another_text_is_none(string text) => Assert.Null(ListenText.Parse(text));

    [Theory]
    [InlineData("web", "web", null, null, "")]
    [InlineData("web:80", "web", null, null, "80")]
    [InlineData("web:7000-7010", "web", null, null, "7000-7010")]
    [InlineData("52:54:00:00:00:01", null, "52:54:00:00:00:01", null, "")]
    [InlineData("52:54:00:00:00:01:80", null, "52:54:00:00:00:01", null, "80")]
    [InlineData("192.168.122.9", null, null, "192.168.122.9", "")]
    [InlineData("192.168.122.9:80", null, null, "192.168.122.9", "80")]
    [InlineData("2001:db8::9", null, null, "2001:db8::9", "")]
    [InlineData("[2001:db8::9]:80", null, null, "2001:db8::9", "80")]
    public void Who_answers_is_read_and_printed_the_same(string text, string? guest, string? mac, string? address, string ports)
    {
        PublicationTarget read = TargetText.Parse(text)!;
        Assert.False(read.IsHost);
        Assert.Equal(
            (guest, mac, address, ports), (read.Guest, read.Mac?.ToString(), read.Address?.ToString(), Model.Publishing.PortRange.Format(read.Ports)));
        Assert.Equal(text, read.Text);
    }

    [Fact]
    public void The_host_itself_has_a_word()
    {
        PublicationTarget host = TargetText.Parse("host:8080")!;
        Assert.True(host.IsHost);
        Assert.Equal("host:8080", host.Text);
    }

    [Theory]
    [InlineData("")]
    [InlineData(":80")]
    [InlineData("web:")]
    [InlineData("web:0")]
    [InlineData("web:http")]
    [InlineData("a b")]
    [InlineData("a/b:80")]
    [InlineData("[web]:80")]
    [InlineData("a:b:80")]
    public void Nobody_else_answers(string text) => Assert.Null(TargetText.Parse(text));
}
