using System.Buffers.Binary;
using VirtNet.Fuzz.Engine;
using VirtNet.Wire.Dns;

namespace VirtNet.Fuzz.Wire;

/// <summary>A response from an upstream server, or from whoever pretends to be one.</summary>
internal sealed class DnsResponseTarget : FuzzTarget
{
    private readonly ushort[] _offsets = new ushort[DnsResponse.MaxTimedRecords];

    public override string Name => "dns-response";

    public override IEnumerable<byte[]> Seeds => DnsSeeds.Responses;

    public override IReadOnlyList<byte[]> Words => DnsSeeds.Words;

    public override long AllocationBound(int length) => 0;

    public override void Decode(ReadOnlySpan<byte> input) => _ = DnsResponse.TryParse(input, _offsets, out _);

    public override void Check(ReadOnlySpan<byte> input)
    {
        if (!DnsResponse.TryParse(input, _offsets, out DnsResponse response))
        {
            return;
        }

        Require.That(response.Name.Length is > 0 and <= DnsName.MaxLength, "a name of legal length");
        int records = response.Header.Answers + response.Header.Authorities + response.Header.Additionals;
        Require.That(response.Records.Length >= records * 11, "records where records are counted");
        Require.That(response.TimedRecords is 0 || response.TimedRecords == records, "a TTL for each record, or for none");
        uint least = uint.MaxValue;
        foreach (ushort offset in _offsets.AsSpan(0, response.TimedRecords))
        {
            least = Math.Min(least, BinaryPrimitives.ReadUInt32BigEndian(response.Records[offset..]) is var ttl and <= int.MaxValue ? ttl : 0);
        }

        Require.That(response.TimedRecords == 0 ? response.TimeToLive == 0 : response.TimeToLive <= least, "kept no longer than any record");
    }
}
