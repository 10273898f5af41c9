using Microsoft.Extensions.Logging;
using Microsoft.Win32.SafeHandles;
using VirtNet.Linux;
using VirtNet.Services.Sockets;
using VirtNet.Wire;
using VirtNet.Wire.Tftp;

namespace VirtNet.Services.Tftp;

/// <summary>Serves one folder on one bridge. All state belongs to the loop's thread.</summary>
internal sealed class TftpServer : IAsyncDisposable
{
    private const ushort Port = 69;

    private readonly TftpTransfers _transfers;
    private readonly WarningRate _tooMany;
    private readonly WarningRate _leadsOut;
    private readonly TimeProvider _clock;
    private readonly DatagramLoop _loop;
    private readonly ILogger _logger;
    private readonly string _network;
    private readonly string _bridge;
    private readonly DatagramSocket[] _sockets;
    private readonly uint _bridgeIndex;
    private TftpFolder _folder;
    private int _mtu;
    private long _begun;
    private long _refused;
    private long _crowdedOut;

    /// <param name="mtu">Of the bridge, in octets.</param>
    public TftpServer(
        string network, string bridge, int mtu, TftpFolder folder, DatagramLoop loop, TimeProvider clock, ILogger logger)
    {
        _network = network;
        _bridge = bridge;
        _clock = clock;
        _transfers = new TftpTransfers(clock);
        _tooMany = new WarningRate(clock);
        _leadsOut = new WarningRate(clock);
        _folder = folder;
        _mtu = mtu;
        _loop = loop;
        _logger = logger;
        _bridgeIndex = Libc.InterfaceIndex(bridge);
        DatagramSocket v4 = Open(NetAddress.AnyV4);
        try
        {
            _sockets = [v4, Open(NetAddress.AnyV6)];
        }
        catch (SystemCallException e) when (e.Errno == SystemCallException.NoSuchFamily)
        {
            _sockets = [v4]; // a kernel without IPv6
        }
        catch
        {
            v4.DisposeAsync().AsTask().GetAwaiter().GetResult(); // nothing has begun on it
            throw;
        }
    }

    /// <summary>What became of requests so far. Written by the loop's thread; readers may see a number a moment late.</summary>
    public IEnumerable<NetworkCounter> Counters =>
    [
        new("tftp.begun", Volatile.Read(ref _begun)),
        new("tftp.refused", Volatile.Read(ref _refused)),
        new("tftp.crowded-out", Volatile.Read(ref _crowdedOut)),
    ];

    /// <summary>Whether it serves the bridge that has this name now: one made anew is another interface.</summary>
    public bool Serves(string bridge) => bridge == _bridge && Libc.InterfaceIndex(bridge) == _bridgeIndex;

    /// <summary>Serves another folder to requests from now on, in datagrams of another size.</summary>
    public Task ChangeAsync(TftpFolder folder, int mtu) => _loop.InvokeAsync(() => (_folder, _mtu) = (folder, mtu));

    public async ValueTask DisposeAsync()
    {
        foreach (DatagramSocket socket in _sockets)
        {
            await socket.DisposeAsync();
        }

        await _loop.InvokeAsync(() =>
        {
            foreach (TftpTransfer transfer in _transfers.All)
            {
                transfer.End();
            }
        });
    }

    private DatagramSocket Open(NetAddress any) => _loop.Open(
        new DatagramSocketOptions(new NetEndpoint(any, Port)) { Device = _bridge, ReuseAddress = true, IsKept = true }, OnRequest);

    private void OnRequest(DatagramSocket socket, in Datagram datagram)
    {
        NetEndpoint client = datagram.Peer;
        NetAddress local = datagram.Destination;
        if (!TftpRequest.TryParse(datagram.Payload, out TftpRequest? request))
        {
            Refuse(socket, datagram);
            return;
        }

        request = _folder.Rules.RefusesBlockSize ? request with { BlockSize = null } : request;
        if (!IsToBeServed(request, client))
        {
            return;
        }

        try
        {
            if (!request.IsRead || !request.IsKnownMode)
            {
                throw new TftpException(
                    TftpError.IllegalOperation, request.IsRead ? "unknown transfer mode" : "files can only be read");
            }

            Begin(request, _folder.For(client.Address).Open(request.File), client, local);
            _begun++;
            _logger.TransferBegan(_bridge, request.File, client);
        }
        catch (TftpException e)
        {
            if (e is TftpLinkException && _leadsOut.TryTake(out long before))
            {
                _logger.LinkLeadsOut(_network, client.Address, request.File, _folder.Root, before);
            }

            _refused++;
            _logger.RequestRefused(_bridge, request.File, client, e.Message);
            SendError(socket, client, local, e.Error, e.Message);
        }
    }

    /// <summary>What is no request is told so, unless it is an error itself (RFC 1350, 7) or nothing at all.</summary>
    private void Refuse(DatagramSocket socket, in Datagram datagram)
    {
        if (TftpRequest.DeservesError(datagram.Payload))
        {
            _refused++;
            SendError(socket, datagram.Peer, datagram.Destination, TftpError.IllegalOperation, "not a request");
        }
    }

    private static void SendError(DatagramSocket socket, NetEndpoint client, NetAddress local, TftpError error, string message)
    {
        WireWriter writer = new(socket.Rent());
        TftpPackets.WriteError(ref writer, error, message);
        socket.Send(writer.Position, client, from: local);
    }

    // Silence where there is no room: the client asks again, by when there may be.
    private bool IsToBeServed(TftpRequest request, NetEndpoint client)
    {
        if (_transfers.Find(client) is { } earlier)
        {
            if (earlier.IsRepeatedBy(request))
            {
                return false;
            }

            earlier.End(); // it has begun anew from the same port, as firmware does
        }

        if (_transfers.TryMakeRoom(client))
        {
            return true;
        }

        _crowdedOut++;
        if (_tooMany.TryTake(out long before))
        {
            _logger.TooManyTransfers(_network, client.Address, _transfers.CountOf(client.Address), _transfers.Count, before);
        }

        return false;
    }

    private void Begin(TftpRequest request, SafeFileHandle file, NetEndpoint client, NetAddress local)
    {
        DatagramSocketOptions options =
            new(new NetEndpoint(local, 0, client.Scope)) { Device = _bridge, PacketInfo = false };
        TftpTransfer transfer;
        try
        {
            transfer = new(
                request, file, client, _mtu, handler => _loop.Open(options, handler), _loop, _clock, _transfers.Remove);
        }
        catch (SystemCallException)
        {
            file.Dispose();
            throw new TftpException(TftpError.Undefined, "the server has no socket for this transfer");
        }
        catch (IOException)
        {
            file.Dispose();
            throw new TftpException(TftpError.Undefined, "the file cannot be read");
        }

        _transfers.Add(transfer);
        transfer.Begin();
    }
}
