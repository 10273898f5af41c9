using VirtNet.Wire.Ethernet;

namespace VirtNet.Wire.Tests.Ethernet;

public class UdpPacketTests
{
    private static readonly byte[] Payload = [1, 2, 3, 4, 5];

    [Fact]
    public void What_a_frame_carries_is_read_back()
    {
        Assert.True(UdpPacket.TryParse([.. Packet(), 0, 0, 0], isChecksumPending: false, out UdpPacket packet)); // padded
        Assert.Equal(0x0a000002u, packet.Source);
        Assert.Equal(0xffffffffu, packet.Destination);
        Assert.Equal(68, packet.SourcePort);
        Assert.Equal(67, packet.DestinationPort);
        Assert.Equal(Payload, packet.Payload.ToArray());
    }

    [Fact]
    public void Any_octet_that_changed_on_the_way_spoils_it()
    {
        byte[] right = Packet();
        for (int i = 0; i < right.Length; i++)
        {
            byte[] wrong = [.. right];
            wrong[i] ^= 0x10;
            Assert.False(UdpPacket.TryParse(wrong, isChecksumPending: false, out _), $"octet {i}");
        }
    }

    [Fact]
    public void A_checksum_that_was_not_made_or_is_pending_is_not_checked()
    {
        byte[] packet = Packet();
        packet[26] ^= 0x55;
        Assert.False(UdpPacket.TryParse(packet, isChecksumPending: false, out _));
        Assert.True(UdpPacket.TryParse(packet, isChecksumPending: true, out _));
        packet[26] = packet[27] = 0;
        Assert.True(UdpPacket.TryParse(packet, isChecksumPending: false, out _));
    }

    [Fact]
    public void Of_a_packet_that_was_cut_the_payload_is_what_there_is()
    {
        byte[] packet = Packet();
        for (int length = 0; length < packet.Length; length++)
        {
            Assert.Equal(length >= UdpPacket.HeaderLength, UdpPacket.TryParse(packet.AsSpan(0, length), isChecksumPending: false, out UdpPacket cut));
            Assert.Equal(Math.Max(0, length - UdpPacket.HeaderLength), cut.Payload.Length);
        }
    }

    [Theory]
    [InlineData(7)]
    [InlineData(14)]
    public void A_length_that_cannot_be_is_refused(byte length)
    {
        byte[] packet = Packet();
        packet[25] = length;
        Assert.False(UdpPacket.TryParse(packet, isChecksumPending: true, out _));
    }

    /// <summary>From the IP header on.</summary>
    private static byte[] Packet()
    {
        byte[] frame = [.. new byte[UdpFrame.HeaderLength], .. Payload];
        new UdpFrame
        {
            DestinationMac = [0xff, 0xff, 0xff, 0xff, 0xff, 0xff],
            SourceMac = [2, 0, 0, 0, 0, 1],
            Source = 0x0a000002,
            Destination = uint.MaxValue,
            SourcePort = 68,
            DestinationPort = 67,
        }.WriteHeader(frame);
        return frame[14..];
    }
}
