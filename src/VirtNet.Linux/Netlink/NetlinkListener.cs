using System.Net.Sockets;

namespace VirtNet.Linux.Netlink;

/// <summary>Hears one message; must not keep it.</summary>
internal delegate void NetlinkMessageHandler(in NetlinkMessage message);

/// <summary>Reads the kernel's announcements until it is disposed, whatever happens to those who hear of them.</summary>
internal sealed class NetlinkListener : IAsyncDisposable
{
    /// <summary>After a failure to catch up nobody has to wait for the next announcement, but the kernel may need a moment.</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    private readonly CancellationTokenSource _end = new();
    private readonly Socket _socket;
    private readonly NetlinkMessageHandler _handle;
    private readonly Action<Exception?> _missed;
    private readonly TimeProvider _time;
    private readonly Task _reading;

    /// <param name="socket">The listener's own from here on.</param>
    /// <param name="missed">
    /// Told when the kernel had to drop announcements, or one could not be handled, and then why not: anything may have changed. When it
    /// fails, it is told again.
    /// </param>
    public NetlinkListener(Socket socket, NetlinkMessageHandler handle, Action<Exception?> missed, TimeProvider time)
    {
        _socket = socket;
        _handle = handle;
        _missed = missed;
        _time = time;
        _reading = ReadAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        await _reading;
        _socket.Dispose();
        _end.Dispose();
    }

    private async Task ReadAsync()
    {
        byte[] buffer = new byte[NetlinkSocket.DatagramLimit];
        try
        {
            while (true)
            {
                await HearAsync(buffer);
            }
        }
        catch (OperationCanceledException)
        {
            // disposed
        }
    }

    private async Task HearAsync(byte[] buffer)
    {
        int length;
        try
        {
            length = await _socket.ReceiveAsync(buffer.AsMemory(), SocketFlags.None, _end.Token);
        }
        catch (SocketException e)
        {
            bool dropped = e.SocketErrorCode == SocketError.NoBufferSpaceAvailable;
            await CatchUpAsync(dropped ? null : e);
            await Task.Delay(dropped ? TimeSpan.Zero : Pause, _time, _end.Token); // what is wrong with the socket may stay so
            return;
        }

        if (!TryHandle(buffer.AsSpan(0, length), out Exception? reason))
        {
            await CatchUpAsync(reason);
        }
    }

    private bool TryHandle(ReadOnlySpan<byte> datagram, out Exception? reason)
    {
        reason = null;
        try
        {
            foreach (NetlinkMessage message in new NetlinkMessages(datagram))
            {
                _handle(message);
            }

            return true;
        }
        catch (Exception e) // anybody may have anything announced: what one of them does to the handler must not end the listening
        {
            reason = e;
            return false;
        }
    }

    private async Task CatchUpAsync(Exception? reason)
    {
        while (true)
        {
            try
            {
                _missed(reason);
                return;
            }
            catch (Exception)
            {
                await Task.Delay(Pause, _time, _end.Token); // announcements wait meanwhile, or are missed as well
            }
        }
    }
}
