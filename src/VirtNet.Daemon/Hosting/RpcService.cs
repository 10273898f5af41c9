using System.Net.Sockets;
using System.Threading.Channels;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using VirtNet.Daemon.Configuration;
using VirtNet.Rpc.Server.Connections;
using VirtNet.Services.Sockets;

namespace VirtNet.Daemon.Hosting;

/// <summary>Listens for clients.</summary>
internal sealed class RpcService(
    RpcServer server, DaemonPaths paths, DaemonOptions options, SystemdSockets inherited, KeptSockets kept, ILogger<RpcService> logger)
    : BackgroundService
{
    private readonly Channel<ListeningSocket> _anew = Channel.CreateUnbounded<ListeningSocket>();
    private readonly Lock _changing = new();
    private DaemonOptions _options = options;
    private ListeningSockets? _sockets;

    public override Task StartAsync(CancellationToken cancellationToken)
    {
        try
        {
            _sockets = ListeningSockets.Open(paths, _options, inherited, kept, logger);
        }
        catch (Exception e) when (e is SocketException or IOException or UnauthorizedAccessException)
        {
            throw new ConfigurationException($"cannot listen for clients: {e.Message}");
        }

        return base.StartAsync(cancellationToken);
    }

    /// <summary>Gives the sockets the rights of other settings than those they were opened with.</summary>
    public void ApplyRights(DaemonOptions changed)
    {
        lock (_changing)
        {
            _options = changed;
            _sockets?.ApplyRights(changed, logger);
        }
    }

    /// <summary>Whether somebody else listens where libvirt's clients are to find the daemon.</summary>
    public bool IsWaiting
    {
        get
        {
            lock (_changing)
            {
                return _sockets?.IsWaiting == true;
            }
        }
    }

    /// <summary>Listens again where somebody removed a socket.</summary>
    /// <param name="lost">Told of each that cannot be made anew.</param>
    public void Restore(Action<string> lost)
    {
        lock (_changing)
        {
            foreach (ListeningSocket socket in _sockets?.Restore(_options, lost, logger) ?? [])
            {
                _anew.Writer.TryWrite(socket);
            }
        }
    }

    public override void Dispose()
    {
        _sockets?.Dispose();
        base.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        List<Task> serving = [.. _sockets!.All.Select(Serve)];
        try
        {
            await foreach (ListeningSocket socket in _anew.Reader.ReadAllAsync(stoppingToken))
            {
                serving.Add(Serve(socket));
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // those who are connected are seen to their end
        }

        await Task.WhenAll(serving);

        Task Serve(ListeningSocket socket) => server.RunAsync(socket.Socket, socket.ReadOnly, stoppingToken);
    }
}
