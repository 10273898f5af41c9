using VirtNet.Fuzz.Engine;
using VirtNet.Wire.Xdr;

namespace VirtNet.Fuzz.Wire;

/// <summary>
/// Data read by a plan of its own: as many steps as the first octet says, each an octet that tells what to read, then the
/// data. What was read is written and must be the same.
/// </summary>
internal sealed class XdrTarget : FuzzTarget
{
    private const int MaxString = 1000;

    public override string Name => "xdr";

    public override IEnumerable<byte[]> Seeds =>
    [
        Octets.OfHex("03 00 04 05 00000007 00000005 68656c6c6f000000 00000001 00000001 78000000"),
        Octets.OfHex("04 06 07 08 01 00000002 11111111222233334444555555555555 010203 00 0000000100000002"),
        Octets.OfHex("02 09 04 3ff0000000000000 00000003 61620000"),
    ];

    public override IReadOnlyList<byte[]> Words => [[0, 0, 0, 1], [0, 0, 3, 0xe8], [0, 0, 3, 0xe9], [0x7f, 0xff, 0xff, 0xff], [0xff, 0xff, 0xff, 0xff], [4], [5]];

    // No more than the strings in it, twice as long in memory, and their objects.
    public override long AllocationBound(int length) => 64 + (32 * length);

    public override void Decode(ReadOnlySpan<byte> input)
    {
        XdrReader reader = new(input[Math.Min(input.Length, 1 + Steps(input))..]);
        foreach (byte step in Plan(input))
        {
            switch (step % 10)
            {
                case 0: reader.ReadInt32(); break;
                case 1: reader.ReadInt64(); break;
                case 2: reader.ReadBoolean(); break;
                case 3: reader.ReadUInt64(); break;
                case 4: reader.ReadString(MaxString); break;
                case 5: reader.ReadOptionalString(MaxString); break;
                case 6: Require.That(reader.ReadCount(100, 4) * 4L <= Math.Max(4, reader.Remaining), "a count that can be"); break;
                case 7: reader.ReadUuid(); break;
                case 8: reader.ReadFixedOpaque(step); break;
                default: reader.ReadDouble(); break;
            }
        }
    }

    public override void Check(ReadOnlySpan<byte> input)
    {
        XdrReader reader = new(input[Math.Min(input.Length, 1 + Steps(input))..]);
        foreach (byte step in Plan(input))
        {
            XdrWriter writer = new(limit: 8192);
            int before = reader.Remaining;
            switch (step % 10)
            {
                case 1: writer.WriteInt64(reader.ReadInt64()); break;
                case 3: writer.WriteUInt64(reader.ReadUInt64()); break;
                case 7: writer.WriteUuid(reader.ReadUuid()); break;
                case 8: writer.WriteFixedOpaque(reader.ReadFixedOpaque(step)); break;
                case 4:
                    string text = reader.ReadString(MaxString);
                    writer.WriteString(text, 3 * MaxString);
                    XdrReader again = new(writer.Written);
                    Require.Equal(text, again.ReadString(3 * MaxString), "a string reads as it was written");
                    break;
                default: writer.WriteInt32(reader.ReadInt32()); break;
            }

            Require.That(!writer.Overflowed && writer.Length % 4 == 0, "a multiple of four octets");
            Require.That(reader.Failed || step % 10 == 4 || before - reader.Remaining == writer.Length, "as long as it was");
            writer.Dispose();
        }
    }

    private static int Steps(ReadOnlySpan<byte> input) => input.IsEmpty ? 0 : input[0] % 16;

    private static ReadOnlySpan<byte> Plan(ReadOnlySpan<byte> input) =>
        input.Length < 1 + Steps(input) ? default : input.Slice(Math.Min(1, input.Length), Steps(input));
}
