using System.Buffers;
using VirtNet.Services.Leases;
using VirtNet.Services.Sockets;

namespace VirtNet.Services.Dhcp4;

/// <summary>
/// Answers on their way out: those that promise an address wait until its lease is on disk, all of a turn for the same
/// commit; the others go at the end of the turn. The loop's thread only.
/// </summary>
internal sealed class Dhcp4Outbox
{
    private readonly DatagramLoop _loop;
    private readonly LeaseStore _store;
    private readonly Stack<Batch> _unused = new();
    private Batch _batch;

    public Dhcp4Outbox(DatagramLoop loop, PacketSender frames, BridgePorts ports, LeaseStore store)
    {
        Ports = ports;
        _loop = loop;
        _store = store;
        Frames = frames;
        _batch = new Batch(this);
    }

    public PacketSender Frames { get; }

    public BridgePorts Ports { get; }

    /// <summary>Sends a frame (to a relay: what it carries) when all changes of leases made so far are on disk.</summary>
    public void SendWhenCommitted(Dhcp4Endpoint endpoint, Dhcp4Destination destination, ReadOnlySpan<byte> frame)
    {
        byte[] buffer = ArrayPool<byte>.Shared.Rent(frame.Length);
        frame.CopyTo(buffer);
        _batch.Replies.Add(new Reply(endpoint, destination, buffer, frame.Length));
    }

    /// <summary>To be called at the end of each turn of the loop.</summary>
    public void EndTurn()
    {
        if (_batch.Replies.Count > 0)
        {
            _store.WhenCommitted(_batch);
            _batch = _unused.TryPop(out Batch? unused) ? unused : new Batch(this);
        }

        Frames.Flush();
    }

    private void Send(Batch batch)
    {
        foreach (Reply reply in batch.Replies)
        {
            reply.Endpoint.Transmit(reply.Destination, reply.Buffer.AsSpan(0, reply.Length));
            ArrayPool<byte>.Shared.Return(reply.Buffer);
        }

        batch.Replies.Clear();
        _unused.Push(batch);
    }

    private readonly record struct Reply(Dhcp4Endpoint Endpoint, Dhcp4Destination Destination, byte[] Buffer, int Length);

    private sealed class Batch : ICommitWaiter
    {
        private readonly DatagramLoop _loop;
        private readonly Action _send;

        public Batch(Dhcp4Outbox outbox)
        {
            _loop = outbox._loop;
            _send = () => outbox.Send(this);
        }

        public List<Reply> Replies { get; } = [];

        public void OnCommitted() => _loop.Post(_send);
    }
}
