using System.Net.Sockets;

namespace VirtNet.Daemon.Publishing;

/// <summary>Relays TCP: a connection stays with its target until an end of it closes, or nothing is published there any more.</summary>
internal sealed class StreamRelay(RelayRoom room, TimeProvider time)
    : PortRelay(new Socket(AddressFamily.InterNetworkV6, SocketType.Stream, ProtocolType.Tcp))
{
    private const int Backlog = 128;
    private const int BufferSize = 16 * 1024;

    private static readonly TimeSpan ConnectLimit = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Breath = TimeSpan.FromMilliseconds(100);

    private readonly TaskCompletionSource _empty = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _clients = 1; // the loop itself

    protected override void Listen() => Socket.Listen(Backlog);

    protected override async Task RunAsync()
    {
        while (!Stopping.IsCancellationRequested)
        {
            try
            {
                Socket client = await Socket.AcceptAsync(Stopping);
                if (room.TryEnter())
                {
                    Interlocked.Increment(ref _clients);
                    _ = ServeAsync(client);
                }
                else
                {
                    Refuse(client);
                }
            }
            catch (SocketException) when (!Stopping.IsCancellationRequested)
            {
                await Task.WhenAny(Task.Delay(Breath, time, Stopping)); // no descriptors are left, or the client has gone
            }
            catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
            {
                break;
            }
        }

        Left();
        await _empty.Task;
    }

    private async Task ServeAsync(Socket client)
    {
        try
        {
            using Socket target = await ConnectAsync(client);
            using CancellationTokenSource end = CancellationTokenSource.CreateLinkedTokenSource(Stopping);
            Task[] ways = [CopyAsync(client, target, end), CopyAsync(target, client, end)];
            await Task.WhenAll(ways);
            client.Dispose();
        }
        catch (Exception e) when (e is SocketException or OperationCanceledException or ObjectDisposedException)
        {
            Refuse(client);
        }
        finally
        {
            room.Leave();
            Left();
        }
    }

    private async Task<Socket> ConnectAsync(Socket client)
    {
        client.NoDelay = true;
        using CancellationTokenSource limit = new(ConnectLimit, time);
        using CancellationTokenSource either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, Stopping);
        Socket target = new(AddressFamily.InterNetworkV6, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await target.ConnectAsync(NextTarget(), either.Token);
            return target;
        }
        catch
        {
            target.Dispose();
            throw;
        }
    }

    /// <summary>Hands on until one end says that there is no more; what fails ends both ways.</summary>
    private static async Task CopyAsync(Socket from, Socket to, CancellationTokenSource end)
    {
        try
        {
            byte[] buffer = new byte[BufferSize];
            int length;
            while ((length = await from.ReceiveAsync(buffer, end.Token)) > 0)
            {
                for (int sent = 0; sent < length;)
                {
                    sent += await to.SendAsync(buffer.AsMemory(sent, length - sent), end.Token);
                }
            }

            to.Shutdown(SocketShutdown.Send);
        }
        catch
        {
            await end.CancelAsync();
            throw;
        }
    }

    /// <summary>By a reset, not as if all had been said.</summary>
    private static void Refuse(Socket client)
    {
        client.LingerState = new LingerOption(enable: true, seconds: 0);
        client.Dispose();
    }

    private void Left()
    {
        if (Interlocked.Decrement(ref _clients) == 0)
        {
            _empty.SetResult();
        }
    }
}
