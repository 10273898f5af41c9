using CsCheck;
using VirtNet.Wire.Dns;

namespace VirtNet.Wire.Tests.Dns;

public sealed class DnsNameTests
{
    [Theory]
    [InlineData("www.example.org", "\u0003www\u0007example\u0003org\0")]
    [InlineData("a", "\u0001a\0")]
    [InlineData("a.", "\u0001a\0")]
    [InlineData(".", "\0")]
    public void Dotted_text_becomes_wire_form(string text, string wire) =>
        Assert.Equal(wire.Select(c => (byte)c), DnsName.TryParse(text)!.Wire.ToArray());

    [Theory]
    [InlineData("")]
    [InlineData("a..b")]
    [InlineData("..")]
    [InlineData(".a")]
    [InlineData("1234567890123456789012345678901234567890123456789012345678901234.x")]
    public void Text_that_is_no_name_is_refused(string text) => Assert.Null(DnsName.TryParse(text));

    [Fact]
    public void A_name_of_255_octets_is_the_longest()
    {
        string label = new('x', 63);
        string longest = $"{label}.{label}.{label}.{new string('x', 61)}";
        Assert.Equal(255, DnsName.TryParse(longest)!.Wire.Length);
        Assert.Null(DnsName.TryParse(longest + "x"));
        Assert.Null(DnsName.TryParse("a")!.Under(DnsName.TryParse(longest)!));
    }

    [Fact]
    public void A_compressed_name_is_no_longer_than_others_whatever_the_room_for_it()
    {
        byte[] label = [63, .. new byte[63]];
        byte[] message = [.. label, .. label, .. label, 60, .. new byte[60], 0, 1, (byte)'a', 0xc0, 0];
        WireReader reader = new(message);
        reader.Skip(message.Length - 4);
        Assert.Equal(0, DnsName.Read(ref reader, new byte[512]));
        Assert.True(reader.Failed);
    }

    [Fact]
    public void Names_are_equal_without_regard_to_case_and_hash_alike()
    {
        DnsName one = DnsName.TryParse("Host-1.Example.ORG")!;
        DnsName other = DnsName.TryParse("hOST-1.example.org")!;
        Assert.Equal(one, other);
        Assert.Equal(one.GetHashCode(), other.GetHashCode());
        Assert.NotEqual(one, DnsName.TryParse("host-2.example.org"));
    }

    [Fact]
    public void A_dictionary_of_names_is_searched_by_a_span()
    {
        Dictionary<DnsName, int> names = new(DnsNameComparer.Instance) { [DnsName.TryParse("Some.Test")!] = 7 };
        Assert.Equal(7, names.GetAlternateLookup<ReadOnlySpan<byte>>()[TestMessages.Name("sOME.tEST")]);
    }

    [Theory]
    [InlineData("a.b.test", "b.test", true)]
    [InlineData("B.Test", "b.tEST", true)]
    [InlineData("ab.test", "b.test", false)]
    [InlineData("test", "b.test", false)]
    [InlineData("anything", ".", true)]
    public void A_domain_holds_itself_and_what_is_below(string name, string domain, bool held) =>
        Assert.Equal(held, DnsName.IsSameOrBelow(TestMessages.Name(name), TestMessages.Name(domain)));

    [Fact]
    public void Odd_octets_are_shown_escaped() =>
        Assert.Equal("a\\032b\\046c\\001.x", DnsName.ToText([6, .. "a b.c\x01"u8, 1, (byte)'x', 0]));

    [Fact]
    public void A_compressed_name_is_followed_backwards()
    {
        byte[] message = [.. TestMessages.Name("b.test"), 1, (byte)'a', 0xc0, 0, 0xc0, 8];
        WireReader reader = new(message);
        reader.Skip(8);
        Span<byte> name = stackalloc byte[DnsName.MaxLength];
        Assert.Equal("a.b.test", DnsName.ToText(name[..DnsName.Read(ref reader, name)]));
        Assert.Equal("a.b.test", DnsName.ToText(name[..DnsName.Read(ref reader, name)]));
        Assert.False(reader.Failed);
        Assert.Equal(0, reader.Remaining);
    }

    [Theory]
    [InlineData(new byte[] { 0xc0, 0 })] // itself
    [InlineData(new byte[] { 0xc0, 2, 1, (byte)'a', 0 })] // forwards
    [InlineData(new byte[] { 1, (byte)'a', 0xc0, 0 })] // around
    [InlineData(new byte[] { 0x40, 0 })] // reserved label types
    [InlineData(new byte[] { 0x80, 0 })]
    [InlineData(new byte[] { 3, (byte)'a' })] // cut
    [InlineData(new byte[] { 1, (byte)'a' })]
    [InlineData(new byte[] { 0xc0 })]
    [InlineData(new byte[0])]
    public void A_bad_name_fails(byte[] message)
    {
        WireReader reader = new(message);
        Assert.Equal(0, DnsName.Read(ref reader, new byte[DnsName.MaxLength]));
        Assert.True(reader.Failed);
    }

    [Fact]
    public void Names_that_grow_too_long_through_pointers_fail()
    {
        List<byte> message = [0];
        int previous = 0;
        for (int i = 0; i < 6; i++)
        {
            int here = message.Count;
            message.AddRange([60, .. new byte[60], 0xc0, (byte)previous]);
            previous = here;
        }

        WireReader reader = new(message.ToArray());
        reader.Skip(previous);
        Assert.Equal(0, DnsName.Read(ref reader, new byte[DnsName.MaxLength]));
        Assert.True(reader.Failed);
    }

    [Fact]
    public void Any_name_survives_text_and_back() =>
        Gen.Char['a', 'z'].Array[1, 20].Select(c => new string(c)).Array[1, 10].Select(l => string.Join('.', l))
            .Sample(text => DnsName.TryParse(text)!.ToString() == text);

    [Fact]
    public void No_bytes_make_reading_throw_or_end_beyond_the_buffer() =>
        Gen.Byte.Array[0, 300].Sample(bytes =>
        {
            WireReader reader = new(bytes);
            Span<byte> name = stackalloc byte[DnsName.MaxLength];
            int length = DnsName.Read(ref reader, name);
            return reader.Failed ? length == 0 : length is > 0 and <= DnsName.MaxLength && name[length - 1] == 0;
        });
}
