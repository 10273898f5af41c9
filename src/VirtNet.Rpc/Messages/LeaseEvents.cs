using VirtNet.Rpc.Driver;
using VirtNet.Wire.Xdr;

namespace VirtNet.Rpc.Messages;

/// <summary>Arguments of our own REGISTER_LEASE_EVENTS.</summary>
/// <param name="Network">Only events of this network, which need not exist.</param>
internal sealed record RegisterLeaseEventsArguments(NetworkRef? Network) : IXdrMessage<RegisterLeaseEventsArguments>
{
    public static RegisterLeaseEventsArguments Read(ref XdrReader reader) => new(reader.ReadOptionalNetwork());

    public void Write(ref XdrWriter writer) => writer.WriteOptionalNetwork(Network);
}

/// <summary>Our own event LEASE_EVENT.</summary>
internal sealed record LeaseEventMessage(int CallbackId, NetworkRef Network, int Change, DhcpLease Lease)
    : IXdrMessage<LeaseEventMessage>
{
    public static LeaseEventMessage Read(ref XdrReader reader) => new(
        CallbackId: reader.ReadInt32(),
        Network: reader.ReadNetwork(),
        Change: reader.ReadInt32(),
        Lease: reader.ReadLease());

    public void Write(ref XdrWriter writer)
    {
        writer.WriteInt32(CallbackId);
        writer.WriteNetwork(Network);
        writer.WriteInt32(Change);
        writer.WriteLease(Lease);
    }
}
