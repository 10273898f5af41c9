namespace VirtNet.Wire.Dns;

/// <summary>The fixed start of every message (RFC 1035, 4.1.1).</summary>
public readonly record struct DnsHeader(
    ushort Id, DnsFlags Flags, ushort Questions, ushort Answers, ushort Authorities, ushort Additionals)
{
    public const int Length = 12;

    public bool IsResponse => (Flags & DnsFlags.Response) != 0;

    /// <summary>0 = an ordinary query.</summary>
    public int Opcode => (int)(Flags & DnsFlags.OpcodeMask) >> 11;

    public DnsCode Code => (DnsCode)(Flags & DnsFlags.CodeMask);

    public static DnsHeader Read(ref WireReader reader) => new(
        reader.ReadUInt16(),
        (DnsFlags)reader.ReadUInt16(),
        reader.ReadUInt16(),
        reader.ReadUInt16(),
        reader.ReadUInt16(),
        reader.ReadUInt16());

    public void Write(ref WireWriter writer)
    {
        writer.WriteUInt16(Id);
        writer.WriteUInt16((ushort)Flags);
        writer.WriteUInt16(Questions);
        writer.WriteUInt16(Answers);
        writer.WriteUInt16(Authorities);
        writer.WriteUInt16(Additionals);
    }
}
