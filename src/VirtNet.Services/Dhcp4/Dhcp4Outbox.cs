using System.Buffers;
using VirtNet.Services.Leases;
using VirtNet.Services.Sockets;

namespace VirtNet.Services.Dhcp4;

/// <summary>
/// Answers on their way out: those that promise an address wait until its lease is on disk, all of a turn for the same
/// commit; the others go at the end of the turn. The loop's thread only.
/// </summary>
/// <remarks>
/// A disk that stood still for a moment lets go of all the answers that waited for it at once, thousands at times. Those
/// leave at a pace that a relay can read: a receive buffer of Linux's default size (net.core.rmem_default) holds some 270.
/// </remarks>
internal sealed class Dhcp4Outbox
{
    /// <summary>Answers that may leave in one go; half of such a buffer, since others may be in it.</summary>
    private const int Burst = 128;

    /// <summary>
    /// What one reader keeps up with while it asks on: with a disk that stands still for 0.4 s each second and 10,000 exchanges a
    /// second perfdhcp loses 1 to 2 % of them, 3 to 6 % at 20,000, and 31 % of what leaves at once.
    /// </summary>
    private const int MostPerSecond = 12_500;

    private readonly CommitQueue<Reply> _uncommitted;
    private readonly Queue<Reply> _due = new();
    private readonly TokenBucket _pace;
    private readonly LoopTimer _next;

    public Dhcp4Outbox(DatagramLoop loop, PacketSender frames, BridgePorts ports, LeaseStore store, TimeProvider clock)
    {
        _uncommitted = new CommitQueue<Reply>(loop, store, _due.Enqueue);
        _pace = new TokenBucket(Burst, MostPerSecond, clock);
        _next = loop.CreateTimer(SendDue);
        Ports = ports;
        Frames = frames;
    }

    public PacketSender Frames { get; }

    public BridgePorts Ports { get; }

    /// <summary>Whether no answer waits.</summary>
    public bool IsEmpty => _uncommitted.IsEmpty && _due.Count == 0;

    /// <summary>Sends a frame (to a relay: what it carries) when all changes of leases made so far are on disk.</summary>
    public void SendWhenCommitted(Dhcp4Endpoint endpoint, Dhcp4Destination destination, ReadOnlySpan<byte> frame)
    {
        byte[] buffer = ArrayPool<byte>.Shared.Rent(frame.Length);
        frame.CopyTo(buffer);
        _uncommitted.Add(new Reply(endpoint, destination, buffer, frame.Length));
    }

    /// <summary>To be called at the end of each turn of the loop.</summary>
    public void EndTurn()
    {
        _uncommitted.EndTurn();
        SendDue();
        Frames.Flush();
    }

    private void SendDue()
    {
        if (_due.Count == 0)
        {
            return;
        }

        for (int left = (int)_pace.Level; left > 0 && _due.TryDequeue(out Reply reply); left--)
        {
            _pace.Take();
            reply.Endpoint.Transmit(reply.Destination, reply.Buffer.AsSpan(0, reply.Length));
            ArrayPool<byte>.Shared.Return(reply.Buffer);
        }

        if (_due.Count > 0)
        {
            _next.Start(TimeSpan.FromMilliseconds(1));
        }
    }

    private readonly record struct Reply(Dhcp4Endpoint Endpoint, Dhcp4Destination Destination, byte[] Buffer, int Length);
}
