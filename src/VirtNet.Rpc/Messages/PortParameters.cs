using VirtNet.Rpc.Driver;
using VirtNet.Wire.Xdr;

namespace VirtNet.Rpc.Messages;

/// <summary>Arguments of NETWORK_PORT_GET_PARAMETERS (407).</summary>
/// <param name="Count">How many the caller has room for; servers ignore it.</param>
internal sealed record GetPortParametersArguments(NetworkPortRef Port, int Count, uint Flags)
    : IXdrMessage<GetPortParametersArguments>
{
    public static GetPortParametersArguments Read(ref XdrReader reader) => new(
        Port: reader.ReadPort(),
        Count: reader.ReadInt32(),
        Flags: reader.ReadUInt32());

    public void Write(ref XdrWriter writer)
    {
        writer.WritePort(Port);
        writer.WriteInt32(Count);
        writer.WriteUInt32(Flags);
    }
}

/// <summary>
/// Result of NETWORK_PORT_GET_PARAMETERS. A count follows that libvirt leaves 0 and clients do not use.
/// </summary>
internal sealed record PortParametersResult(IReadOnlyList<TypedParameter> Parameters)
    : IXdrMessage<PortParametersResult>
{
    public static PortParametersResult Read(ref XdrReader reader)
    {
        IReadOnlyList<TypedParameter> parameters = reader.ReadTypedParameters(RpcLimits.PortParameters);
        reader.ReadInt32();
        return new PortParametersResult(parameters);
    }

    public void Write(ref XdrWriter writer)
    {
        writer.WriteTypedParameters(Parameters, RpcLimits.PortParameters);
        writer.WriteInt32(0);
    }
}

/// <summary>Arguments of NETWORK_PORT_SET_PARAMETERS (408).</summary>
internal sealed record SetPortParametersArguments(
    NetworkPortRef Port, IReadOnlyList<TypedParameter> Parameters, uint Flags) : IXdrMessage<SetPortParametersArguments>
{
    public static SetPortParametersArguments Read(ref XdrReader reader) => new(
        Port: reader.ReadPort(),
        Parameters: reader.ReadTypedParameters(RpcLimits.PortParameters),
        Flags: reader.ReadUInt32());

    public void Write(ref XdrWriter writer)
    {
        writer.WritePort(Port);
        writer.WriteTypedParameters(Parameters, RpcLimits.PortParameters);
        writer.WriteUInt32(Flags);
    }
}
