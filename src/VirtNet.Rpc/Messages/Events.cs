using VirtNet.Rpc.Driver;
using VirtNet.Wire.Xdr;

namespace VirtNet.Rpc.Messages;

/// <summary>Arguments of CONNECT_NETWORK_EVENT_REGISTER_ANY (313).</summary>
/// <param name="Network">Only events of this network, which need not exist.</param>
internal sealed record RegisterEventArguments(int EventId, NetworkRef? Network) : IXdrMessage<RegisterEventArguments>
{
    public static RegisterEventArguments Read(ref XdrReader reader) => new(
        EventId: reader.ReadInt32(),
        Network: reader.ReadOptionalNetwork());

    public void Write(ref XdrWriter writer)
    {
        writer.WriteInt32(EventId);
        writer.WriteOptionalNetwork(Network);
    }
}

/// <summary>Event NETWORK_EVENT_LIFECYCLE (315). A detail follows the event, which is always 0 for networks.</summary>
internal sealed record LifecycleMessage(int CallbackId, NetworkRef Network, int Event)
    : IXdrMessage<LifecycleMessage>
{
    public static LifecycleMessage Read(ref XdrReader reader)
    {
        LifecycleMessage message = new(
            CallbackId: reader.ReadInt32(),
            Network: reader.ReadNetwork(),
            Event: reader.ReadInt32());
        reader.ReadInt32();
        return message;
    }

    public void Write(ref XdrWriter writer)
    {
        writer.WriteInt32(CallbackId);
        writer.WriteNetwork(Network);
        writer.WriteInt32(Event);
        writer.WriteInt32(0);
    }
}

/// <summary>Event NETWORK_EVENT_CALLBACK_METADATA_CHANGE (446).</summary>
internal sealed record MetadataChangeMessage(int CallbackId, NetworkRef Network, int Type, string? NamespaceUri)
    : IXdrMessage<MetadataChangeMessage>
{
    public static MetadataChangeMessage Read(ref XdrReader reader) => new(
        CallbackId: reader.ReadInt32(),
        Network: reader.ReadNetwork(),
        Type: reader.ReadInt32(),
        NamespaceUri: reader.ReadOptionalString(RpcLimits.String));

    public void Write(ref XdrWriter writer)
    {
        writer.WriteInt32(CallbackId);
        writer.WriteNetwork(Network);
        writer.WriteInt32(Type);
        writer.WriteOptionalString(NamespaceUri, RpcLimits.String);
    }
}
