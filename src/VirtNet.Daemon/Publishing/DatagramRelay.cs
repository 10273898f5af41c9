using System.Net;
using System.Net.Sockets;

namespace VirtNet.Daemon.Publishing;

/// <summary>Relays UDP: a client stays with its target until it has been silent for a while, or the target is none any more.</summary>
internal sealed class DatagramRelay(RelayRoom room, TimeProvider time)
    : PortRelay(new Socket(AddressFamily.InterNetworkV6, SocketType.Dgram, ProtocolType.Udp))
{
    private static readonly TimeSpan Silence = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan Breath = TimeSpan.FromMilliseconds(100);

    private readonly Lock _lock = new();
    private readonly Dictionary<EndPoint, Client> _clients = [];

    protected override async Task RunAsync()
    {
        byte[] buffer = new byte[ushort.MaxValue];
        EndPoint anybody = new IPEndPoint(IPAddress.IPv6Any, 0);
        while (!Stopping.IsCancellationRequested)
        {
            try
            {
                SocketReceiveFromResult heard = await Socket.ReceiveFromAsync(buffer, anybody, Stopping);
                if (Find(heard.RemoteEndPoint) is { } client)
                {
                    client.Ends.CancelAfter(Silence);
                    await client.Socket.SendAsync(buffer.AsMemory(0, heard.ReceivedBytes), Stopping);
                }
            }
            catch (SocketException) when (!Stopping.IsCancellationRequested)
            {
                await Task.WhenAny(Task.Delay(Breath, time, Stopping)); // the target refuses it, or no descriptors are left
            }
            catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
            {
                // nothing is published there any more, or the client's time was just over
            }
        }

        Task[] left;
        lock (_lock)
        {
            left = [.. _clients.Values.Select(client => client.Loop)];
        }

        await Task.WhenAll(left);
    }

    /// <returns>Null where there is no room for another one: datagrams may be lost.</returns>
    private Client? Find(EndPoint sender)
    {
        lock (_lock)
        {
            if (_clients.TryGetValue(sender, out Client? known))
            {
                if (Targets.Contains(known.Target))
                {
                    return known;
                }

                _ = known.Ends.CancelAsync(); // not here: what it ends wants this lock
                _clients.Remove(sender);
            }

            if (!room.TryEnter())
            {
                return null;
            }

            try
            {
                Client client = Open();
                client.Loop = AnswerAsync(sender, client);
                _clients.Add(sender, client);
                return client;
            }
            catch
            {
                room.Leave();
                throw;
            }
        }
    }

    private Client Open()
    {
        Client client = new(NextTarget(), new CancellationTokenSource(Silence, time));
        try
        {
            client.Socket.Connect(client.Target);
            return client;
        }
        catch
        {
            client.Dispose();
            throw;
        }
    }

    private async Task AnswerAsync(EndPoint sender, Client client)
    {
        await Task.Yield(); // who calls holds the lock
        using CancellationTokenSource end = CancellationTokenSource.CreateLinkedTokenSource(Stopping, client.Ends.Token);
        byte[] buffer = new byte[ushort.MaxValue];
        try
        {
            while (true)
            {
                try
                {
                    int length = await client.Socket.ReceiveAsync(buffer, end.Token);
                    client.Ends.CancelAfter(Silence);
                    await Socket.SendToAsync(buffer.AsMemory(0, length), sender, end.Token);
                }
                catch (SocketException) when (!end.IsCancellationRequested)
                {
                    await Task.Delay(Breath, time, end.Token); // refused, which may be over with the next one
                }
            }
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // silent for long, or nothing is published there any more
        }
        finally
        {
            lock (_lock)
            {
                if (_clients.GetValueOrDefault(sender) == client)
                {
                    _clients.Remove(sender);
                }
            }

            client.Dispose();
            room.Leave();
        }
    }

    private sealed class Client(IPEndPoint target, CancellationTokenSource ends) : IDisposable
    {
        public IPEndPoint Target { get; } = target;

        public Socket Socket { get; } = new(AddressFamily.InterNetworkV6, SocketType.Dgram, ProtocolType.Udp);

        /// <summary>Cancelled when it has been silent for long.</summary>
        public CancellationTokenSource Ends { get; } = ends;

        public Task Loop { get; set; } = Task.CompletedTask;

        public void Dispose()
        {
            Socket.Dispose();
            Ends.Dispose();
        }
    }
}
