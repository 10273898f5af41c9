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
    private readonly Action _missed;
    private readonly TimeProvider _time;
    private readonly Task _reading;

    /// <param name="socket">The listener's own from here on.</param>
    /// <param name="missed">
    /// Told when the kernel had to drop announcements, or one could not be handled: anything may have changed. When it fails, it
    /// is told again.
    /// </param>
    public NetlinkListener(Socket socket, NetlinkMessageHandler handle, Action missed, TimeProvider time)
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
                if (!await HearAsync(buffer))
                {
                    await CatchUpAsync();
                }
            }
        }
        catch (OperationCanceledException)
        {
            // disposed
        }
    }

    /// <returns>False when something was not heard, or not handled.</returns>
    private async Task<bool> HearAsync(byte[] buffer)
    {
        try
        {
            int length = await _socket.ReceiveAsync(buffer.AsMemory(), SocketFlags.None, _end.Token);
            foreach (NetlinkMessage message in new NetlinkMessages(buffer.AsSpan(0, length)))
            {
                _handle(message);
            }

            return true;
        }
        catch (SocketException e) when (e.SocketErrorCode == SocketError.NoBufferSpaceAvailable)
        {
            return false;
        }
        catch (IOException) // the handler asked the kernel something, and had no answer
        {
            return false;
        }
    }

    private async Task CatchUpAsync()
    {
        while (true)
        {
            try
            {
                _missed();
                return;
            }
            catch (IOException)
            {
                await Task.Delay(Pause, _time, _end.Token); // announcements wait meanwhile, or are missed as well
            }
        }
    }
}
