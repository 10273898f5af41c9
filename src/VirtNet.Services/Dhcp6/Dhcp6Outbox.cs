using VirtNet.Services.Leases;
using VirtNet.Services.Sockets;

namespace VirtNet.Services.Dhcp6;

/// <summary>Answers that tell of changed leases wait here until these are on disk. The loop's thread only.</summary>
internal sealed class Dhcp6Outbox(DatagramLoop loop, BridgePorts ports, LeaseStore store)
{
    private readonly CommitQueue<Reply> _uncommitted = new(
        loop, store, reply => reply.Endpoint.Transmit(reply.Client, reply.Message));

    public BridgePorts Ports => ports;

    /// <summary>Whether no answer waits.</summary>
    public bool IsEmpty => _uncommitted.IsEmpty;

    public void SendWhenCommitted(Dhcp6Endpoint endpoint, NetEndpoint client, ReadOnlySpan<byte> message) =>
        _uncommitted.Add(new Reply(endpoint, client, message.ToArray()));

    /// <inheritdoc cref="CommitQueue{T}.EndTurn"/>
    public void EndTurn() => _uncommitted.EndTurn();

    private readonly record struct Reply(Dhcp6Endpoint Endpoint, NetEndpoint Client, byte[] Message);
}
