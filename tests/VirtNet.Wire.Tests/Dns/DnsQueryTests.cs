using CsCheck;
using VirtNet.Wire.Dns;

namespace VirtNet.Wire.Tests.Dns;

public sealed class DnsQueryTests
{
    [Fact]
    public void A_query_is_read_with_its_case_and_edns()
    {
        byte[] message = TestMessages.Query("WwW.test", DnsType.Aaaa, edns: new DnsEdns(4096, DnssecOk: true));
        Assert.Equal(DnsQueryVerdict.Ok, DnsQuery.Parse(message, out DnsQuery query));
        Assert.Equal("WwW.test", DnsName.ToText(query.Name));
        Assert.Equal(DnsType.Aaaa, query.Type);
        Assert.Equal(0x1234, query.Header.Id);
        Assert.Equal(4096, query.PayloadSize);
        Assert.True(query.DnssecOk);
    }

    [Fact]
    public void Without_edns_512_octets_are_the_limit_and_a_smaller_size_counts_as_512()
    {
        DnsQuery.Parse(TestMessages.Query("a"), out DnsQuery plain);
        Assert.Equal(512, plain.PayloadSize);
        DnsQuery.Parse(TestMessages.Query("a", edns: new DnsEdns(100)), out DnsQuery small);
        Assert.Equal(512, small.PayloadSize);
    }

    [Fact]
    public void Responses_and_fragments_of_a_header_are_ignored()
    {
        Assert.Equal(DnsQueryVerdict.Ignore, DnsQuery.Parse(TestMessages.Query("a", flags: DnsFlags.Response), out _));
        for (int length = 0; length < DnsHeader.Length; length++)
        {
            Assert.Equal(DnsQueryVerdict.Ignore, DnsQuery.Parse(TestMessages.Query("a").AsSpan(0, length), out _));
        }
    }

    [Fact]
    public void Cut_anywhere_after_the_header_it_is_a_format_error()
    {
        byte[] message = TestMessages.Query("some.name.test", edns: new DnsEdns(1232, Error: 5));
        for (int length = DnsHeader.Length; length < message.Length; length++)
        {
            Assert.Equal(DnsQueryVerdict.FormatError, DnsQuery.Parse(message.AsSpan(0, length), out DnsQuery query));
            Assert.Equal(0x1234, query.Header.Id);
        }
    }

    [Fact]
    public void Other_opcodes_and_other_versions_of_edns_are_told_apart()
    {
        byte[] status = TestMessages.Query("a", flags: (DnsFlags)(2 << 11));
        Assert.Equal(DnsQueryVerdict.NotImplemented, DnsQuery.Parse(status, out _));
        byte[] later = TestMessages.Query("a", edns: new DnsEdns(1232, Version: 1));
        Assert.Equal(DnsQueryVerdict.BadVersion, DnsQuery.Parse(later, out _));
    }

    [Fact]
    public void Two_opt_records_or_two_questions_are_a_format_error()
    {
        byte[] message = TestMessages.Query("a", edns: new DnsEdns(1232));
        byte[] twice = [.. message, .. message[^DnsEdns.MinLength..]];
        twice[11] = 2;
        Assert.Equal(DnsQueryVerdict.FormatError, DnsQuery.Parse(twice, out _));
        byte[] questions = TestMessages.Query("a");
        questions[5] = 2;
        Assert.Equal(DnsQueryVerdict.FormatError, DnsQuery.Parse(questions, out _));
    }

    [Fact]
    public void No_bytes_make_parsing_throw() =>
        Gen.Select(Gen.Byte.Array[0, 200], Gen.Bool).Sample((bytes, likely) =>
        {
            if (likely && bytes.Length > DnsHeader.Length)
            {
                "\0\0\u0001\0\0\u0001\0\0\0\0\0\u0001"u8.CopyTo(bytes); // past the header's checks
            }

            DnsQueryVerdict verdict = DnsQuery.Parse(bytes, out DnsQuery query);
            Assert.True(verdict != DnsQueryVerdict.Ok || query.Name.Length is > 0 and <= DnsName.MaxLength);
        });

    [Theory]
    [InlineData(7, false)]
    [InlineData(8, true)]
    [InlineData(15, false)]
    [InlineData(16, true)]
    [InlineData(40, true)]
    [InlineData(41, false)]
    public void A_cookie_has_eight_octets_or_sixteen_to_forty(int length, bool good)
    {
        byte[] value = [.. Enumerable.Range(1, length).Select(octet => (byte)octet)];
        Assert.Equal(good ? DnsQueryVerdict.Ok : DnsQueryVerdict.FormatError, DnsQuery.Parse(WithCookie(value), out DnsQuery query));
        if (good)
        {
            byte[] buffer = new byte[64];
            WireWriter writer = new(buffer);
            query.Edns!.Value.Cookie!.Value.Write(ref writer);
            Assert.Equal(value, writer.Written);
            Assert.Equal(WithCookie(value), TestMessages.Query("a", edns: query.Edns));
        }
    }

    [Fact]
    public void A_query_without_a_question_may_ask_for_the_servers_cookie()
    {
        byte[] query = TestMessages.Query("a", edns: new DnsEdns(1232, Cookie: new DnsCookie(1, [])));
        byte[] empty = [.. query[..4], 0, 0, .. query[6..DnsHeader.Length], .. query[(DnsHeader.Length + 7)..]];
        Assert.Equal(DnsQueryVerdict.CookieOnly, DnsQuery.Parse(empty, out DnsQuery read));
        Assert.Equal(1ul, read.Edns!.Value.Cookie!.Value.Client);
        Assert.Equal(DnsQueryVerdict.FormatError, DnsQuery.Parse(empty.AsSpan(0, DnsHeader.Length), out _));
    }

    private static byte[] WithCookie(byte[] value)
    {
        byte[] query = TestMessages.Query("a", edns: new DnsEdns(1232));
        return [.. query[..^2], 0, (byte)(value.Length + 4), 0, 10, 0, (byte)value.Length, .. value];
    }
}
