using VirtNet.Rpc.Driver;
using VirtNet.Rpc.Messages;
using VirtNet.Rpc.Protocol;
using VirtNet.Rpc.Transport;

namespace VirtNet.Rpc.Server;

/// <summary>What a registration is for; one connection has each at most once.</summary>
/// <param name="Network">Null for all networks.</param>
internal readonly record struct EventTopic(int EventId, Guid? Network)
{
    public const int LifecycleId = 0;
    public const int MetadataChangeId = 1;

    /// <summary>No id of libvirt's, so that no client can mean it by one.</summary>
    public const int LeaseId = int.MinValue;

    public static int IdOf(NetworkEvent happened) => happened switch
    {
        NetworkEvent.Lifecycle => LifecycleId,
        NetworkEvent.MetadataChanged => MetadataChangeId,
        _ => LeaseId,
    };

    /// <summary>The packet without a callback id, to be copied for each registration; false when it exceeds the protocol's limits.</summary>
    public static bool TryEncode(NetworkEvent happened, out OutgoingPacket packet)
    {
        const int anyCallback = 0;
        switch (happened)
        {
            case NetworkEvent.Lifecycle e:
                LifecycleMessage lifecycle = new(anyCallback, e.Network, (int)e.Change);
                return OutgoingPacket.TryEncode(Header(RemoteProcedures.LifecycleEvent), lifecycle, out packet);
            case NetworkEvent.MetadataChanged e:
                MetadataChangeMessage change = new(anyCallback, e.Network, e.Type, e.NamespaceUri);
                return OutgoingPacket.TryEncode(Header(RemoteProcedures.MetadataChangeEvent), change, out packet);
            case NetworkEvent.LeaseChanged e:
                LeaseEventMessage lease = new(anyCallback, e.Network, (int)e.Change, e.Lease);
                return OutgoingPacket.TryEncode(
                    Header(VirtNetProcedures.LeaseEvent, RpcPrograms.VirtNet), lease, out packet);
            default:
                throw new ArgumentException($"unknown event {happened.GetType().Name}", nameof(happened));
        }
    }

    /// <summary>Stock numbers its events 1, all of them.</summary>
    private static PacketHeader Header(int procedure, uint program = RpcPrograms.Remote) =>
        new(program, RpcPrograms.Version, procedure, PacketType.Message, Serial: 1, PacketStatus.Ok);
}
