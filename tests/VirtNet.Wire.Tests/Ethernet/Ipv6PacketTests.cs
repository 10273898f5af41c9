using System.Net;
using VirtNet.Wire.Ethernet;

namespace VirtNet.Wire.Tests.Ethernet;

public class Ipv6PacketTests
{
    private static readonly byte[] Source = IPAddress.Parse("fe80::2").GetAddressBytes();
    private static readonly byte[] Destination = IPAddress.Parse("ff02::1:2").GetAddressBytes();
    private static readonly byte[] Payload = [1, 2, 3, 4, 5];

    [Fact]
    public void What_UDP_carries_is_read_back()
    {
        Assert.True(Ipv6Packet.TryParse([.. UdpPacket(), 0, 0, 0], isChecksumPending: false, out Ipv6Packet packet)); // padded
        Assert.Equal(Source, packet.Source.ToArray());
        Assert.Equal(Destination, packet.Destination.ToArray());
        Assert.Equal(Ipv6Packet.Udp, packet.Protocol);
        Assert.Equal(546, packet.SourcePort);
        Assert.Equal(Payload, packet.Payload.ToArray());
    }

    [Fact]
    public void A_message_of_ICMPv6_is_read_back_as_a_whole()
    {
        Assert.True(Ipv6Packet.TryParse(IcmpPacket(), isChecksumPending: false, out Ipv6Packet packet));
        Assert.Equal(Ipv6Packet.IcmpV6, packet.Protocol);
        Assert.Equal(0, packet.SourcePort);
        Assert.Equal(133, packet.Payload[0]);
        Assert.Equal(8, packet.Payload.Length);
    }

    [Fact]
    public void A_checksum_that_a_kernel_made_is_right()
    {
        // A solicitation as Linux 6.18 sent it.
        byte[] packet = Convert.FromHexString(
            "6000000000103afffe8000000000000024cd6efffe8e74a3ff020000000000000000000000000002"
            + "85006b3000000000010126cd6e8e74a3");
        Assert.True(Ipv6Packet.TryParse(packet, isChecksumPending: false, out _));
    }

    [Fact]
    public void Any_octet_that_changed_on_the_way_spoils_it_but_those_without_a_checksum()
    {
        foreach (byte[] right in (byte[][])[UdpPacket(), IcmpPacket()])
        {
            for (int i = 0; i < right.Length; i++)
            {
                byte[] wrong = [.. right];
                wrong[i] ^= 0x10;
                bool isCovered = i is 0 or >= 6 and not 7; // not class, flow and hop limit, nor the length: what says it is longer was cut
                Assert.Equal(!isCovered, Ipv6Packet.TryParse(wrong, isChecksumPending: false, out _));
            }
        }
    }

    [Fact]
    public void A_checksum_that_is_pending_is_not_checked_and_one_that_was_not_made_is_wrong()
    {
        byte[] packet = UdpPacket();
        packet[46] ^= 0x55;
        Assert.False(Ipv6Packet.TryParse(packet, isChecksumPending: false, out _));
        Assert.True(Ipv6Packet.TryParse(packet, isChecksumPending: true, out _));
        packet[46] = packet[47] = 0;
        Assert.False(Ipv6Packet.TryParse(packet, isChecksumPending: false, out _));
    }

    [Fact]
    public void Of_a_packet_that_was_cut_the_payload_is_what_there_is()
    {
        byte[] packet = UdpPacket();
        for (int length = 0; length < packet.Length; length++)
        {
            Assert.Equal(
                length >= Ipv6Packet.UdpHeaderLength,
                Ipv6Packet.TryParse(packet.AsSpan(0, length), isChecksumPending: false, out Ipv6Packet cut));
            Assert.Equal(Math.Max(0, length - Ipv6Packet.UdpHeaderLength), cut.Payload.Length);
        }
    }

    [Theory]
    [InlineData(7)]
    [InlineData(14)]
    public void A_length_that_cannot_be_is_refused(byte length)
    {
        byte[] packet = UdpPacket();
        packet[45] = length;
        Assert.False(Ipv6Packet.TryParse(packet, isChecksumPending: true, out _));
    }

    private static byte[] UdpPacket() => Written(
        [2, 0x22, 2, 0x23, 0, (byte)(8 + Payload.Length), 0, 0, .. Payload], Ipv6Packet.Udp);

    private static byte[] IcmpPacket() => Written([133, 0, 0, 0, 0, 0, 0, 0], Ipv6Packet.IcmpV6);

    private static byte[] Written(byte[] content, byte protocol)
    {
        byte[] packet = [.. new byte[Ipv6Packet.HeaderLength], .. content];
        new Ipv6Header { Source = Source, Destination = Destination, Protocol = protocol, HopLimit = 255 }.Write(packet);
        return packet;
    }
}
