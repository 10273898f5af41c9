using VirtNet.Wire.Xdr;

namespace VirtNet.Rpc.Protocol;

/// <summary>The six words after a packet's length word.</summary>
/// <param name="Serial">Chosen by the caller, echoed in the reply.</param>
internal readonly record struct PacketHeader(
    uint Program, uint Version, int Procedure, PacketType Type, uint Serial, PacketStatus Status)
{
    /// <summary>The length word, which counts itself.</summary>
    public const int LengthSize = 4;

    /// <summary>Length word and header: the smallest packet there is.</summary>
    public const int Size = LengthSize + 24;

    public static PacketHeader Read(ref XdrReader reader) => new(
        Program: reader.ReadUInt32(),
        Version: reader.ReadUInt32(),
        Procedure: reader.ReadInt32(),
        Type: (PacketType)reader.ReadInt32(),
        Serial: reader.ReadUInt32(),
        Status: (PacketStatus)reader.ReadInt32());

    public void Write(ref XdrWriter writer)
    {
        writer.WriteUInt32(Program);
        writer.WriteUInt32(Version);
        writer.WriteInt32(Procedure);
        writer.WriteInt32((int)Type);
        writer.WriteUInt32(Serial);
        writer.WriteInt32((int)Status);
    }

    /// <summary>The header of the answer to a call with this one.</summary>
    public PacketHeader Reply(PacketStatus status) => this with { Type = PacketType.Reply, Status = status };
}

/// <summary>What a packet is (virNetMessageType). Streams have no use in a network daemon.</summary>
internal enum PacketType
{
    Call = 0,
    Reply = 1,

    /// <summary>An event or a keepalive packet: nobody answers it as such.</summary>
    Message = 2,

    /// <summary>
    /// A call with the number of descriptors before its arguments; the descriptors follow the packet, each with one
    /// byte of data.
    /// </summary>
    CallWithDescriptors = 4,
}

/// <summary>virNetMessageStatus; calls and events always carry <see cref="Ok"/>.</summary>
internal enum PacketStatus
{
    Ok = 0,

    /// <summary>The payload is a <see cref="RemoteError"/>.</summary>
    Error = 1,
}
