using VirtNet.Wire.Xdr;

namespace VirtNet.Rpc.Messages;

/// <summary>Arguments of our own SET_LOG_LEVEL.</summary>
internal sealed record SetLogLevelArguments(string? Level) : IXdrMessage<SetLogLevelArguments>
{
    public static SetLogLevelArguments Read(ref XdrReader reader) => new(reader.ReadOptionalString(RpcLimits.String));

    public void Write(ref XdrWriter writer) => writer.WriteOptionalString(Level, RpcLimits.String);
}
