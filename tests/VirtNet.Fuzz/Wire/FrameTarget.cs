using System.Buffers.Binary;
using VirtNet.Fuzz.Engine;
using VirtNet.Wire.Ethernet;

namespace VirtNet.Fuzz.Wire;

/// <summary>An ARP frame as it is heard, and a UDP frame of our own around any payload.</summary>
internal sealed class FrameTarget : FuzzTarget
{
    public override string Name => "frame";

    public override int MaxLength => 1500;

    public override IEnumerable<byte[]> Seeds =>
    [
        Octets.Of((ref writer) => ArpMessage.WriteProbe(ref writer, [0x52, 0x54, 0, 0, 0, 1], 0x0a4d0010)),
        Octets.OfHex("525400000002 525400000001 0806 0001 0800 06 04 0002 525400000001 0a4d0010 525400000002 00000000"),
    ];

    public override long AllocationBound(int length) => 0;

    public override void Decode(ReadOnlySpan<byte> input) => _ = ArpMessage.TryParse(input, out _);

    public override void Check(ReadOnlySpan<byte> input)
    {
        if (ArpMessage.TryParse(input, out ArpMessage message))
        {
            Require.That(message.SenderMac.Length == 6, "a sender with a MAC");
            Require.That(input.Length >= ArpMessage.FrameLength, "a whole message");
        }

        byte[] frame = new byte[UdpFrame.HeaderLength + input.Length];
        input.CopyTo(frame.AsSpan(UdpFrame.HeaderLength));
        new UdpFrame
        {
            DestinationMac = [2, 0, 0, 0, 0, 1],
            SourceMac = [2, 0, 0, 0, 0, 2],
            Source = 0x0a4d0001,
            Destination = 0x0a4d0010,
            SourcePort = 67,
            DestinationPort = 68,
        }.WriteHeader(frame);
        Require.Equal(0, InternetChecksum.Finish(InternetChecksum.Add(0, frame.AsSpan(14, 20))), "a complete IP checksum");
        ulong pseudoHeader = InternetChecksum.Add(17 + (ulong)(frame.Length - 34), frame.AsSpan(26, 8));
        Require.Equal(0, InternetChecksum.Finish(InternetChecksum.Add(pseudoHeader, frame.AsSpan(34))), "a complete UDP checksum");
        Require.That(BinaryPrimitives.ReadUInt16BigEndian(frame.AsSpan(40)) != 0, "a UDP checksum that says it is one");
    }
}
