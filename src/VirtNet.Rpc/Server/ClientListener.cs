using System.Collections.Concurrent;
using System.Net.Sockets;

namespace VirtNet.Rpc.Server;

/// <summary>One listening socket and the connections that came in on it.</summary>
internal sealed class ClientListener(Socket listener, bool readOnly, ServerServices services) : IDisposable
{
    /// <summary>After accepting failed, usually for want of descriptors.</summary>
    private static readonly TimeSpan RetryDelay = TimeSpan.FromMilliseconds(100);

    private readonly ConcurrentDictionary<ClientConnection, Task> _connections = new();
    private readonly SemaphoreSlim _room = new(services.Options.MaxClients);

    public int Count => _connections.Count;

    /// <summary>Accepts until cancelled, then sees every connection to its end.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        try
        {
            while (true)
            {
                await WaitForRoomAsync(cancellationToken);
                Serve(await AcceptAsync(cancellationToken));
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
            services.Logger.ServerFull(services.Options.MaxClients);
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
        ClientConnection connection;
        try
        {
            connection = new ClientConnection(services.NextClientId(), socket, readOnly, services);
        }
        catch (SocketException)
        {
            socket.Dispose(); // gone before it could be asked for its credentials
            _room.Release();
            return;
        }

        // Entered before it runs, so that it cannot leave before it is in.
        TaskCompletionSource start = new(TaskCreationOptions.RunContinuationsAsynchronously);
        _connections[connection] = ServeAsync(connection, start.Task);
        start.SetResult();
    }

    private async Task ServeAsync(ClientConnection connection, Task start)
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
            await Task.WhenAll(_connections.Values);
        }
    }
}
