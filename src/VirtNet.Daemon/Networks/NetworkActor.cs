using VirtNet.Daemon.Files;
using VirtNet.Host;
using VirtNet.Model;
using VirtNet.Rpc.Driver;

namespace VirtNet.Daemon.Networks;

/// <summary>
/// One network: its operations run one after another, so nothing here needs a lock, and everybody may read the
/// latest <see cref="Snapshot"/>. A network that is gone takes no more operations.
/// </summary>
internal sealed partial class NetworkActor : IAsyncDisposable
{
    private readonly NetworkEnvironment _environment;
    private readonly Action<NetworkActor> _gone;
    private readonly BridgeUse _bridges;
    private readonly Mailbox _mailbox = new();
    private volatile NetworkSnapshot _snapshot;
    private volatile string? _whyDown;

    /// <param name="initial">What is known of the network; may be empty for one that is about to be defined.</param>
    /// <param name="bridges">Told of the bridges that the network has.</param>
    /// <param name="gone">Called when the network has neither a live nor a persistent definition any more.</param>
    public NetworkActor(
        NetworkRef identity, NetworkSnapshot initial, NetworkEnvironment environment, BridgeUse bridges,
        Action<NetworkActor> gone)
    {
        Identity = identity;
        _snapshot = initial;
        _environment = environment;
        _bridges = bridges;
        _gone = gone;
        bridges.Set(identity.Name, initial.BridgeNames);
        environment.Running.Set(identity.Name, initial.Live);
    }

    public NetworkRef Identity { get; }

    public NetworkSnapshot Snapshot
    {
        get => _snapshot;
        private set
        {
            _snapshot = value;
            _bridges.Set(Identity.Name, value.BridgeNames);
            _environment.Running.Set(Identity.Name, value.Live);
        }
    }

    /// <summary>How long the operation of this moment has been running; zero when there is none.</summary>
    public TimeSpan BusyFor => _mailbox.BusyFor;

    /// <summary>Why it is not active: what its last start failed with; null where somebody stopped it, or nobody started it.</summary>
    public string? WhyDown
    {
        get => _whyDown;
        private set => _whyDown = value;
    }

    private string Name => Identity.Name;

    public ValueTask DisposeAsync() => _mailbox.DisposeAsync();

    private async Task<T> InvokeAsync<T>(Func<Task<T>> operation, CancellationToken cancellationToken)
    {
        Hurry(); // its adoption comes first
        try
        {
            return await _mailbox.InvokeAsync(operation, cancellationToken);
        }
        catch (ObjectDisposedException)
        {
            throw NotThere();
        }
        catch (Exception e) when (HostErrors.IsOne(e))
        {
            throw HostErrors.Told($"network '{Name}'", e, VirErrorDomain.Network); // so that whoever asked has one kind of failure to expect
        }
    }

    private Task<bool> InvokeAsync(Func<Task> operation, CancellationToken cancellationToken) =>
        InvokeAsync(
            async () =>
            {
                await operation();
                return true;
            },
            cancellationToken);

    /// <summary>For operations on a network that must exist: one may have become its last before them.</summary>
    private Task<bool> InvokeExistingAsync(Func<Task> operation, CancellationToken cancellationToken) =>
        InvokeAsync(() => _snapshot.IsGone ? throw NotThere() : operation(), cancellationToken);

    private Task<T> InvokeExistingAsync<T>(Func<Task<T>> operation, CancellationToken cancellationToken) =>
        InvokeAsync(() => _snapshot.IsGone ? throw NotThere() : operation(), cancellationToken);

    private VirtNetException NotThere() => VirtNetException.NoNetwork(Identity.Uuid, Name);

    private void Publish(NetworkLifecycle change) =>
        _environment.Events.Publish(new NetworkEvent.Lifecycle(Identity, change));

    /// <summary>Takes no more operations; those that wait still run.</summary>
    public void Close() => _mailbox.Close();

    private void LeaveIfGone()
    {
        if (_snapshot.IsGone)
        {
            _gone(this);
        }
    }

    private NetworkDefinition RequireLive() =>
        _snapshot.Live ?? throw VirtNetException.OperationInvalid($"network '{Name}' is not active");
}
