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
    private readonly KeptSockets _kept;
    private readonly CancellationTokenSource _stopping = new();
    private readonly Task _accepting;

    /// <param name="bridge">Its number.</param>
    public StreamListener(StreamConnections connections, NetEndpoint local, int bridge, KeptSockets kept)
    {
        _connections = connections;
        _kept = kept;
        SocketBinding wanted = SocketBinding.Tcp(local, bridge);
        _socket = kept.Take(wanted) is { } left
            ? new Socket(new SafeSocketHandle(left.Detach(), ownsHandle: true))
            : kept.Open(wanted, () => Open(local, bridge));
        kept.Keep(_socket.SafeHandle);
        _accepting = AcceptAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await StopAcceptingAsync().ConfigureAwait(false);
        _kept.Release(_socket.SafeHandle);
        _socket.Dispose();
        _stopping.Dispose();
    }

    /// <summary>Who connects from now on waits for somebody else to accept.</summary>
    public async Task StopAcceptingAsync()
    {
        await _stopping.CancelAsync().ConfigureAwait(false);
        await _accepting.ConfigureAwait(false); // before it is closed: .NET disconnects a socket that is being used, for whoever has it
    }

    private static Socket Open(NetEndpoint local, int bridge)
    {
        // By the name that it has now: before Linux 5.0 there is no other way.
        string device = Libc.InterfaceName(bridge) ?? throw new SystemCallException("if_indextoname", SystemCallException.NoSuchDevice);
        Socket socket = new(local.Address.Family, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            if (local.Address.IsV6)
            {
                socket.DualMode = false;
            }

            socket.SetRawSocketOption(
                local.Address.IsV6 ? Libc.SolIpv6 : Libc.SolIp,
                local.Address.IsV6 ? Libc.Ipv6FreeBind : Libc.IpFreeBind,
                BitConverter.GetBytes(1));
            socket.SetRawSocketOption(Libc.SolSocket, Libc.SoBindToDevice, Encoding.UTF8.GetBytes(device));
            socket.Bind(local.ToIPEndPoint());
            socket.Listen(Backlog);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
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
