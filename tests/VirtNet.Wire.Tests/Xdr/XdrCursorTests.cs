using CsCheck;
using VirtNet.Wire.Xdr;

namespace VirtNet.Wire.Tests.Xdr;

public sealed class XdrCursorTests
{
    private const int Limit = 1 << 20;

    [Fact]
    public void Numbers_are_big_endian()
    {
        XdrWriter writer = new(Limit);
        writer.WriteInt32(-2);
        writer.WriteUInt32(0x20008086);
        writer.WriteInt64(-3);
        writer.WriteUInt64(ulong.MaxValue - 1);
        writer.WriteDouble(1.5);
        writer.WriteBoolean(true);
        Assert.Equal(
            "FFFFFFFE" + "20008086" + "FFFFFFFFFFFFFFFD" + "FFFFFFFFFFFFFFFE" + "3FF8000000000000" + "00000001",
            Convert.ToHexString(writer.Written));
        writer.Dispose();
    }

    [Theory]
    [InlineData("", "00000000")]
    [InlineData("a", "0000000161000000")]
    [InlineData("tnet", "00000004746E6574")]
    [InlineData("größe", "000000076772C3B6C39F6500")]
    public void A_string_is_padded_to_a_multiple_of_four(string text, string hex)
    {
        XdrWriter writer = new(Limit);
        writer.WriteString(text, maxLength: 100);
        Assert.Equal(hex, Convert.ToHexString(writer.Written));
        writer.Dispose();

        XdrReader reader = new(Convert.FromHexString(hex));
        Assert.Equal(text, reader.ReadString(maxLength: 100));
        Assert.Equal(0, reader.Remaining);
        Assert.False(reader.Failed);
    }

    [Fact]
    public void A_uuid_is_sixteen_bytes_in_the_order_of_its_text()
    {
        var uuid = Guid.Parse("11223344-5566-7788-99aa-bbccddeeff00");
        XdrWriter writer = new(Limit);
        writer.WriteUuid(uuid);
        Assert.Equal("112233445566778899AABBCCDDEEFF00", Convert.ToHexString(writer.Written));
        XdrReader reader = new(writer.Written);
        Assert.Equal(uuid, reader.ReadUuid());
        writer.Dispose();
    }

    [Fact]
    public void Any_number_but_zero_says_that_an_optional_value_is_there()
    {
        XdrReader reader = new(Convert.FromHexString("01000000" + "00000001" + "41000000" + "00000000"));
        Assert.Equal("A", reader.ReadOptionalString(10));
        Assert.Null(reader.ReadOptionalString(10));
        Assert.False(reader.Failed);
    }

    [Fact]
    public void Padding_may_hold_anything()
    {
        XdrReader reader = new(Convert.FromHexString("0000000141FFFFFF00000007"));
        Assert.Equal("A", reader.ReadString(10));
        Assert.Equal(7, reader.ReadInt32());
    }

    [Fact]
    public void A_string_ends_at_an_embedded_nul_and_bad_bytes_are_replaced()
    {
        XdrReader reader = new(Convert.FromHexString("0000000361004200" + "00000002C3280000"));
        Assert.Equal("a", reader.ReadString(10));
        Assert.Equal("\uFFFD(", reader.ReadString(10));
    }

    [Fact]
    public void Bytes_that_are_not_utf8_make_a_document_that_is_none()
    {
        XdrReader reader = new([0, 0, 0, 3, (byte)'<', 0xE9, (byte)'>', 0]);
        Assert.Equal("<\uFFFF>", reader.ReadDocument(10));
        Assert.False(reader.Failed);
        Assert.False(reader.Failed);
    }

    [Fact]
    public void A_string_longer_than_its_limit_fails_on_both_sides()
    {
        XdrReader reader = new(Convert.FromHexString("00000004746E6574"));
        Assert.Equal("", reader.ReadString(maxLength: 3));
        Assert.True(reader.Failed);

        XdrWriter writer = new(Limit);
        writer.WriteString("tnet", maxLength: 3);
        Assert.True(writer.Overflowed);
        writer.Dispose();
    }

    [Fact]
    public void A_count_that_the_rest_of_the_data_cannot_hold_fails_before_anything_is_read()
    {
        XdrReader reader = new(Convert.FromHexString("00000003" + "0000000000000000"));
        Assert.Equal(0, reader.ReadCount(maxCount: 100, minElementSize: 4));
        Assert.True(reader.Failed);
    }

    [Fact]
    public void After_a_failure_every_read_gives_nothing()
    {
        XdrReader reader = new([0, 0, 0]);
        reader.ReadInt32();
        Assert.True(reader.Failed);
        Assert.Equal(0, reader.Remaining);
        Assert.Equal(0u, reader.ReadUInt32());
        Assert.Equal("", reader.ReadString(10));
        Assert.Equal(Guid.Empty, reader.ReadUuid());
    }

    [Fact]
    public void What_exceeds_the_writers_limit_overflows_and_a_rewind_recovers()
    {
        XdrWriter writer = new(limit: 8);
        writer.WriteInt32(1);
        writer.WriteInt64(2);
        Assert.True(writer.Overflowed);
        writer.Rewind(0);
        writer.WriteInt64(3);
        Assert.False(writer.Overflowed);
        Assert.Equal("0000000000000003", Convert.ToHexString(writer.Written));
        writer.Dispose();
    }

    [Fact]
    public void Whatever_is_written_is_read_back() =>
        Gen.Select(Gen.String, Gen.Int, Gen.ULong, Gen.Guid, Gen.Byte.Array[0, 50]).Sample((text, number, big, uuid, bytes) =>
        {
            string expected = System.Text.Encoding.UTF8.GetString(System.Text.Encoding.UTF8.GetBytes(text)).Split('\0')[0];
            XdrWriter writer = new(Limit, capacity: 1);
            writer.WriteOptionalString(text, Limit);
            writer.WriteInt32(number);
            writer.WriteFixedOpaque(bytes);
            writer.WriteUInt64(big);
            writer.WriteUuid(uuid);
            Assert.Equal(0, writer.Length % 4);

            XdrReader reader = new(writer.Written);
            Assert.Equal(expected, reader.ReadOptionalString(Limit));
            Assert.Equal(number, reader.ReadInt32());
            Assert.Equal(bytes, reader.ReadFixedOpaque(bytes.Length).ToArray());
            Assert.Equal(big, reader.ReadUInt64());
            Assert.Equal(uuid, reader.ReadUuid());
            Assert.False(reader.Failed);
            Assert.Equal(0, reader.Remaining);
            writer.Dispose();
        });

    [Fact]
    public void Random_bytes_never_throw() =>
        Gen.Byte.Array[0, 64].Sample(bytes =>
        {
            XdrReader reader = new(bytes);
            reader.ReadOptionalString(20);
            reader.ReadCount(1000, 8);
            reader.ReadFixedOpaque(5);
            reader.ReadDouble();
            reader.ReadUuid();
            reader.ReadString(20);
            Assert.InRange(reader.Remaining, 0, bytes.Length);
        });
}
