using System.Collections.Concurrent;
using System.Net.Sockets;
using VirtNet.Rpc.Transport;

namespace VirtNet.Rpc.Server.Connections;

/// <summary>One listening socket and the connections that came in on it.</summary>
internal sealed class ClientListener(Socket listener, bool readOnly, Dispatcher dispatcher, ServerServices services) : IDisposable
{
    /// <summary>After accepting failed, usually for want of descriptors.</summary>
    private static readonly TimeSpan RetryDelay = TimeSpan.FromMilliseconds(100);

    private readonly ConcurrentDictionary<ClientConnection, Task> _connections = new();
    private readonly SemaphoreSlim _room = new(services.Options.MaxClients);
    private readonly UserShares _users = services.Users(readOnly);
    private int _refusing;

    public int Count => _connections.Count;

    /// <summary>
    /// Accepts until cancelled, then sees every connection to its end, as far as that comes in time. Nobody is accepted any
    /// more once the socket is closed; those who are connected stay.
    /// </summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        try
        {
            try
            {
                while (true)
                {
                    await WaitForRoomAsync(cancellationToken);
                    Serve(await AcceptAsync(cancellationToken));
                }
            }
            catch (ObjectDisposedException)
            {
                await Task.Delay(Timeout.InfiniteTimeSpan, services.TimeProvider, cancellationToken);
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            await DrainAsync();
        }
    }

    /// <summary>To be called when <see cref="RunAsync"/> has returned.</summary>
    public void Dispose() => _room.Dispose();

    /// <summary>Clients beyond the limit stay in the kernel's queue.</summary>
    private async Task WaitForRoomAsync(CancellationToken cancellationToken)
    {
        if (!_room.Wait(TimeSpan.Zero, cancellationToken))
        {
            if (services.ClientLog.TakeTurn())
            {
                services.Logger.ServerFull(services.Options.MaxClients);
            }

            await _room.WaitAsync(cancellationToken);
        }
    }

    private async Task<Socket> AcceptAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                return await listener.AcceptAsync(cancellationToken);
            }
            catch (SocketException e) when (e.SocketErrorCode == SocketError.OperationAborted)
            {
                throw new ObjectDisposedException(nameof(listener), e); // it was closed while it waited
            }
            catch (SocketException e) when (e.SocketErrorCode != SocketError.ConnectionAborted)
            {
                services.Logger.AcceptFailed(e);
                await Task.Delay(RetryDelay, services.TimeProvider, cancellationToken);
            }
            catch (SocketException)
            {
                // the client had second thoughts
            }
        }
    }

    private void Serve(Socket socket)
    {
        UnixPeer peer;
        try
        {
            peer = UnixPeer.Of(socket);
        }
        catch (SocketException)
        {
            socket.Dispose(); // gone before it could be asked for its credentials
            _room.Release();
            return;
        }

        if (_users.TryEnter(peer) is not { } share)
        {
            Refuse(socket, peer);
            _room.Release();
            return;
        }

        // Entered before it runs, so that it cannot leave before it is in.
        ClientConnection connection = new(services.NextClientId(), socket, peer, share, readOnly, dispatcher, services);
        TaskCompletionSource start = new(TaskCreationOptions.RunContinuationsAsynchronously);
        _connections[connection] = ServeAsync(connection, share, start.Task);
        start.SetResult();
    }

    private void Refuse(Socket socket, UnixPeer peer)
    {
        int limit = _users.LimitsOf(peer).Connections;
        if (services.ClientLog.TakeTurn())
        {
            services.Logger.UserRefused(peer.UserId, peer.ProcessId, limit);
        }

        if (Interlocked.Increment(ref _refusing) > ServerLimits.Refusals)
        {
            Interlocked.Decrement(ref _refusing);
            socket.Dispose();
            return;
        }

        _ = RefuseAsync(socket, peer.UserId, limit);
    }

    private async Task RefuseAsync(Socket socket, uint userId, int limit)
    {
        await RefusedClient.AnswerAsync(socket, ServerErrors.TooManyClientsOfUser(userId, limit), services.TimeProvider);
        Interlocked.Decrement(ref _refusing);
    }

    private async Task ServeAsync(ClientConnection connection, UserShare share, Task start)
    {
        await start;
        try
        {
            await using (connection)
            {
                await connection.RunAsync();
            }
        }
        finally
        {
            _connections.TryRemove(connection, out _);
            _users.Leave(share);
            _room.Release();
        }
    }

    private async Task DrainAsync()
    {
        foreach (ClientConnection connection in _connections.Keys)
        {
            connection.Drain();
        }

        try
        {
            await Task.WhenAll(_connections.Values).WaitAsync(services.Options.DrainTimeout, services.TimeProvider);
        }
        catch (TimeoutException)
        {
            services.Logger.DrainTimedOut(_connections.Count);
            foreach (ClientConnection connection in _connections.Keys)
            {
                connection.Abort();
            }

            await services.AbortChangesAsync();
            await AbandonAsync();
        }
    }

    /// <summary>What does not end now hangs in something that nobody can cancel, and must not keep the daemon.</summary>
    private async Task AbandonAsync()
    {
        try
        {
            await Task.WhenAll(_connections.Values).WaitAsync(services.Options.AbortTimeout, services.TimeProvider);
        }
        catch (TimeoutException)
        {
            services.Logger.AbortTimedOut(_connections.Count);
        }
    }
}
