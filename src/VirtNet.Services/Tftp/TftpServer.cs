using Microsoft.Extensions.Logging;
using Microsoft.Win32.SafeHandles;
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
    private readonly DatagramSocket _socket;
    private readonly uint _bridgeIndex;
    private TftpFolder _folder;

    public TftpServer(
        string network, string bridge, TftpFolder folder, DatagramLoop loop, TimeProvider clock, ILogger logger)
    {
        _network = network;
        _bridge = bridge;
        _clock = clock;
        _transfers = new TftpTransfers(clock);
        _tooMany = new WarningRate(clock);
        _leadsOut = new WarningRate(clock);
        _folder = folder;
        _loop = loop;
        _logger = logger;
        _bridgeIndex = Libc.InterfaceIndex(bridge);
        _socket = loop.Open(
            new DatagramSocketOptions(new NetEndpoint(NetAddress.AnyV4, Port)) { Device = bridge, ReuseAddress = true },
            OnRequest);
    }

    /// <summary>Whether it serves the bridge that has this name now: one made anew is another interface.</summary>
    public bool Serves(string bridge) => bridge == _bridge && Libc.InterfaceIndex(bridge) == _bridgeIndex;

    /// <summary>Serves another folder to requests from now on.</summary>
    public Task ChangeFolderAsync(TftpFolder folder) => _loop.InvokeAsync(() => _folder = folder);

    public async ValueTask DisposeAsync()
    {
        await _socket.DisposeAsync();
        await _loop.InvokeAsync(() =>
        {
            foreach (TftpTransfer transfer in _transfers.All)
            {
                transfer.End();
            }
        });
    }

    private void OnRequest(DatagramSocket socket, in Datagram datagram)
    {
        NetEndpoint client = datagram.Peer;
        NetAddress local = datagram.Destination;
        if (!TftpRequest.TryParse(datagram.Payload, out TftpRequest? request))
        {
            return;
        }

        request = _folder.RefusesBlockSize ? request with { BlockSize = null } : request;
        if (!IsToBeServed(request, client))
        {
            return;
        }

        try
        {
            if (!request.IsRead)
            {
                throw new TftpException(TftpError.AccessViolation, "files can only be read");
            }

            Begin(request, _folder.Open(request.File), client, local);
            _logger.TransferBegan(_bridge, request.File, client);
        }
        catch (TftpException e)
        {
            if (e is TftpLinkException && _leadsOut.TryTake(out long before))
            {
                _logger.LinkLeadsOut(_network, client.Address, request.File, _folder.Root, before);
            }

            _logger.RequestRefused(_bridge, request.File, client, e.Message);
            WireWriter writer = new(socket.Rent());
            TftpPackets.WriteError(ref writer, e.Error, e.Message);
            socket.Send(writer.Position, client, from: local);
        }
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

        if (_tooMany.TryTake(out long before))
        {
            _logger.TooManyTransfers(_network, client.Address, _transfers.CountOf(client.Address), _transfers.Count, before);
        }

        return false;
    }

    private void Begin(TftpRequest request, SafeFileHandle file, NetEndpoint client, NetAddress local)
    {
        DatagramSocketOptions options = new(new NetEndpoint(local, 0)) { Device = _bridge, PacketInfo = false };
        TftpTransfer transfer;
        try
        {
            transfer = new(request, file, client, handler => _loop.Open(options, handler), _loop, _clock,
                _transfers.Remove);
        }
        catch (SystemCallException)
        {
            file.Dispose();
            throw new TftpException(TftpError.Undefined, "the server has no socket for this transfer");
        }

        _transfers.Add(transfer);
        transfer.Begin();
    }
}
