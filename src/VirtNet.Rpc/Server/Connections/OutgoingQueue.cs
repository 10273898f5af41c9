using System.Net.Sockets;
using System.Threading.Channels;
using VirtNet.Rpc.Transport;

namespace VirtNet.Rpc.Server.Connections;

/// <summary>
/// What waits to be sent to one client. Replies always find room: there are only as many as the connection has call
/// slots, and each gives its slot back when it is on its way. Events and PONGs are bounded by their bytes, and so is all
/// that waits for the clients of one user. One loop sends, one packet after the other.
/// </summary>
/// <param name="end">Told when the client takes too little.</param>
internal sealed class OutgoingQueue(
    Socket socket, UserShare share, TimeSpan sendTimeout, TimeProvider timeProvider, ConnectionEnd end)
{
    /// <summary>A reply of this size is sent whatever else its user leaves waiting: there are few of them.</summary>
    private const int SmallReply = 4096;

    private readonly Channel<Entry> _entries =
        Channel.CreateUnbounded<Entry>(new UnboundedChannelOptions { SingleReader = true });

    private int _messageBytes;

    /// <param name="slot">Released once, when the reply was sent or thrown away.</param>
    public void EnqueueReply(OutgoingPacket packet, SemaphoreSlim slot)
    {
        if (!share.Queue(packet.Size) && packet.Size > SmallReply)
        {
            end.Drop("its user leaves too much waiting");
        }

        if (!_entries.Writer.TryWrite(new Entry(packet, slot)))
        {
            share.Dequeue(packet.Size);
            packet.Release();
            slot.Release();
        }
    }

    /// <summary>Ends the connection when too much waits already. Once the queue is complete, messages vanish.</summary>
    public void EnqueueMessage(OutgoingPacket packet)
    {
        bool fits = Interlocked.Add(ref _messageBytes, packet.Size) <= ServerLimits.QueuedMessages;
        bool fitsUser = share.Queue(packet.Size);
        if (!fits || !fitsUser)
        {
            end.Drop(fits ? "its user leaves too much waiting" : "it does not take what is sent to it");
            Forget(packet);
        }
        else if (!_entries.Writer.TryWrite(new Entry(packet, Slot: null)))
        {
            Forget(packet);
        }

        void Forget(OutgoingPacket packet)
        {
            Interlocked.Add(ref _messageBytes, -packet.Size);
            share.Dequeue(packet.Size);
            packet.Release();
        }
    }

    /// <summary>No further packets; those in the queue are still sent.</summary>
    public void Complete() => _entries.Writer.TryComplete();

    /// <summary>
    /// Sends until the queue is complete and empty; after a drop, throws away what is left. Never fails.
    /// </summary>
    public async Task RunAsync()
    {
        bool broken = false;
        await foreach (Entry entry in _entries.Reader.ReadAllAsync())
        {
            broken = broken || !await TrySendAsync(entry.Packet.Bytes);
            if (entry.Slot is null)
            {
                Interlocked.Add(ref _messageBytes, -entry.Packet.Size);
            }

            share.Dequeue(entry.Packet.Size);
            entry.Packet.Release();
            entry.Slot?.Release();
        }
    }

    private async ValueTask<bool> TrySendAsync(ReadOnlyMemory<byte> rest)
    {
        try
        {
            while (rest.Length > 0)
            {
                ValueTask<int> sending = socket.SendAsync(rest, end.Dropped);
                rest = rest[(sending.IsCompleted ? await sending : await WaitAsync(sending))..];
            }

            return true;
        }
        catch (SocketException)
        {
            return false; // the client is gone, as the reading side will find
        }
        catch (OperationCanceledException)
        {
            return false; // dropped: whoever did it said why
        }
    }

    private async ValueTask<int> WaitAsync(ValueTask<int> sending)
    {
        using ITimer timer = timeProvider.CreateTimer(
            _ => end.Drop($"it took nothing for {sendTimeout}"), null, sendTimeout, Timeout.InfiniteTimeSpan);
        return await sending;
    }

    private readonly record struct Entry(OutgoingPacket Packet, SemaphoreSlim? Slot);
}
