using VirtNet.Cli.Connections;
using VirtNet.Model;
using VirtNet.Model.Conditions;
using VirtNet.Rpc.Client;
using VirtNet.Rpc.Driver;

namespace VirtNet.Cli.Tests.Fakes;

/// <summary>Connections to the fake daemon, or to nobody.</summary>
internal sealed class FakeConnector : IDaemonConnector
{
    public FakeNetworkDriver Driver { get; } = new();

    public List<PlanStep> Plan { get; } = [];

    /// <summary>What it says of definitions that it took.</summary>
    public IReadOnlyList<string> Warnings { get; set; } = [];

    /// <summary>Why a start would be refused.</summary>
    public VirtNetException? PlanRefusal { get; set; }

    /// <summary>The document that was planned last.</summary>
    public string? Planned { get; set; }

    public Func<string, RedefineFlags, Task<Redefinition>> Redefine { get; set; } =
        (_, _) => throw new InvalidOperationException("nothing is to be redefined here");

    /// <summary>What a release of leases finds.</summary>
    public IReadOnlyList<DhcpLease> Released { get; set; } = [];

    /// <summary>What it knows of addresses; by default it does not know of such questions, as a stock libvirt.</summary>
    public Func<SubnetQuestion, SubnetAnswer> FindSubnet { get; set; } =
        _ => throw new VirtNetException(VirErrorCode.NoSupport, "this function is not supported by the connection driver: virtnetFindSubnet");

    /// <summary>Leases that were handed over.</summary>
    public List<ImportedLeases> Imported { get; } = [];

    /// <summary>Why they are not taken.</summary>
    public VirtNetException? LeaseRefusal { get; set; }

    public ConditionBoard Conditions { get; } = new();

    /// <summary>Why it says nothing of them.</summary>
    public VirtNetException? PublicationsRefusal { get; set; }

    /// <summary>What was asked of publications, one for each call.</summary>
    public List<PublicationDetail> PublicationDetails { get; } = [];

    /// <summary>Whose carrier was taken away for a moment.</summary>
    public List<string> Reconnected { get; } = [];

    /// <summary>Why nobody's is.</summary>
    public VirtNetException? ReconnectRefusal { get; set; }

    /// <summary>What the daemon says is published.</summary>
    public List<PublicationInForce> Publications { get; } = [];

    /// <summary>Leases of all hosts of a network; null = it has those of its own.</summary>
    public SharedLeases? SharedLeases { get; set; }

    public string LogLevel { get; set; } = "info";

    /// <summary>Null = it is another program than virtnetd.</summary>
    public DaemonStatus? Status { get; set; }

    /// <summary>False = a stock libvirt.</summary>
    public bool KnowsConditions { get; set; } = true;

    public List<ConnectionTarget> Opened { get; } = [];

    public FakeConnection? Last { get; private set; }

    /// <summary>Why nobody can be reached.</summary>
    public VirtNetException? Failure { get; set; }

    /// <summary>Why this one cannot be reached.</summary>
    public Func<ConnectionTarget, VirtNetException?> Refuses { get; set; } = _ => null;

    /// <summary>Registrations of this kind are left unanswered.</summary>
    public NetworkEventKind? SilentKind { get; set; }

    /// <summary>The end of a registration is left unanswered.</summary>
    public bool IsSilentAtTheEnd { get; set; }

    /// <summary>Runs when a client has registered for events.</summary>
    public Action<FakeConnection>? Subscribed { get; set; }

    public Task<IDaemonConnection> OpenAsync(ConnectionTarget target, CancellationToken cancellationToken)
    {
        if ((Failure ?? Refuses(target)) is { } failure)
        {
            return Task.FromException<IDaemonConnection>(failure);
        }

        Opened.Add(target);
        Last = new FakeConnection(this, target.Uri);
        return Task.FromResult<IDaemonConnection>(Last);
    }
}

internal sealed record ImportedLeases(NetworkRef Network, IReadOnlyList<DhcpLease> Leases, string? ServerDuid);

internal sealed class FakeConnection(FakeConnector connector, string uri) : IDaemonConnection, IVirtNetExtensions
{
    private readonly TaskCompletionSource<ConnectionCloseReason> _closed =
        new(TaskCreationOptions.RunContinuationsAsynchronously);

    private Action<NetworkEvent>? _handler;

    public string Uri { get; } = uri;

    public INetworkDriver Networks => connector.Driver;

    public IVirtNetExtensions Extensions => this;

    public Task<ConnectionCloseReason> Closed => _closed.Task;

    public NetworkEventKind? Registered { get; private set; }

    public Task<ulong> GetLibraryVersionAsync(CancellationToken cancellationToken) => Task.FromResult(11_003_000UL);

    public async Task<IAsyncDisposable> SubscribeAsync(
        NetworkEventKind kind, NetworkRef? network, Action<NetworkEvent> handler, CancellationToken cancellationToken)
    {
        if (connector.SilentKind == kind)
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, cancellationToken);
        }

        _handler = handler;
        Registered = kind;
        connector.Subscribed?.Invoke(this);
        return new FakeSubscription(connector);
    }

    public Task<IReadOnlyList<PlanStep>> PlanAsync(string? name, string? xml, CancellationToken cancellationToken)
    {
        connector.Planned = xml;
        return connector.PlanRefusal is { } refusal
            ? Task.FromException<IReadOnlyList<PlanStep>>(refusal) : Task.FromResult<IReadOnlyList<PlanStep>>(connector.Plan);
    }

    public Task<IReadOnlyList<string>> GetWarningsAsync(string? name, string? xml, CancellationToken cancellationToken) =>
        Task.FromResult(connector.Warnings);

    public Task<Redefinition> RedefineAsync(string xml, RedefineFlags flags, CancellationToken cancellationToken) =>
        connector.Redefine(xml, flags);

    public Task<IReadOnlyList<DhcpLease>> ReleaseLeasesAsync(
        NetworkRef network, string? mac, string? address, CancellationToken cancellationToken) =>
        connector.Released is { Count: > 0 } released
            ? Task.FromResult(released)
            : Task.FromException<IReadOnlyList<DhcpLease>>(VirtNetException.OperationInvalid(
                $"network '{network.Name}' has no lease of {mac ?? address}"));

    public async Task<SubnetAnswer> FindSubnetAsync(SubnetQuestion question, CancellationToken cancellationToken)
    {
        await Task.CompletedTask; // what it throws is the call's, not the caller's
        return connector.FindSubnet(question);
    }

    public Task<string> ReconnectAsync(NetworkRef network, string mac, CancellationToken cancellationToken)
    {
        connector.Reconnected.Add(mac);
        return connector.ReconnectRefusal is { } refusal ? Task.FromException<string>(refusal) : Task.FromResult("veth7");
    }

    public Task<NetworkRef> RenameAsync(NetworkRef network, string name, CancellationToken cancellationToken) =>
        connector.Driver.RenameAsync(network, name);

    public Task<IReadOnlyList<PublicationInForce>> GetPublicationsAsync(
        NetworkRef? network, PublicationDetail detail, CancellationToken cancellationToken)
    {
        connector.PublicationDetails.Add(detail);
        return connector.PublicationsRefusal is { } refusal
            ? Task.FromException<IReadOnlyList<PublicationInForce>>(refusal)
            : Task.FromResult<IReadOnlyList<PublicationInForce>>(
                [.. connector.Publications.Where(publication => network is null || publication.Network.Uuid == network.Uuid)]);
    }

    public Task ShareLeasesAsync(NetworkRef network, LeaseSharing sharing, CancellationToken cancellationToken) => Task.CompletedTask;

    public async Task<SharedLeases> GetSharedLeasesAsync(NetworkRef network, CancellationToken cancellationToken) =>
        !connector.KnowsConditions
            ? throw new VirtNetException(VirErrorCode.NoSupport, "this function is not supported by the connection driver: virtnetGetSharedLeases")
        : connector.SharedLeases ?? new SharedLeases(
            Host: null,
            [.. (await connector.Driver.GetDhcpLeasesAsync(network, mac: null, flags: 0, cancellationToken)).Select(lease => new SharedLease(lease, Host: null))]);

    public Task KeepLinkedAsync(uint seconds, string? outage, CancellationToken cancellationToken) => Task.CompletedTask;

    public Task TellSharedAsync(NetworkRef network, string? obstacle, CancellationToken cancellationToken) => Task.CompletedTask;

    public Task<int> ImportLeasesAsync(
        NetworkRef network, IReadOnlyList<DhcpLease> leases, string? serverDuid, CancellationToken cancellationToken)
    {
        connector.Imported.Add(new ImportedLeases(network, leases, serverDuid));
        return connector.LeaseRefusal is { } refusal ? Task.FromException<int>(refusal) : Task.FromResult(leases.Count);
    }

    public Task<NetworkRef> AdoptAsync(
        NetworkRef network, string? liveXml, int bridgeIndex, string bridgeMac, CancellationToken cancellationToken) =>
        throw new NotSupportedException("there are no bridges here");

    public Task<IReadOnlyList<DhcpLease>> LetGoAsync(NetworkRef network, bool onlyServices, CancellationToken cancellationToken) =>
        throw new NotSupportedException("there are no bridges here");

    public Task<IReadOnlyList<Counter>> GetCountersAsync(NetworkRef network, CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyList<Counter>>(
            [new Counter("leases.ipv4", 2), new Counter("dhcp4.offers", 0), new Counter("dhcp4.dropped.port-limit", 70)]);

    public Task<string> GetMetricsAsync(NetworkRef? network, CancellationToken cancellationToken) => Task.FromResult(network is null
        ? "# HELP virtnet_rpc_calls_total Calls of clients.\n# TYPE virtnet_rpc_calls_total counter\nvirtnet_rpc_calls_total 3\n# EOF\n"
        : "# HELP virtnet_leases Addresses.\n# TYPE virtnet_leases gauge\n"
            + $"virtnet_leases{{network=\"{network.Name}\"}} 2\n# EOF\n");

    public Task<string> SetLogLevelAsync(string? level, CancellationToken cancellationToken) =>
        Task.FromResult(connector.LogLevel = level ?? connector.LogLevel);

    public Task<DaemonStatus> GetStatusAsync(CancellationToken cancellationToken) => connector.Status is { } status
        ? Task.FromResult(status)
        : Task.FromException<DaemonStatus>(new VirtNetException(VirErrorCode.NoSupport, "not here"));

    public Task<IReadOnlyList<Condition>> GetConditionsAsync(NetworkRef? network, CancellationToken cancellationToken) =>
        connector.KnowsConditions
            ? Task.FromResult(connector.Conditions.Of(network?.Uuid))
            : Task.FromException<IReadOnlyList<Condition>>(new VirtNetException(VirErrorCode.NoSupport, "not here"));

    public void Raise(NetworkEvent happened) => _handler?.Invoke(happened);

    public void Close(ConnectionCloseReason reason) => _closed.TrySetResult(reason);

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private sealed class FakeSubscription(FakeConnector connector) : IAsyncDisposable
    {
        public ValueTask DisposeAsync() =>
            connector.IsSilentAtTheEnd ? new ValueTask(Task.Delay(Timeout.InfiniteTimeSpan)) : ValueTask.CompletedTask;
    }
}
