using VirtNet.Wire.Dns;

namespace VirtNet.Wire.Tests.Dns;

public sealed class DnsAnswerWriterTests
{
    private readonly byte[] _buffer = new byte[2048];

    [Fact]
    public void An_answer_repeats_the_question_as_it_was_asked()
    {
        DnsQuery.Parse(TestMessages.Query("HoSt.test"), out DnsQuery query);
        DnsAnswerWriter writer = new(_buffer, query.PayloadSize, query, null);
        writer.Add(DnsAnswerWriter.QuestionOwner, DnsType.A, 60, [10, 0, 0, 1]);
        int length = writer.Finish(DnsFlags.Authoritative | DnsFlags.RecursionAvailable, DnsCode.NoError);

        Assert.True(DnsResponse.TryParse(_buffer.AsSpan(0, length), new ushort[128], out DnsResponse response));
        Assert.Equal("HoSt.test", DnsName.ToText(response.Name));
        Assert.Equal(
            new DnsHeader(
                0x1234,
                DnsFlags.Response | DnsFlags.Authoritative | DnsFlags.RecursionAvailable | DnsFlags.RecursionDesired,
                1, 1, 0, 0),
            response.Header);
        Assert.Equal(60u, response.TimeToLive);
    }

    [Fact]
    public void An_alias_is_the_owner_of_its_targets_records()
    {
        DnsQuery.Parse(TestMessages.Query("alias.test"), out DnsQuery query);
        DnsAnswerWriter writer = new(_buffer, 512, query, null);
        ushort owner = writer.AddAlias(DnsAnswerWriter.QuestionOwner, 0, TestMessages.Name("target.test"));
        writer.Add(owner, DnsType.A, 0, [10, 0, 0, 1]);
        int length = writer.Finish(DnsFlags.None, DnsCode.NoError);

        WireReader reader = new(_buffer.AsSpan(0, length));
        reader.Skip(DnsHeader.Length + query.Name.Length + 4);
        DnsRecordView.Read(ref reader);
        Span<byte> name = stackalloc byte[DnsName.MaxLength];
        Assert.Equal("target.test", DnsName.ToText(name[..DnsName.Read(ref reader, name)]));
    }

    [Fact]
    public void What_does_not_fit_is_truncated_to_the_question_and_opt()
    {
        DnsQuery.Parse(TestMessages.Query("a.test", edns: new DnsEdns(600)), out DnsQuery query);
        DnsAnswerWriter writer = new(_buffer, query.PayloadSize, query, new DnsEdns(1232));
        for (int i = 0; i < 100; i++)
        {
            writer.Add(DnsAnswerWriter.QuestionOwner, DnsType.Aaaa, 0, new byte[16]);
        }

        int length = writer.Finish(DnsFlags.None, DnsCode.NoError);
        Assert.True(length <= 600);
        Assert.True(DnsResponse.TryParse(_buffer.AsSpan(0, length), new ushort[128], out DnsResponse response));
        Assert.True((response.Header.Flags & DnsFlags.Truncated) != 0);
        Assert.Equal(0, response.Header.Answers);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(14)]
    public void Opt_carries_the_upper_bits_of_the_code_and_an_error(ushort error)
    {
        DnsQuery.Parse(TestMessages.Query("a.test", edns: new DnsEdns(1232)), out DnsQuery query);
        DnsAnswerWriter writer = new(_buffer, 512, query, new DnsEdns(1232));
        int length = writer.Finish(DnsFlags.None, DnsCode.BadVersion, (DnsExtendedError)error);
        Assert.True(DnsResponse.TryParse(_buffer.AsSpan(0, length), new ushort[128], out DnsResponse response));
        Assert.Equal(DnsCode.BadVersion, response.Code);
        Assert.Equal(error, response.Edns!.Value.Error);
    }
}
