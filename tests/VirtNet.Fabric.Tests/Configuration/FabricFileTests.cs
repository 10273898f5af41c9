using VirtNet.Fabric.Configuration;

namespace VirtNet.Fabric.Tests.Configuration;

public sealed class FabricFileTests
{
    [Fact]
    public void A_host_without_the_file_is_in_no_fabric() => Assert.Null(FabricFile.Load("/nonexistent/fabric.conf"));

    [Fact]
    public void Settings_are_read()
    {
        FabricOptions options = Parse("name = \"h1\"", "address = 192.0.2.1  # ours", "etcd = \"https://192.0.2.1:2379, https://[2001:db8::2]:2379/\"");

        Assert.Equal("h1", options.Name);
        Assert.Equal("192.0.2.1", options.Address);
        Assert.Equal("https://192.0.2.1:2379,https://[2001:db8::2]:2379", EndpointList.Format(options.Etcd));
    }

    [Fact]
    public void Where_nothing_is_said_no_FRRouting_is_the_fabrics_own() => Assert.Equal(FrrUse.Off, Parse("name = \"h1\"").Frr);

    [Fact]
    public void What_join_writes_is_read()
    {
        FabricOptions options = new SettingsText("h1", "192.0.2.1", "http://192.0.2.1:2379") { Frr = FrrUse.Own, BgpPort = 1790 }.Read("fabric.conf");

        Assert.Equal((FrrUse.Own, 1790, 65000u, true), (options.Frr, options.BgpPort, options.BgpAsn, options.Bfd));
    }

    [Theory]
    [InlineData("name = \"../h1\"", "fabric.conf:1: '../h1' cannot be the name of a host")]
    [InlineData("name", "fabric.conf:1: expected NAME = VALUE")]
    [InlineData("address = \"here\"", "fabric.conf:1: expected an address, not 'here'")]
    [InlineData("etcd = \"ftp://192.0.2.1\"", "fabric.conf:1: expected a URL like https://192.0.2.1:2379, not 'ftp://192.0.2.1'")]
    [InlineData("etcd = \"https://192.0.2.1/a\"", "fabric.conf:1: expected a URL like https://192.0.2.1:2379, not 'https://192.0.2.1/a'")]
    [InlineData("etcd = \"https://192.0.2.1,http://192.0.2.2\"", "fabric.conf:1: either all of etcd's URLs are https or none is")]
    [InlineData("etcd = \"\"", "fabric.conf:1: expected the URLs of etcd's members, with commas between them")]
    [InlineData("tls_ca = \"ca.pem\"", "fabric.conf:1: expected the full path of a file, not 'ca.pem'")]
    [InlineData("frr = \"ours\"", "fabric.conf:1: expected own, shared or off, not 'ours'")]
    [InlineData("bgp_asn = 0", "fabric.conf:1: expected a number from 1 to 4294967294, not '0'")]
    [InlineData("bgp_port = 70000", "fabric.conf:1: expected a number from 1 to 65535, not '70000'")]
    [InlineData("bgp_password = \"a b\"", "fabric.conf:1: expected 1 to 80 letters, digits and -_.+/=:@% for a password")]
    [InlineData("bfd = maybe", "fabric.conf:1: expected yes or no, not 'maybe'")]
    [InlineData("tls_key = \"/etc/key.pem\"", "fabric.conf: tls_cert and tls_key need each other")]
    public void What_cannot_be_meant_is_refused(string line, string message) =>
        Assert.Equal(message, Assert.Throws<FabricException>(() => Parse(line)).Message);

    [Fact]
    public void A_setting_of_a_later_version_is_said() =>
        Assert.Equal(["fabric.conf:1: unknown setting 'colour' is ignored"], FabricFile.Parse("fabric.conf", ["colour = 1"]).Warnings);

    private static FabricOptions Parse(params string[] lines) => FabricFile.Parse("fabric.conf", lines).Options;
}
