using System.Net.Sockets;
using System.Text;
using VirtNet.Linux;
using VirtNet.Services.Dns.Answers;
using VirtNet.Services.Sockets;

namespace VirtNet.Services.Dns.Listening;

/// <summary>
/// Port 53 of one address of a bridge, by TCP, from guests and from this host itself. The kernel refuses connections
/// through any other interface.
/// </summary>
internal sealed class StreamListener : IAsyncDisposable
{
    private const int Backlog = 64;

    private readonly Socket _socket;
    private readonly StreamConnections _connections;
    private readonly CancellationTokenSource _stopping = new();
    private readonly Task _accepting;

    public StreamListener(StreamConnections connections, NetEndpoint local, string bridge)
    {
        _connections = connections;
        _socket = new Socket(local.Address.Family, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            if (local.Address.IsV6)
            {
                _socket.DualMode = false;
            }

            _socket.SetRawSocketOption(
                local.Address.IsV6 ? Libc.SolIpv6 : Libc.SolIp,
                local.Address.IsV6 ? Libc.Ipv6FreeBind : Libc.IpFreeBind,
                BitConverter.GetBytes(1));
            _socket.SetRawSocketOption(Libc.SolSocket, Libc.SoBindToDevice, Encoding.UTF8.GetBytes(bridge));
            _socket.Bind(local.ToIPEndPoint());
            _socket.Listen(Backlog);
        }
        catch
        {
            _socket.Dispose();
            throw;
        }

        _accepting = AcceptAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync().ConfigureAwait(false);
        _socket.Dispose();
        await _accepting.ConfigureAwait(false);
        _stopping.Dispose();
    }

    private async Task AcceptAsync()
    {
        while (!_stopping.IsCancellationRequested)
        {
            try
            {
                Socket client = await _socket.AcceptAsync(_stopping.Token).ConfigureAwait(false);
                _connections.Add(client);
            }
            catch (Exception e) when (e is OperationCanceledException or ObjectDisposedException)
            {
                return;
            }
            catch (SocketException e)
            {
                // Out of descriptors, or a client that was gone before its turn: others must go on being served.
                _connections.Logger.ConnectionEnded(_connections.Network.Name, e.Message);
                await Task.Delay(TimeSpan.FromMilliseconds(100), _connections.Clock, CancellationToken.None).ConfigureAwait(false);
            }
        }
    }
}
