using Microsoft.Extensions.Logging;
using VirtNet.Fabric.Local;
using VirtNet.Model;
using VirtNet.Rpc.Client;
using VirtNet.Rpc.Driver;

namespace VirtNet.Fabric.Serving;

/// <summary>The connection to virtnetd, made anew whenever it ends, and what it tells.</summary>
/// <param name="socket">virtnetd's.</param>
internal sealed class LocalSession(string socket, TimeProvider time, ILogger<LocalSession> logger)
{
    private static readonly TimeSpan RetryInterval = TimeSpan.FromMilliseconds(500);

    private LibvirtConnection? _connection;
    private string? _outage = "virtnetd was not asked yet";

    /// <summary>Null while virtnetd cannot be asked.</summary>
    public ILocalNetworks? Networks => Volatile.Read(ref _connection) is { } connection ? new VirtnetdNetworks(connection) : null;

    /// <summary>Why it cannot; null = it can.</summary>
    public string? Outage => Volatile.Read(ref _outage);

    /// <summary>A network was defined, undefined, started or stopped.</summary>
    public event Action<NetworkEvent.Lifecycle>? Happened;

    /// <summary>A guest got, prolonged or lost an address.</summary>
    public event Action<NetworkEvent.LeaseChanged>? LeaseChanged;

    /// <summary>The connection is made: what happened before is not known. With all networks that are defined.</summary>
    public event Action<IReadOnlyList<NetworkRef>>? Connected;

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                await using LibvirtConnection connection = await LibvirtConnection.OpenAsync(
                    LibvirtUri.ForSocket(socket), new LibvirtConnectionOptions { KeepAliveInterval = TimeSpan.FromSeconds(5) }, cancellationToken);
                await ListenAsync(connection, cancellationToken);
            }
            catch (VirtNetException e)
            {
                if (_outage is null)
                {
                    logger.Lost(e.Message);
                }

                Volatile.Write(ref _outage, e.Message);
            }
            finally
            {
                Volatile.Write(ref _connection, null);
            }

            await Task.Delay(RetryInterval, time, cancellationToken);
        }
    }

    private async Task ListenAsync(LibvirtConnection connection, CancellationToken cancellationToken)
    {
        await using NetworkEventSubscription lifecycle = await connection.SubscribeAsync(NetworkEventKind.Lifecycle, network: null, cancellationToken);
        await using NetworkEventSubscription leases = await connection.SubscribeAsync(NetworkEventKind.Lease, network: null, cancellationToken);
        IReadOnlyList<NetworkRef> networks = await new VirtnetdNetworks(connection).ListAsync(cancellationToken);
        Volatile.Write(ref _connection, connection);
        Volatile.Write(ref _outage, null);
        logger.Connected();
        Connected?.Invoke(networks);
        await Task.WhenAll(ReadLifecycleAsync(lifecycle, cancellationToken), ReadLeasesAsync(leases, cancellationToken));
        throw VirtNetException.OperationFailed("virtnetd has closed the connection");
    }

    private async Task ReadLifecycleAsync(NetworkEventSubscription lifecycle, CancellationToken cancellationToken)
    {
        await foreach (NetworkEvent happened in lifecycle.WithCancellation(cancellationToken))
        {
            if (happened is NetworkEvent.Lifecycle change)
            {
                Happened?.Invoke(change);
            }
        }
    }

    private async Task ReadLeasesAsync(NetworkEventSubscription leases, CancellationToken cancellationToken)
    {
        await foreach (NetworkEvent happened in leases.WithCancellation(cancellationToken))
        {
            if (happened is NetworkEvent.LeaseChanged change)
            {
                LeaseChanged?.Invoke(change);
            }
        }
    }
}

internal static partial class LocalSessionLog
{
    [LoggerMessage(EventId = 2160, Level = LogLevel.Information, Message = "virtnetd is reached")]
    public static partial void Connected(this ILogger logger);

    [LoggerMessage(EventId = 2161, Level = LogLevel.Warning, Message = "virtnetd is not reached: {Reason}")]
    public static partial void Lost(this ILogger logger, string reason);
}
