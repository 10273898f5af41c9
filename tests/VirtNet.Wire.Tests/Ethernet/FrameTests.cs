using CsCheck;
using VirtNet.Wire.Ethernet;

namespace VirtNet.Wire.Tests.Ethernet;

public class FrameTests
{
    private static readonly byte[] Client = [0x52, 0x54, 0, 0, 0, 9];
    private static readonly byte[] Server = [0x52, 0x54, 0, 0, 0, 1];

    [Fact]
    public void Both_checksums_of_a_frame_verify() =>
        Gen.Byte.Array[0, 700].Sample(
            payload =>
            {
                byte[] frame = new byte[UdpFrame.HeaderLength + payload.Length];
                payload.CopyTo(frame, UdpFrame.HeaderLength);
                new UdpFrame
                {
                    DestinationMac = Client,
                    SourceMac = Server,
                    Destination = 0x0a4d000a,
                    Source = 0x0a4d0001,
                    DestinationPort = 68,
                    SourcePort = 67,
                }.WriteHeader(frame);

                ReadOnlySpan<byte> ip = frame.AsSpan(14);
                ulong pseudoHeader = InternetChecksum.Add(17 + (ulong)(ip.Length - 20), ip.Slice(12, 8));
                return InternetChecksum.Finish(InternetChecksum.Add(0, ip[..20])) == 0
                    && InternetChecksum.Finish(InternetChecksum.Add(pseudoHeader, ip[20..])) == 0
                    && (ip[26] | ip[27]) != 0;
            },
            iter: 2000);

    [Fact]
    public void The_checksum_is_the_example_of_the_rfc() =>
        // RFC 1071, 3: 0001 f203 f4f5 f6f7 sum up to ddf2
        Assert.Equal(0xffff - 0xddf2, InternetChecksum.Finish(InternetChecksum.Add(0, Convert.FromHexString("0001f203f4f5f6f7"))));

    [Fact]
    public void A_probe_names_no_sender_address()
    {
        byte[] frame = new byte[ArpMessage.FrameLength];
        WireWriter writer = new(frame);
        ArpMessage.WriteProbe(ref writer, Server, 0x0a4d000a);
        Assert.Equal(ArpMessage.FrameLength, writer.Position);
        Assert.True(ArpMessage.TryParse(frame, out ArpMessage probe));
        Assert.Equal(ArpMessage.Request, probe.Operation);
        Assert.Equal(Server, probe.SenderMac.ToArray());
        Assert.Equal(0u, probe.Sender);
        Assert.Equal(0x0a4d000au, probe.Target);
    }

    [Fact]
    public void A_shortened_or_foreign_frame_is_no_arp_message()
    {
        byte[] frame = new byte[ArpMessage.FrameLength];
        WireWriter writer = new(frame);
        ArpMessage.WriteProbe(ref writer, Server, 1);
        for (int length = 0; length < frame.Length; length++)
        {
            Assert.False(ArpMessage.TryParse(frame.AsSpan(0, length), out _));
        }

        frame[13] = 0;
        Assert.False(ArpMessage.TryParse(frame, out _));
    }
}
