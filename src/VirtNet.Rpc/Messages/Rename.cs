using VirtNet.Rpc.Driver;
using VirtNet.Wire.Xdr;

namespace VirtNet.Rpc.Messages;

/// <summary>Arguments of our own RENAME (10).</summary>
internal sealed record RenameArguments(NetworkRef Network, string Name) : IXdrMessage<RenameArguments>
{
    public static RenameArguments Read(ref XdrReader reader) => new(
        Network: reader.ReadNetwork(),
        Name: reader.ReadString(RpcLimits.String));

    public void Write(ref XdrWriter writer)
    {
        writer.WriteNetwork(Network);
        writer.WriteString(Name, RpcLimits.String);
    }
}
