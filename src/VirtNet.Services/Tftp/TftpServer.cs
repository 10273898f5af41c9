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

    /// <summary>A network boot of a rack at once is well below; a flood of requests is not.</summary>
    private const int MaxTransfers = 256;

    private readonly HashSet<TftpTransfer> _transfers = [];
    private readonly DatagramLoop _loop;
    private readonly ILogger _logger;
    private readonly string _bridge;
    private readonly DatagramSocket _socket;
    private readonly uint _bridgeIndex;
    private TftpFolder _folder;

    public TftpServer(string bridge, TftpFolder folder, DatagramLoop loop, ILogger logger)
    {
        _bridge = bridge;
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
            foreach (TftpTransfer transfer in (TftpTransfer[])[.. _transfers])
            {
                transfer.End();
            }
        });
    }

    private void OnRequest(DatagramSocket socket, in Datagram datagram)
    {
        if (!TftpRequest.TryParse(datagram.Payload, out TftpRequest? request) || _transfers.Count >= MaxTransfers)
        {
            return;
        }

        NetEndpoint client = datagram.Peer;
        NetAddress local = datagram.Destination;
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
            _logger.RequestRefused(_bridge, request.File, client, e.Message);
            WireWriter writer = new(socket.Rent());
            TftpPackets.WriteError(ref writer, e.Error, e.Message);
            socket.Send(writer.Position, client, from: local);
        }
    }

    private void Begin(TftpRequest request, SafeFileHandle file, NetEndpoint client, NetAddress local)
    {
        DatagramSocketOptions options = new(new NetEndpoint(local, 0)) { Device = _bridge, PacketInfo = false };
        TftpTransfer transfer;
        try
        {
            transfer = new(request, file, client, handler => _loop.Open(options, handler), _loop, ended => _transfers.Remove(ended));
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
