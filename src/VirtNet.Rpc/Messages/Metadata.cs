using VirtNet.Rpc.Driver;
using VirtNet.Wire.Xdr;

namespace VirtNet.Rpc.Messages;

/// <summary>Arguments of NETWORK_SET_METADATA (444).</summary>
internal sealed record SetMetadataArguments(NetworkRef Network, MetadataChange Change)
    : IXdrMessage<SetMetadataArguments>
{
    public static SetMetadataArguments Read(ref XdrReader reader) => new(
        reader.ReadNetwork(),
        new MetadataChange(
            Type: reader.ReadInt32(),
            Value: reader.ReadOptionalString(RpcLimits.String),
            Key: reader.ReadOptionalString(RpcLimits.String),
            Uri: reader.ReadOptionalString(RpcLimits.String),
            Flags: reader.ReadUInt32()));

    public void Write(ref XdrWriter writer)
    {
        writer.WriteNetwork(Network);
        writer.WriteInt32(Change.Type);
        writer.WriteOptionalString(Change.Value, RpcLimits.String);
        writer.WriteOptionalString(Change.Key, RpcLimits.String);
        writer.WriteOptionalString(Change.Uri, RpcLimits.String);
        writer.WriteUInt32(Change.Flags);
    }
}

/// <summary>Arguments of NETWORK_GET_METADATA (445).</summary>
internal sealed record GetMetadataArguments(NetworkRef Network, int Type, string? Uri, uint Flags)
    : IXdrMessage<GetMetadataArguments>
{
    public static GetMetadataArguments Read(ref XdrReader reader) => new(
        Network: reader.ReadNetwork(),
        Type: reader.ReadInt32(),
        Uri: reader.ReadOptionalString(RpcLimits.String),
        Flags: reader.ReadUInt32());

    public void Write(ref XdrWriter writer)
    {
        writer.WriteNetwork(Network);
        writer.WriteInt32(Type);
        writer.WriteOptionalString(Uri, RpcLimits.String);
        writer.WriteUInt32(Flags);
    }
}
