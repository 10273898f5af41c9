using VirtNet.Fuzz.Engine;
using VirtNet.Wire.Dns;

namespace VirtNet.Fuzz.Wire;

/// <summary>A question from a guest.</summary>
internal sealed class DnsQueryTarget : FuzzTarget
{
    public override string Name => "dns-query";

    public override IEnumerable<byte[]> Seeds => DnsSeeds.Queries;

    public override IReadOnlyList<byte[]> Words => DnsSeeds.Words;

    public override long AllocationBound(int length) => 0;

    public override void Decode(ReadOnlySpan<byte> input)
    {
        if (DnsQuery.Parse(input, out DnsQuery query) == DnsQueryVerdict.Ok)
        {
            Span<byte> lower = stackalloc byte[DnsName.MaxLength];
            DnsName.ToLower(query.Name, lower);
            Span<byte> address = stackalloc byte[16];
            ReverseName.TryRead(query.Name, address);
            DnsNameCase.Of(query.Name).Apply(lower[..query.Name.Length], lower);
            Require.That(lower[..query.Name.Length].SequenceEqual(query.Name), "capitals come back as they were");
        }
    }

    public override void Check(ReadOnlySpan<byte> input)
    {
        if (DnsQuery.Parse(input, out DnsQuery query) != DnsQueryVerdict.Ok)
        {
            return;
        }

        Require.That(query.Name.Length is > 0 and <= DnsName.MaxLength, "a name of legal length");
        Require.That(query.PayloadSize >= DnsQuery.ClassicSize, "room for an answer of 512 octets");
        CheckAnswer(query, limit: query.PayloadSize);
        CheckAnswer(query, limit: DnsQuery.ClassicSize);
    }

    /// <summary>Any answer is a message that a resolver reads, within its limit, whether its records fit or not.</summary>
    private static void CheckAnswer(in DnsQuery query, int limit)
    {
        byte[] buffer = new byte[65535];
        DnsAnswerWriter writer = new(buffer, limit, query, query.Edns);
        ushort owner = writer.AddAlias(DnsAnswerWriter.QuestionOwner, 5, query.Name);
        for (int i = 0; i < 20; i++)
        {
            writer.Add(owner, DnsType.A, 5, [192, 0, 2, (byte)i]);
        }

        int length = writer.Finish(DnsFlags.RecursionAvailable, DnsCode.NoError);
        Require.That(length <= limit, "an answer within its limit");
        Require.That(DnsResponse.TryParse(buffer.AsSpan(0, length), [], out DnsResponse response), "a well-formed answer");
        Require.That(response.Name.SequenceEqual(query.Name), "the question comes back as it was");
        Require.Equal(query.Header.Id, response.Header.Id, "the id comes back");
        Require.Equal(
            (response.Header.Flags & DnsFlags.Truncated) == 0 ? 21 : 0, response.Header.Answers, "all of an answer or nothing of it");
    }
}
