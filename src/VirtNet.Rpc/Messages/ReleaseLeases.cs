using VirtNet.Rpc.Driver;
using VirtNet.Wire.Xdr;

namespace VirtNet.Rpc.Messages;

/// <summary>Arguments of our own RELEASE_LEASES: exactly one of MAC and address.</summary>
internal sealed record ReleaseLeasesArguments(NetworkRef Network, string? Mac, string? Address)
    : IXdrMessage<ReleaseLeasesArguments>
{
    public static ReleaseLeasesArguments Read(ref XdrReader reader) => new(
        Network: reader.ReadNetwork(),
        Mac: reader.ReadOptionalString(RpcLimits.String),
        Address: reader.ReadOptionalString(RpcLimits.String));

    public void Write(ref XdrWriter writer)
    {
        writer.WriteNetwork(Network);
        writer.WriteOptionalString(Mac, RpcLimits.String);
        writer.WriteOptionalString(Address, RpcLimits.String);
    }
}
