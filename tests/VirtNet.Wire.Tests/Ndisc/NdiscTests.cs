using System.Net;
using CsCheck;
using VirtNet.Wire.Dns;
using VirtNet.Wire.Ndisc;

namespace VirtNet.Wire.Tests.Ndisc;

public class NdiscTests
{
    [Fact]
    public void An_advertisement_has_its_fields_and_options_where_RFC_4861_and_8106_put_them()
    {
        RouterAdvertisement advertisement = new()
        {
            Managed = true,
            Other = true,
            RouterLifetime = 1800,
            Prefixes = [new AdvertisedPrefix(IPNetwork.Parse("2001:db8:91::/64"), Autonomous: false)],
            Mtu = 1400,
            LinkAddress = new byte[] { 0x52, 0x54, 0, 1, 2, 3 },
            DnsServers = [IPAddress.Parse("fe80::1")],
            SearchDomains = [DnsName.TryParse("lab.test")!],
        };
        WireWriter writer = new(new byte[1280]);
        advertisement.Write(ref writer);

        Assert.Equal(
            "86000000" + "40C00708" + "0000000000000000"
            + "0304" + "4080" + "FFFFFFFFFFFFFFFF" + "00000000" + "20010DB8009100000000000000000000"
            + "0501" + "0000" + "00000578"
            + "0101" + "525400010203"
            + "1903" + "0000" + "FFFFFFFF" + "FE800000000000000000000000000001"
            + "1F03" + "0000" + "FFFFFFFF" + "036C6162" + "0474657374" + "00" + "000000000000",
            Convert.ToHexString(writer.Written));
    }

    [Theory]
    [InlineData(RouterPreference.High, 1800, "08")]
    [InlineData(RouterPreference.Low, 1800, "18")]
    [InlineData(RouterPreference.Low, 0, "00")]
    public void Its_preference_is_where_RFC_4191_puts_it_and_that_of_no_router_is_none(RouterPreference preference, int lifetime, string flags)
    {
        RouterAdvertisement advertisement = new() { Preference = preference, RouterLifetime = (ushort)lifetime };
        WireWriter writer = new(new byte[64]);
        advertisement.Write(ref writer);
        Assert.Equal(flags, Convert.ToHexString(writer.Written[5..6]));
    }

    [Fact]
    public void A_prefix_may_tell_the_routers_own_address()
    {
        RouterAdvertisement advertisement = new()
        {
            Prefixes = [new AdvertisedPrefix(IPNetwork.Parse("2001:db8:91::/64"), Autonomous: true) { Router = IPAddress.Parse("2001:db8:91::1") }],
        };
        WireWriter writer = new(new byte[64]);
        advertisement.Write(ref writer);
        Assert.Equal("0304" + "40E0", Convert.ToHexString(writer.Written[16..20]));
        Assert.Equal("20010DB8009100000000000000000001", Convert.ToHexString(writer.Written[32..48]));
    }

    [Fact]
    public void A_prefix_may_be_behind_the_router_and_out_of_use()
    {
        RouterAdvertisement advertisement = new()
        {
            Prefixes = [new AdvertisedPrefix(IPNetwork.Parse("2001:db8:91::/64"), Autonomous: true) { OnLink = false, Deprecated = true }],
        };
        WireWriter writer = new(new byte[64]);
        advertisement.Write(ref writer);
        Assert.Equal("0304" + "4040" + "FFFFFFFF" + "00000000" + "00000000", Convert.ToHexString(writer.Written[16..32]));
    }

    [Theory]
    [InlineData("8500000000000000", true)]
    [InlineData("85000000000000000101525400010203", true)]
    [InlineData("8600000000000000", false)]
    [InlineData("8501000000000000", false)]
    [InlineData("85000000000000", false)]
    [InlineData("85000000000000000100525400010203", false)]
    [InlineData("85000000000000000102525400010203", false)]
    public void Only_a_well_formed_solicitation_counts(string message, bool valid) =>
        Assert.Equal(valid, RouterSolicitation.IsValid(Convert.FromHexString(message)));

    [Fact]
    public void No_input_throws() => Gen.Byte.Array[0, 200].Sample(bytes =>
    {
        _ = RouterSolicitation.IsValid(bytes);
    });
}
