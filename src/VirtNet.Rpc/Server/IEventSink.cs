using VirtNet.Rpc.Transport;

namespace VirtNet.Rpc.Server;

/// <summary>Who takes events: a client's connection, a fake in tests. Must not block.</summary>
internal interface IEventSink
{
    void Send(OutgoingPacket packet);

    /// <summary>It cannot be told all that it asked for, so its connection ends.</summary>
    void Drop(string reason);
}
