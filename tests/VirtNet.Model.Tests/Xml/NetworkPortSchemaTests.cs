using VirtNet.Model.Xml;

namespace VirtNet.Model.Tests.Xml;

/// <summary>What libvirt's own schema (networkport.rng of 9.0) says of the same documents.</summary>
public class NetworkPortSchemaTests
{
    [Theory]
    [InlineData("")]
    [InlineData("<group>web-1</group>")]
    [InlineData("<plug type='network' bridge='virbr0'/>")]
    [InlineData("<plug type='bridge' bridge='br0' macTableManager='kernel'/>")]
    [InlineData("<plug type='direct' dev='eth0' mode='vepa'/>")]
    [InlineData("<plug type='hostdev-pci'><address bus='1'/></plug>")]
    [InlineData("<plug type='hostdev-pci' managed='no'><address bus='1'/><driver name='vfio'/></plug>")]
    public void It_is_right(string part) => NetworkSchema.ValidatePort(Port(part));

    [Theory]
    [InlineData("<group>a b</group>")]
    [InlineData("<plug type='none'/>")]
    [InlineData("<plug type='network' bridge='a b'/>")]
    [InlineData("<plug type='direct' dev='a b' mode='vepa'/>")]
    [InlineData("<plug type='direct' dev='eth0' mode='none'/>")]
    [InlineData("<plug type='hostdev-pci'><address bus='1'/><address bus='2'/></plug>")]
    [InlineData("<plug type='hostdev-pci'><address bus='1'/><driver/></plug>")]
    [InlineData("<plug type='hostdev-pci'><address bus='1'/><driver name='xen'/></plug>")]
    [InlineData("<plug type='hostdev-pci'><address bus='1'/><driver name='vfio' model='m'/></plug>")]
    [InlineData("<plug type='network'/>")]
    [InlineData("<plug type='bridge' macTableManager='kernel'/>")]
    [InlineData("<plug type='direct' dev='eth0'/>")]
    [InlineData("<plug type='direct' mode='vepa'/>")]
    [InlineData("<plug type='hostdev-pci'/>")]
    [InlineData("<plug type='network' bridge='virbr0' dev='eth0'/>")]
    [InlineData("<plug type='bridge' bridge='br0'><address bus='1'/></plug>")]
    [InlineData("<plug type='hostdev-pci' dev='eth0'><address bus='1'/></plug>")]
    public void It_is_wrong(string part)
    {
        VirtNetException refused = Assert.Throws<VirtNetException>(() => NetworkSchema.ValidatePort(Port(part)));
        Assert.Equal((VirErrorCode.XmlInvalidSchema, VirErrorDomain.Xml), (refused.Code, refused.Domain));
    }

    private static string Port(string part) =>
        $"""
        <networkport><uuid>5d744f21-ba4a-4d6e-bdb2-30a35ff3207d</uuid><owner><name>guest</name>
        <uuid>d54df46f-1ab5-4a22-8618-4560ef5fac2c</uuid></owner><mac address='52:54:00:7b:35:93'/>{part}</networkport>
        """;
}
