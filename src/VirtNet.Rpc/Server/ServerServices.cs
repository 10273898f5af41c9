using Microsoft.Extensions.Logging;
using VirtNet.Rpc.Driver;
using VirtNet.Rpc.Transport;

namespace VirtNet.Rpc.Server;

/// <summary>What all connections of a server share.</summary>
internal sealed class ServerServices(
    RpcServerOptions options,
    INetworkDriver driver,
    INetworkEventSource events,
    ILeaseEventSource leaseEvents,
    IInterfaceDriver interfaces,
    IVirtNetExtensions extensions,
    TimeProvider timeProvider,
    ILogger logger,
    IClientAuthority? authority) : IDisposable
{
    private readonly UserShares _users = new(options.UserLimits, options.TrustedUserLimits);
    private readonly UserShares _readOnlyUsers = new(options.ReadOnlyUserLimits, options.TrustedUserLimits);
    private readonly CancellationTokenSource _changesAborted = new();
    private long _lastClientId;

    public RpcServerOptions Options => options;

    public INetworkDriver Driver => driver;

    public IInterfaceDriver Interfaces => interfaces;

    public IVirtNetExtensions Extensions => extensions;

    /// <summary>Null when connecting is proof enough.</summary>
    public IClientAuthority? Authority => authority;

    public TimeProvider TimeProvider => timeProvider;

    public ILogger Logger => logger;

    /// <summary>For lines that a client can cause as often as it likes.</summary>
    public LogPace ClientLog { get; } = new(timeProvider);

    public EventHub Hub { get; } = new(events, leaseEvents);

    public LargePacketBudget LargePackets { get; } = new(ServerLimits.LargePackets, timeProvider);

    /// <summary>Who is connected to sockets of either kind.</summary>
    public UserShares Users(bool readOnly) => readOnly ? _readOnlyUsers : _users;

    /// <summary>Cancelled when the server can wait no longer for the changes that run.</summary>
    public CancellationToken ChangesAborted => _changesAborted.Token;

    public Task AbortChangesAsync() => _changesAborted.CancelAsync();

    /// <summary>For the log only.</summary>
    public long NextClientId() => Interlocked.Increment(ref _lastClientId);

    public void Dispose()
    {
        Hub.Dispose();
        _changesAborted.Dispose();
    }
}
