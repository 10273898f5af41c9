using VirtNet.Wire.Xdr;

namespace VirtNet.Rpc.Messages;

/// <summary>The arguments or the result of a procedure that has none.</summary>
internal sealed record Nothing : IXdrMessage<Nothing>
{
    private Nothing() { }

    public static Nothing Value { get; } = new();

    public static async Task<Nothing> After(Task task)
    {
        await task;
        return Value;
    }

    public static Nothing Read(ref XdrReader reader) => Value;

    public void Write(ref XdrWriter writer) { }
}

internal sealed record Int32Message(int Value) : IXdrMessage<Int32Message>
{
    public static Int32Message Read(ref XdrReader reader) => new(reader.ReadInt32());

    public void Write(ref XdrWriter writer) => writer.WriteInt32(Value);
}

/// <summary>An int that says yes (any number but zero) or no.</summary>
internal sealed record BooleanMessage(bool Value) : IXdrMessage<BooleanMessage>
{
    public static BooleanMessage Read(ref XdrReader reader) => new(reader.ReadBoolean());

    public void Write(ref XdrWriter writer) => writer.WriteBoolean(Value);
}

/// <summary>An unsigned hyper: the versions.</summary>
internal sealed record UInt64Message(ulong Value) : IXdrMessage<UInt64Message>
{
    public static UInt64Message Read(ref XdrReader reader) => new(reader.ReadUInt64());

    public void Write(ref XdrWriter writer) => writer.WriteUInt64(Value);
}

internal sealed record StringMessage(string Value) : IXdrMessage<StringMessage>
{
    public static StringMessage Read(ref XdrReader reader) => new(reader.ReadString(RpcLimits.String));

    public void Write(ref XdrWriter writer) => writer.WriteString(Value, RpcLimits.String);
}

/// <summary>A document: what is no UTF-8 in it is refused with it.</summary>
internal sealed record XmlMessage(string Xml) : IXdrMessage<XmlMessage>
{
    public static XmlMessage Read(ref XdrReader reader) => new(reader.ReadDocument(RpcLimits.String));

    public void Write(ref XdrWriter writer) => writer.WriteString(Xml, RpcLimits.String);
}

internal sealed record UuidMessage(Guid Value) : IXdrMessage<UuidMessage>
{
    public static UuidMessage Read(ref XdrReader reader) => new(reader.ReadUuid());

    public void Write(ref XdrWriter writer) => writer.WriteUuid(Value);
}
