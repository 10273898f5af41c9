using System.Net.Sockets;

namespace VirtNet.Host.Netlink;

/// <summary>Hears one message; must not keep it.</summary>
internal delegate void NetlinkMessageHandler(in NetlinkMessage message);

/// <summary>Reads the kernel's announcements until it is disposed.</summary>
internal sealed class NetlinkListener : IAsyncDisposable
{
    private readonly CancellationTokenSource _end = new();
    private readonly Socket _socket;
    private readonly Task _reading;

    /// <param name="socket">The listener's own from here on.</param>
    /// <param name="missed">Told when the kernel had to drop announcements: anything may have changed.</param>
    public NetlinkListener(Socket socket, NetlinkMessageHandler handle, Action missed)
    {
        _socket = socket;
        _reading = ReadAsync(handle, missed);
    }

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        await _reading;
        _socket.Dispose();
        _end.Dispose();
    }

    private async Task ReadAsync(NetlinkMessageHandler handle, Action missed)
    {
        byte[] buffer = new byte[NetlinkSocket.DatagramLimit];
        while (true)
        {
            try
            {
                int length = await _socket.ReceiveAsync(buffer.AsMemory(), SocketFlags.None, _end.Token);
                foreach (NetlinkMessage message in new NetlinkMessages(buffer.AsSpan(0, length)))
                {
                    handle(message);
                }
            }
            catch (SocketException e) when (e.SocketErrorCode == SocketError.NoBufferSpaceAvailable)
            {
                missed();
            }
            catch (OperationCanceledException)
            {
                return;
            }
        }
    }
}
