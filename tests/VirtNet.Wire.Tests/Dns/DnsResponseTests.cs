using CsCheck;
using VirtNet.Wire.Dns;

namespace VirtNet.Wire.Tests.Dns;

public sealed class DnsResponseTests
{
    private readonly ushort[] _offsets = new ushort[DnsResponse.MaxTimedRecords];

    [Fact]
    public void Records_are_given_without_opt_and_with_their_ttls_places()
    {
        byte[] message = TestMessages.Response("a.test", DnsType.A, 300, [1, 2, 3, 4], [5, 6, 7, 8]);
        Assert.True(DnsResponse.TryParse(message, _offsets, out DnsResponse response));
        Assert.Equal(2 * 16, response.Records.Length);
        Assert.Equal(0, response.Header.Additionals);
        Assert.Equal(300u, response.TimeToLive);
        Assert.Equal([6, 22], _offsets[..response.TimedRecords]);
        Assert.Equal(1232, response.Edns!.Value.PayloadSize);
    }

    [Fact]
    public void A_negative_answer_is_kept_as_long_as_its_soa_says() => Assert.Equal(40u, Negative(soaTtl: 90, minimum: 40));

    [Fact]
    public void The_soas_own_ttl_bounds_it_too() => Assert.Equal(30u, Negative(soaTtl: 30, minimum: 40));

    [Fact]
    public void A_ttl_with_the_top_bit_counts_as_zero() => Assert.Equal(0u, Negative(soaTtl: 0x80000000, minimum: 40));

    [Fact]
    public void An_empty_answer_without_soa_is_not_kept()
    {
        Assert.True(DnsResponse.TryParse(TestMessages.Response("a.test", DnsType.A, 300), _offsets, out DnsResponse response));
        Assert.Equal(0u, response.TimeToLive);
    }

    [Fact]
    public void A_failure_is_not_kept()
    {
        byte[] message = TestMessages.Response("a.test", DnsType.A, 300, [1, 2, 3, 4]);
        message[3] = (byte)DnsCode.ServerFailure;
        Assert.True(DnsResponse.TryParse(message, _offsets, out DnsResponse response));
        Assert.Equal(0u, response.TimeToLive);
        Assert.Equal(DnsCode.ServerFailure, response.Code);
    }

    [Fact]
    public void What_follows_opt_is_left_out()
    {
        WireWriter writer = new(new byte[512]);
        writer.WriteBytes(TestMessages.Response("a.test", DnsType.A, 300, [1, 2, 3, 4]));
        TestMessages.Record(ref writer, TestMessages.Name("later"), DnsType.A, 5, [1, 1, 1, 1]);
        byte[] message = writer.Written.ToArray();
        message[11] = 2;
        Assert.True(DnsResponse.TryParse(message, _offsets, out DnsResponse response));
        Assert.Equal(16, response.Records.Length);
        Assert.Equal(0, response.Header.Additionals);
        Assert.Equal(300u, response.TimeToLive);
    }

    [Fact]
    public void A_truncated_response_is_read_however_it_was_cut()
    {
        byte[] message = TestMessages.Response("a.test", DnsType.A, 300, [1, 2, 3, 4]);
        message[2] |= 2;
        Assert.True(DnsResponse.TryParse(message.AsSpan(0, message.Length - 20), _offsets, out DnsResponse response));
        Assert.True(response.Records.IsEmpty);
    }

    [Fact]
    public void Cut_anywhere_it_is_refused()
    {
        byte[] message = TestMessages.Response("some.name.test", DnsType.Txt, 300, [3, 1, 2, 3], [0]);
        for (int length = 0; length < message.Length; length++)
        {
            Assert.False(DnsResponse.TryParse(message.AsSpan(0, length), _offsets, out _));
        }
    }

    [Fact]
    public void Any_change_of_bytes_is_read_or_refused_within_bounds()
    {
        byte[] good = TestMessages.Response("some.name.test", DnsType.Txt, 300, [3, 1, 2, 3], [0]);
        Gen.Select(Gen.Int[0, good.Length - 1], Gen.Byte).Array[1, 6].Sample(changes =>
        {
            byte[] message = [.. good];
            foreach ((int at, byte value) in changes)
            {
                message[at] = value;
            }

            if (!DnsResponse.TryParse(message, new ushort[DnsResponse.MaxTimedRecords], out DnsResponse response))
            {
                return true;
            }

            return response.Records.Length <= message.Length && response.TimedRecords <= DnsResponse.MaxTimedRecords;
        });
    }

    private uint Negative(uint soaTtl, uint minimum)
    {
        WireWriter soa = new(new byte[64]);
        soa.WriteZeros(2 + 16);
        soa.WriteUInt32(minimum);
        WireWriter writer = new(new byte[512]);
        new DnsHeader(1, DnsFlags.Response | (DnsFlags)DnsCode.NoSuchName, 1, 0, 1, 0).Write(ref writer);
        writer.WriteBytes(TestMessages.Query("nx.test").AsSpan(DnsHeader.Length));
        TestMessages.Record(ref writer, TestMessages.Name("test"), DnsType.Soa, soaTtl, soa.Written);
        Assert.True(DnsResponse.TryParse(writer.Written, _offsets, out DnsResponse response));
        return response.TimeToLive;
    }
}
