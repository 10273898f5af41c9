using VirtNet.Rpc.Driver;
using VirtNet.Wire.Xdr;

namespace VirtNet.Rpc.Messages;

/// <summary>Arguments of our own ADOPT.</summary>
/// <param name="LiveXml">What runs, where it is another than what is defined.</param>
internal sealed record AdoptArguments(NetworkRef Network, string? LiveXml, int BridgeIndex, string BridgeMac) : IXdrMessage<AdoptArguments>
{
    public static AdoptArguments Read(ref XdrReader reader) => new(
        Network: reader.ReadNetwork(),
        LiveXml: reader.ReadOptionalString(RpcLimits.String),
        BridgeIndex: reader.ReadInt32(),
        BridgeMac: reader.ReadString(RpcLimits.String));

    public void Write(ref XdrWriter writer)
    {
        writer.WriteNetwork(Network);
        writer.WriteOptionalString(LiveXml, RpcLimits.String);
        writer.WriteInt32(BridgeIndex);
        writer.WriteString(BridgeMac, RpcLimits.String);
    }
}
