using System.Net.Sockets;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using VirtNet.Daemon.Configuration;
using VirtNet.Rpc.Server;

namespace VirtNet.Daemon.Hosting;

/// <summary>Listens for clients.</summary>
internal sealed class RpcService(RpcServer server, DaemonPaths paths, DaemonOptions options, ILogger<RpcService> logger)
    : BackgroundService
{
    private ListeningSockets? _sockets;

    public override Task StartAsync(CancellationToken cancellationToken)
    {
        try
        {
            _sockets = ListeningSockets.Open(paths, options, logger);
        }
        catch (Exception e) when (e is SocketException or IOException or UnauthorizedAccessException)
        {
            throw new ConfigurationException($"cannot listen for clients: {e.Message}");
        }

        return base.StartAsync(cancellationToken);
    }

    /// <summary>Gives the sockets the rights of other settings than those they were opened with.</summary>
    public void ApplyRights(DaemonOptions options) => _sockets?.ApplyRights(options, logger);

    public override void Dispose()
    {
        _sockets?.Dispose();
        base.Dispose();
    }

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => Task.WhenAll(
        _sockets!.All.Select(socket => server.RunAsync(socket.Socket, socket.ReadOnly, stoppingToken)));
}
