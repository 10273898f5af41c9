namespace VirtNet.Wire.Ethernet;

/// <summary>An ARP message for IPv4 over Ethernet (RFC 826), borrowed from its frame. Addresses are numbers in host order.</summary>
public readonly ref struct ArpMessage
{
    public const ushort EtherType = 0x0806;

    /// <summary>The Ethernet header and the message.</summary>
    public const int FrameLength = 14 + 28;

    public const ushort Request = 1;

    public const ushort Reply = 2;

    public ushort Operation { get; init; }

    public ReadOnlySpan<byte> SenderMac { get; init; }

    public uint Sender { get; init; }

    public uint Target { get; init; }

    /// <summary>Reads a whole frame; false for anything but IPv4 over Ethernet.</summary>
    public static bool TryParse(ReadOnlySpan<byte> frame, out ArpMessage message)
    {
        WireReader reader = new(frame);
        reader.Skip(12);
        bool expected = reader.ReadUInt16() == EtherType && reader.ReadUInt16() == 1 && reader.ReadUInt16() == 0x0800
            && reader.ReadUInt16() == 0x0604;
        message = new ArpMessage
        {
            Operation = reader.ReadUInt16(),
            SenderMac = reader.ReadBytes(6),
            Sender = reader.ReadUInt32(),
            Target = TargetAddress(ref reader),
        };
        return expected && !reader.Failed;
    }

    /// <summary>
    /// Writes a probe: a broadcast question for an address that names no sender address, so that nobody's table learns
    /// anything from it (RFC 5227, 2.1.1).
    /// </summary>
    public static void WriteProbe(ref WireWriter writer, ReadOnlySpan<byte> sourceMac, uint target)
    {
        writer.WriteBytes([0xff, 0xff, 0xff, 0xff, 0xff, 0xff]);
        writer.WriteBytes(sourceMac);
        writer.WriteUInt16(EtherType);
        writer.WriteUInt16(1);
        writer.WriteUInt16(0x0800);
        writer.WriteUInt16(0x0604); // six octets of hardware address, four of protocol address
        writer.WriteUInt16(Request);
        writer.WriteBytes(sourceMac);
        writer.WriteUInt32(0);
        writer.WriteZeros(6);
        writer.WriteUInt32(target);
    }

    private static uint TargetAddress(ref WireReader reader)
    {
        reader.Skip(6);
        return reader.ReadUInt32();
    }
}
