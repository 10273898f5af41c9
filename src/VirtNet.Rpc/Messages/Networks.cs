using VirtNet.Rpc.Driver;
using VirtNet.Wire.Xdr;

namespace VirtNet.Rpc.Messages;

/// <summary>A network's handle alone: most network calls, and the results of define, create and lookup.</summary>
internal sealed record NetworkMessage(NetworkRef Network) : IXdrMessage<NetworkMessage>
{
    public static NetworkMessage Read(ref XdrReader reader) => new(reader.ReadNetwork());

    public void Write(ref XdrWriter writer) => writer.WriteNetwork(Network);
}

/// <summary>Arguments of NETWORK_GET_XML_DESC (43).</summary>
internal sealed record NetworkFlagsArguments(NetworkRef Network, uint Flags) : IXdrMessage<NetworkFlagsArguments>
{
    public static NetworkFlagsArguments Read(ref XdrReader reader) => new(
        Network: reader.ReadNetwork(),
        Flags: reader.ReadUInt32());

    public void Write(ref XdrWriter writer)
    {
        writer.WriteNetwork(Network);
        writer.WriteUInt32(Flags);
    }
}

/// <summary>Arguments of NETWORK_SET_AUTOSTART (48).</summary>
internal sealed record SetAutostartArguments(NetworkRef Network, bool Autostart) : IXdrMessage<SetAutostartArguments>
{
    public static SetAutostartArguments Read(ref XdrReader reader) => new(
        Network: reader.ReadNetwork(),
        Autostart: reader.ReadBoolean());

    public void Write(ref XdrWriter writer)
    {
        writer.WriteNetwork(Network);
        writer.WriteBoolean(Autostart);
    }
}

/// <summary>Arguments of NETWORK_DEFINE_XML_FLAGS (432) and NETWORK_CREATE_XML_FLAGS (437).</summary>
internal sealed record XmlFlagsArguments(string Xml, uint Flags) : IXdrMessage<XmlFlagsArguments>
{
    public static XmlFlagsArguments Read(ref XdrReader reader) => new(
        Xml: reader.ReadDocument(RpcLimits.String),
        Flags: reader.ReadUInt32());

    public void Write(ref XdrWriter writer)
    {
        writer.WriteString(Xml, RpcLimits.String);
        writer.WriteUInt32(Flags);
    }
}

/// <summary>Arguments of NETWORK_UPDATE (291), in the order of feature 16: command before section.</summary>
internal sealed record NetworkUpdateArguments(NetworkRef Network, NetworkUpdateRequest Request)
    : IXdrMessage<NetworkUpdateArguments>
{
    public static NetworkUpdateArguments Read(ref XdrReader reader) => new(
        reader.ReadNetwork(),
        new NetworkUpdateRequest(
            Command: reader.ReadUInt32(),
            Section: reader.ReadUInt32(),
            ParentIndex: reader.ReadInt32(),
            Xml: reader.ReadDocument(RpcLimits.String),
            Flags: reader.ReadUInt32()));

    public void Write(ref XdrWriter writer)
    {
        writer.WriteNetwork(Network);
        writer.WriteUInt32(Request.Command);
        writer.WriteUInt32(Request.Section);
        writer.WriteInt32(Request.ParentIndex);
        writer.WriteString(Request.Xml, RpcLimits.String);
        writer.WriteUInt32(Request.Flags);
    }
}
