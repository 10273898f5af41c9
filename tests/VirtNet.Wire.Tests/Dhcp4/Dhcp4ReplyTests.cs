using System.Text;
using VirtNet.Wire.Dhcp4;

namespace VirtNet.Wire.Tests.Dhcp4;

public class Dhcp4ReplyTests
{
    private static readonly byte[] Mac = [0x52, 0x54, 0, 1, 2, 3];

    [Fact]
    public void The_header_fills_its_fields()
    {
        byte[] buffer = new byte[300];
        WireWriter writer = new(buffer);
        new Dhcp4ReplyHeader
        {
            TransactionId = 0x01020304,
            Broadcast = true,
            ClientAddress = 0x0a000001,
            YourAddress = 0x0a000002,
            NextServer = 0x0a000003,
            RelayAddress = 0x0a000004,
            File = "pxe.0",
        }.Write(ref writer, Mac);
        Assert.Equal(240, writer.Position);
        Assert.Equal("020106000102030400008000" + "0A000001" + "0A000002" + "0A000003" + "0A000004" + "525400010203",
            Convert.ToHexString(buffer.AsSpan(0, 34)));
        Assert.Equal(-1, buffer.AsSpan(34, 74).IndexOfAnyExcept((byte)0));
        Assert.Equal("pxe.0\0", Encoding.ASCII.GetString(buffer, 108, 6));
        Assert.Equal("63825363", Convert.ToHexString(buffer.AsSpan(236, 4)));
    }

    [Fact]
    public void A_long_file_name_keeps_its_final_zero()
    {
        byte[] buffer = new byte[300];
        WireWriter writer = new(buffer);
        new Dhcp4ReplyHeader { File = new string('f', 200) }.Write(ref writer, Mac);
        Assert.Equal((byte)'f', buffer[108 + 126]);
        Assert.Equal(0, buffer[108 + 127]);
    }

    [Fact]
    public void A_short_message_is_padded_to_300_octets()
    {
        byte[] buffer = new byte[548];
        WireWriter writer = new(buffer);
        default(Dhcp4ReplyHeader).Write(ref writer, Mac);
        writer.WriteOption(Dhcp4OptionCode.Message, "no");
        writer.WriteEnd();
        Assert.Equal(300, writer.Position);
        Assert.False(writer.Overflowed);
        Assert.Equal("38026E6FFF00", Convert.ToHexString(buffer.AsSpan(240, 6)));
    }

    [Fact]
    public void An_option_that_does_not_fit_is_left_out_and_the_end_still_fits()
    {
        byte[] buffer = new byte[8];
        WireWriter writer = new(buffer);
        writer.WriteOption(Dhcp4OptionCode.LeaseTime, 1u);
        writer.WriteOption(Dhcp4OptionCode.Message, "too long");
        writer.WriteByte((byte)Dhcp4OptionCode.End);
        Assert.False(writer.Overflowed);
        Assert.Equal("330400000001FF", Convert.ToHexString(writer.Written));
    }
}
