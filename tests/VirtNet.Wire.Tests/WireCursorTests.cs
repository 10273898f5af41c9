namespace VirtNet.Wire.Tests;

public class WireCursorTests
{
    [Fact]
    public void What_is_written_is_read_back_in_network_order()
    {
        byte[] buffer = new byte[20];
        WireWriter writer = new(buffer);
        writer.WriteByte(1);
        writer.WriteUInt16(0x0203);
        writer.WriteUInt32(0x04050607);
        writer.WriteUInt64(0x08090a0b0c0d0e0f);
        writer.WriteBytes([0x10, 0x11]);
        writer.WriteZeros(3);
        Assert.False(writer.Overflowed);
        Assert.Equal(Convert.FromHexString("0102030405060708090A0B0C0D0E0F1011000000"), buffer);

        WireReader reader = new(buffer);
        Assert.Equal(1, reader.ReadByte());
        Assert.Equal(0x0203, reader.ReadUInt16());
        Assert.Equal(0x04050607u, reader.ReadUInt32());
        Assert.Equal(0x08090a0b0c0d0e0ful, reader.ReadUInt64());
        Assert.Equal(2, reader.ReadBytes(2).Length);
        Assert.Equal(3, reader.ReadRest().Length);
        Assert.False(reader.Failed);
    }

    [Theory]
    [InlineData(5)]
    [InlineData(-1)]
    [InlineData(int.MinValue)]
    public void A_read_that_does_not_fit_fails_for_good(int count)
    {
        WireReader reader = new([1, 2, 3, 4]);
        Assert.True(reader.ReadBytes(count).IsEmpty);
        Assert.True(reader.Failed);
        Assert.Equal(0, reader.Remaining);
        Assert.Equal(0, reader.ReadByte());
    }

    [Fact]
    public void A_write_that_does_not_fit_leaves_the_buffer_alone_until_rewound()
    {
        byte[] buffer = [9, 9, 9];
        WireWriter writer = new(buffer);
        writer.WriteUInt16(0x0102);
        writer.WriteUInt16(0x0304);
        writer.WriteByte(5);
        Assert.True(writer.Overflowed);
        Assert.Equal([1, 2, 9], buffer);

        writer.Rewind(1);
        writer.WriteUInt16(0x0304);
        Assert.False(writer.Overflowed);
        Assert.Equal([1, 3, 4], buffer);
    }

    [Fact]
    public void A_reserved_place_can_be_filled_later()
    {
        byte[] buffer = [9, 9, 9, 9];
        WireWriter writer = new(buffer);
        Span<byte> length = writer.Reserve(1);
        writer.WriteBytes([7, 8]);
        length[0] = (byte)(writer.Position - 1);
        Assert.Equal([2, 7, 8], writer.Written.ToArray());
    }
}
