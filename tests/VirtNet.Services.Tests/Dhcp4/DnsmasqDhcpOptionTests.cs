using VirtNet.Services.Dhcp4;

namespace VirtNet.Services.Tests.Dhcp4;

public class DnsmasqDhcpOptionTests
{
    private const uint Server = 0x0a4d0001;

    // Values as dnsmasq 2.90 puts them on the wire.
    [Theory]
    [InlineData("dhcp-option=42,10.85.0.7", 42, "0A550007")]
    [InlineData("dhcp-option=42,10.85.0.7,10.85.0.8", 42, "0A5500070A550008")]
    [InlineData("dhcp-option=42,0.0.0.0", 42, "0A4D0001")]
    [InlineData("dhcp-option=option:ntp-server,10.85.0.7", 42, "0A550007")]
    [InlineData("dhcp-option=option:42,10.85.0.7", 42, "0A550007")]
    [InlineData("dhcp-option=3", 3, "")]
    [InlineData("dhcp-option=option:mtu,1400", 26, "0578")]
    [InlineData("dhcp-option=15,\"a b,c\"", 15, "6120622C63")]
    [InlineData("dhcp-option=15,x.test", 15, "782E74657374")]
    [InlineData("dhcp-option=119,a.test,b", 119, "0161047465737400" + "016200")]
    [InlineData("dhcp-option=121,10.0.0.0/8,10.85.0.1", 121, "080A" + "0A550001")]
    [InlineData("dhcp-option=121,0.0.0.0/0,10.85.0.1,192.168.7.0/24,10.85.0.2", 121, "00" + "0A550001" + "18C0A807" + "0A550002")]
    [InlineData("dhcp-option=200,5", 200, "05")]
    [InlineData("dhcp-option=200,300", 200, "012C")]
    [InlineData("dhcp-option=200,70000", 200, "00011170")]
    [InlineData("dhcp-option=200,5i", 200, "00000005")]
    [InlineData("dhcp-option=200,5s", 200, "0005")]
    [InlineData("dhcp-option=200,0a:0b:1", 200, "0A0B01")]
    [InlineData("dhcp-option=200,abc", 200, "616263")]
    [InlineData("dhcp-option=200,\"10.0.0.1\"", 200, "31302E302E302E31")]
    [InlineData("dhcp-option=200,\"5\"", 200, "35")]
    [InlineData("dhcp-option=200,\"a,b\"", 200, "612C62")]
    [InlineData("dhcp-option=200,a,b", 200, "612C62")]
    [InlineData("dhcp-option=200,-1", 200, "FFFFFFFF")]
    [InlineData("dhcp-option=200,10.0.0.0/8,10.85.0.1", 200, "080A0A550001")]
    [InlineData("dhcp-option=252,http://wpad/x", 252, "687474703A2F2F777061642F78")]
    [InlineData("dhcp-option=252,\"\\n\"", 252, "0A")]
    [InlineData("dhcp-option = 211,  x y  ", 211, "782079")]
    [InlineData("dhcp-option=67,f.efi", 67, "662E65666900")]
    [InlineData("dhcp-option=120,a.test", 120, "000161047465737400")]
    [InlineData("dhcp-option=120,10.0.0.1,10.0.0.2", 120, "010A0000010A000002")]
    [InlineData("dhcp-option=33,10.0.0.0,10.0.0.1", 33, "0A0000000A000001")]
    public void A_line_is_read_as_dnsmasq_reads_it(string line, byte code, string value)
    {
        Assert.True(DnsmasqDhcpOption.TryParse(line, Server, out Dhcp4ExtraOption? option));
        Assert.Equal(code, (byte)option.Code);
        Assert.Equal(value, Convert.ToHexString(option.Value.AsSpan()));
        Assert.False(option.Forced);
    }

    [Theory]
    [InlineData("dhcp-option=")]
    [InlineData("dhcp-option=0,1")]
    [InlineData("dhcp-option=256,1")]
    [InlineData("dhcp-option=tag:red,42,10.0.0.1")]
    [InlineData("dhcp-option=option6:dns-server,[::1]")]
    [InlineData("dhcp-option=option:no-such-option,1")]
    [InlineData("dhcp-option=42,not-an-address")]
    [InlineData("dhcp-option=200,1,2")]
    [InlineData("dhcp-optional=42,10.0.0.1")]
    [InlineData("dhcp-option=121,10.0.0.0/8")]
    [InlineData("dhcp-option=vendor:PXEClient,1,0.0.0.0")]
    [InlineData("address=/a.test/10.0.0.1")]
    public void Other_lines_are_not_understood(string line) =>
        Assert.False(DnsmasqDhcpOption.TryParse(line, Server, out _));

    [Fact]
    public void A_forced_option_is_marked()
    {
        Assert.True(DnsmasqDhcpOption.TryParse("dhcp-option-force=208,f1:00:74:7e", Server, out Dhcp4ExtraOption? option));
        Assert.True(option.Forced);
        Assert.Equal("F100747E", Convert.ToHexString(option.Value.AsSpan()));
    }
}
