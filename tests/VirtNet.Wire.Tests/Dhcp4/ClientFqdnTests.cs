using System.Text;
using CsCheck;
using VirtNet.Wire.Dhcp4;

namespace VirtNet.Wire.Tests.Dhcp4;

public class ClientFqdnTests
{
    [Theory]
    [InlineData("foo", ClientFqdnFlags.None)]
    [InlineData("foo.lab.test", ClientFqdnFlags.ServerUpdates)]
    [InlineData("foo.lab.test", ClientFqdnFlags.Encoded | ClientFqdnFlags.ServerUpdates)]
    public void A_name_survives_the_wire(string name, ClientFqdnFlags flags)
    {
        ClientFqdn fqdn = new(flags, name);
        byte[] buffer = new byte[64];
        WireWriter writer = new(buffer);
        fqdn.Write(ref writer);
        Assert.Equal(81, buffer[0]);
        Assert.Equal(writer.Position - 2, buffer[1]);
        Assert.True(ClientFqdn.TryParse(writer.Written[2..], out ClientFqdn read));
        Assert.Equal(fqdn, read);
    }

    [Fact]
    public void Any_labels_survive_the_wire() =>
        Gen.String[Gen.Char.AlphaNumeric, 1, 20].Array[1, 5].Sample(
            labels =>
            {
                ClientFqdn fqdn = new(ClientFqdnFlags.Encoded, string.Join('.', labels));
                byte[] buffer = new byte[256];
                WireWriter writer = new(buffer);
                fqdn.Write(ref writer);
                return ClientFqdn.TryParse(writer.Written[2..], out ClientFqdn read) && read == fqdn;
            },
            iter: 1000);

    [Fact]
    public void A_final_zero_is_not_part_of_a_text_name()
    {
        Assert.True(ClientFqdn.TryParse([0, 0, 0, .. "ab\0"u8], out ClientFqdn fqdn));
        Assert.Equal("ab", fqdn.Name);
    }

    [Theory]
    [InlineData(new byte[] { 0, 0 })]
    [InlineData(new byte[] { 0, 0, 0, 0xc3, 0xa9 })]
    [InlineData(new byte[] { 4, 0, 0, 5, 65 })]
    [InlineData(new byte[] { 4, 0, 0, 0xc0, 0 })]
    public void What_is_no_name_is_refused(byte[] value) => Assert.False(ClientFqdn.TryParse(value, out _));

    [Fact]
    public void A_name_leaves_room_for_the_end_of_the_options()
    {
        WireWriter writer = new(stackalloc byte[2 + 3 + 4]);
        new ClientFqdn(ClientFqdnFlags.None, "name").Write(ref writer);
        writer.WriteEnd();
        Assert.Equal(0xff, writer.Written[0]);
    }

    [Fact]
    public void A_name_that_does_not_fit_is_left_out()
    {
        byte[] buffer = new byte[10];
        WireWriter writer = new(buffer);
        new ClientFqdn(ClientFqdnFlags.None, "much.too.long").Write(ref writer);
        Assert.Equal(0, writer.Position);
        Assert.False(writer.Overflowed);
        Assert.Equal("", Encoding.ASCII.GetString(writer.Written));
    }
}
