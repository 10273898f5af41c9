using VirtNet.Rpc.Driver;
using VirtNet.Wire.Xdr;

namespace VirtNet.Rpc.Messages;

/// <summary>Arguments of our own RECONNECT (12).</summary>
internal sealed record ReconnectArguments(NetworkRef Network, string Mac) : IXdrMessage<ReconnectArguments>
{
    public static ReconnectArguments Read(ref XdrReader reader) => new(
        Network: reader.ReadNetwork(),
        Mac: reader.ReadString(RpcLimits.String));

    public void Write(ref XdrWriter writer)
    {
        writer.WriteNetwork(Network);
        writer.WriteString(Mac, RpcLimits.String);
    }
}
