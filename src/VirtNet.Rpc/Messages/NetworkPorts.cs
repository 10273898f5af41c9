using VirtNet.Rpc.Driver;
using VirtNet.Wire.Xdr;

namespace VirtNet.Rpc.Messages;

/// <summary>
/// A port's handle: the result of NETWORK_PORT_LOOKUP_BY_UUID (405) and NETWORK_PORT_CREATE_XML (406).
/// </summary>
internal sealed record PortMessage(NetworkPortRef Port) : IXdrMessage<PortMessage>
{
    public static PortMessage Read(ref XdrReader reader) => new(reader.ReadPort());

    public void Write(ref XdrWriter writer) => writer.WritePort(Port);
}

/// <summary>Arguments of NETWORK_PORT_GET_XML_DESC (409) and NETWORK_PORT_DELETE (410).</summary>
internal sealed record PortFlagsArguments(NetworkPortRef Port, uint Flags) : IXdrMessage<PortFlagsArguments>
{
    public static PortFlagsArguments Read(ref XdrReader reader) => new(
        Port: reader.ReadPort(),
        Flags: reader.ReadUInt32());

    public void Write(ref XdrWriter writer)
    {
        writer.WritePort(Port);
        writer.WriteUInt32(Flags);
    }
}

/// <summary>Arguments of NETWORK_PORT_LOOKUP_BY_UUID (405).</summary>
internal sealed record LookupPortArguments(NetworkRef Network, Guid Uuid) : IXdrMessage<LookupPortArguments>
{
    public static LookupPortArguments Read(ref XdrReader reader) => new(
        Network: reader.ReadNetwork(),
        Uuid: reader.ReadUuid());

    public void Write(ref XdrWriter writer)
    {
        writer.WriteNetwork(Network);
        writer.WriteUuid(Uuid);
    }
}

/// <summary>Arguments of NETWORK_PORT_CREATE_XML (406).</summary>
internal sealed record CreatePortArguments(NetworkRef Network, string Xml, uint Flags)
    : IXdrMessage<CreatePortArguments>
{
    public static CreatePortArguments Read(ref XdrReader reader) => new(
        Network: reader.ReadNetwork(),
        Xml: reader.ReadDocument(RpcLimits.String),
        Flags: reader.ReadUInt32());

    public void Write(ref XdrWriter writer)
    {
        writer.WriteNetwork(Network);
        writer.WriteString(Xml, RpcLimits.String);
        writer.WriteUInt32(Flags);
    }
}

/// <summary>Arguments of NETWORK_LIST_ALL_PORTS (404).</summary>
internal sealed record ListPortsArguments(NetworkRef Network, bool NeedResults, uint Flags)
    : IXdrMessage<ListPortsArguments>
{
    public static ListPortsArguments Read(ref XdrReader reader) => new(
        Network: reader.ReadNetwork(),
        NeedResults: reader.ReadBoolean(),
        Flags: reader.ReadUInt32());

    public void Write(ref XdrWriter writer)
    {
        writer.WriteNetwork(Network);
        writer.WriteBoolean(NeedResults);
        writer.WriteUInt32(Flags);
    }
}

/// <summary>Result of NETWORK_LIST_ALL_PORTS.</summary>
internal sealed record PortListResult(IReadOnlyList<NetworkPortRef> Ports, uint Count) : IXdrMessage<PortListResult>
{
    public static PortListResult Read(ref XdrReader reader)
    {
        var ports = new NetworkPortRef[reader.ReadCount(RpcLimits.Ports, NetworkXdr.MinPortSize)];
        for (int i = 0; i < ports.Length; i++)
        {
            ports[i] = reader.ReadPort();
        }

        return new PortListResult(ports, reader.ReadUInt32());
    }

    public void Write(ref XdrWriter writer)
    {
        writer.WriteCount(Ports.Count, RpcLimits.Ports);
        foreach (NetworkPortRef port in Ports)
        {
            writer.WritePort(port);
        }

        writer.WriteUInt32(Count);
    }
}
