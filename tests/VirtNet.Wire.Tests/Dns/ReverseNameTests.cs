using System.Net;
using CsCheck;
using VirtNet.Wire.Dns;

namespace VirtNet.Wire.Tests.Dns;

public sealed class ReverseNameTests
{
    [Theory]
    [InlineData("10.77.0.240", "240.0.77.10.in-addr.arpa")]
    [InlineData("2001:db8::1", "1.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa")]
    public void An_address_has_a_name(string address, string name) =>
        Assert.Equal(name, ReverseName.Of(IPAddress.Parse(address).GetAddressBytes()).ToString());

    [Theory]
    [InlineData("10.77.0.0", 24, "0.77.10.in-addr.arpa")]
    [InlineData("10.77.0.0", 16, "77.10.in-addr.arpa")]
    [InlineData("2001:db8:77::", 64, "0.0.0.0.7.7.0.0.8.b.d.0.1.0.0.2.ip6.arpa")]
    public void A_prefix_has_a_zone(string address, int prefix, string zone) =>
        Assert.Equal(zone, ReverseName.Zone(IPAddress.Parse(address).GetAddressBytes(), prefix).ToString());

    [Theory]
    [InlineData("0.77.10.in-addr.arpa")]
    [InlineData("5.240.0.77.10.in-addr.arpa")]
    [InlineData("256.0.77.10.in-addr.arpa")]
    [InlineData("01.0.77.10.in-addr.arpa")]
    [InlineData("x.0.77.10.in-addr.arpa")]
    [InlineData("in-addr.arpa")]
    [InlineData("arpa")]
    [InlineData("1.ip6.arpa")]
    [InlineData("g.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa")]
    public void Other_names_stand_for_no_address(string name) =>
        Assert.Equal(0, ReverseName.TryRead(TestMessages.Name(name), new byte[16]));

    [Fact]
    public void Every_address_is_read_back_from_its_name() =>
        Gen.OneOf(Gen.Byte.Array[4], Gen.Byte.Array[16]).Sample(address =>
        {
            Span<byte> read = stackalloc byte[16];
            int length = ReverseName.TryRead(ReverseName.Of(address).Wire, read);
            return read[..length].SequenceEqual(address);
        });

    [Fact]
    public void No_name_makes_reading_throw() =>
        Gen.Byte.Array[0, 80].Sample(bytes =>
        {
            WireReader reader = new(bytes);
            ReadOnlySpan<byte> name = DnsName.ReadPlain(ref reader);
            return reader.Failed || ReverseName.TryRead(name, new byte[16]) is 0 or 4 or 16;
        });
}
