using System.Text;
using VirtNet.Fuzz.Engine;
using VirtNet.Wire;
using VirtNet.Wire.Dns;

namespace VirtNet.Fuzz.Wire;

/// <summary>A name inside a message, at a place that the first octet tells, and the same octets as a name in text form.</summary>
internal sealed class DnsNameTarget : FuzzTarget
{
    public override string Name => "dns-name";

    public override int MaxLength => 1024;

    public override IEnumerable<byte[]> Seeds =>
    [
        Octets.OfHex("00 03 77 77 77 07 65 78 61 6d 70 6c 65 03 6f 72 67 00"),
        Octets.OfHex("06 03 6f 72 67 00 07 65 78 61 6d 70 6c 65 c0 00"),
        Octets.OfHex("09 01 61 00 01 62 c0 00 01 63 c0 03"),
        Octets.OfHex("00 c0 00"),
        Encoding.ASCII.GetBytes("\0www.example.org"),
        Encoding.ASCII.GetBytes("\0" + string.Concat(Enumerable.Repeat("0123456789.", 24))),
    ];

    public override IReadOnlyList<byte[]> Words => DnsSeeds.Words;

    public override long AllocationBound(int length) => 0;

    public override void Decode(ReadOnlySpan<byte> input) => Read(input, stackalloc byte[DnsName.MaxLength]);

    public override void Check(ReadOnlySpan<byte> input)
    {
        byte[] buffer = new byte[600];
        int length = Read(input, buffer);
        Require.That(length <= DnsName.MaxLength, "a name of legal length whatever the room for it");
        if (length > 0)
        {
            CheckName(buffer.AsSpan(0, length));
        }

        if (DnsName.TryParse(Encoding.UTF8.GetString(input)) is { } name)
        {
            CheckName(name.Wire);
        }
    }

    private static int Read(ReadOnlySpan<byte> input, scoped Span<byte> name)
    {
        if (input.IsEmpty)
        {
            return 0;
        }

        WireReader reader = new(input[1..]);
        reader.Skip(input[0]);
        WireReader skipping = reader;
        int length = DnsName.Read(ref reader, name);
        DnsName.Skip(ref skipping);
        Require.That(reader.Failed || reader.Position == skipping.Position, "reading and skipping end at the same place");
        return length;
    }

    private static void CheckName(ReadOnlySpan<byte> name)
    {
        WireReader reader = new(name);
        Require.That(DnsName.ReadPlain(ref reader).SequenceEqual(name), "a whole name without pointers");
        DnsName kept = DnsName.FromWire(name);
        Require.That(kept.ToString().Length > 0, "a text form");
        Require.Equal(kept.GetHashCode(), DnsNameComparer.Hash(Lower(name)), "case does not count");
        Require.That(DnsName.IsSameOrBelow(name, [0]), "everything is below the root");
        Span<byte> address = stackalloc byte[16];
        if (ReverseName.TryRead(name, address) is var length and > 0)
        {
            Require.Equal(kept, ReverseName.Of(address[..length]), "the name of an address stands for that address");
        }
    }

    private static byte[] Lower(ReadOnlySpan<byte> name)
    {
        byte[] lower = new byte[name.Length];
        DnsName.ToLower(name, lower);
        return lower;
    }
}
