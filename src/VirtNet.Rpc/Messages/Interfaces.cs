using VirtNet.Rpc.Driver;
using VirtNet.Wire.Xdr;

namespace VirtNet.Rpc.Messages;

/// <summary>The handle of a host interface alone (nonnull_interface).</summary>
internal sealed record InterfaceMessage(InterfaceRef Interface) : IXdrMessage<InterfaceMessage>
{
    /// <summary>An empty name and an empty address.</summary>
    public const int MinSize = 4 + 4;

    public static InterfaceMessage Read(ref XdrReader reader) => new(new InterfaceRef(
        Name: reader.ReadString(RpcLimits.String),
        Mac: reader.ReadString(RpcLimits.String)));

    public void Write(ref XdrWriter writer)
    {
        writer.WriteString(Interface.Name, RpcLimits.String);
        writer.WriteString(Interface.Mac, RpcLimits.String);
    }
}

/// <summary>Arguments of INTERFACE_GET_XML_DESC (130).</summary>
internal sealed record InterfaceFlagsArguments(InterfaceRef Interface, uint Flags) : IXdrMessage<InterfaceFlagsArguments>
{
    public static InterfaceFlagsArguments Read(ref XdrReader reader) => new(
        Interface: InterfaceMessage.Read(ref reader).Interface,
        Flags: reader.ReadUInt32());

    public void Write(ref XdrWriter writer)
    {
        new InterfaceMessage(Interface).Write(ref writer);
        writer.WriteUInt32(Flags);
    }
}

/// <summary>Result of CONNECT_LIST_ALL_INTERFACES (284).</summary>
/// <param name="Count">How many there are, also where the list was not wanted.</param>
internal sealed record InterfaceListResult(IReadOnlyList<InterfaceRef> Interfaces, uint Count)
    : IXdrMessage<InterfaceListResult>
{
    public static InterfaceListResult Read(ref XdrReader reader)
    {
        var interfaces = new InterfaceRef[reader.ReadCount(RpcLimits.Interfaces, InterfaceMessage.MinSize)];
        for (int i = 0; i < interfaces.Length; i++)
        {
            interfaces[i] = InterfaceMessage.Read(ref reader).Interface;
        }

        return new InterfaceListResult(interfaces, reader.ReadUInt32());
    }

    public void Write(ref XdrWriter writer)
    {
        writer.WriteCount(Interfaces.Count, RpcLimits.Interfaces);
        foreach (InterfaceRef networkInterface in Interfaces)
        {
            new InterfaceMessage(networkInterface).Write(ref writer);
        }

        writer.WriteUInt32(Count);
    }
}
