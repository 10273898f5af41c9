using System.Collections.Concurrent;
using System.Xml.Linq;
using VirtNet.Model;
using VirtNet.Model.Conditions;
using VirtNet.Rpc.Driver;

namespace VirtNet.Rpc.Tests.Fakes;

/// <summary>Networks that exist in memory only, with libvirt's rules as far as the tests need them.</summary>
internal sealed class FakeNetworkDriver : INetworkDriver, INetworkEventSource, ILeaseEventSource, IVirtNetExtensions
{
    private readonly Lock _lock = new();
    private readonly Dictionary<Guid, FakeNetwork> _networks = [];
    private readonly List<Action<NetworkEvent>> _handlers = [];
    private readonly List<Action<NetworkEvent.LeaseChanged>> _leaseHandlers = [];

    /// <summary>What was called, in the order of the beginnings.</summary>
    public ConcurrentQueue<string> Calls { get; } = new();

    /// <summary>A call of this name waits for the task, e.g. to stay unanswered for a while.</summary>
    public ConcurrentDictionary<string, Task> Delays { get; } = new();

    public List<DhcpLease> Leases { get; } = [];

    public NetworkUpdateRequest? LastUpdate { get; private set; }

    public async Task<IReadOnlyList<NetworkRef>> ListNetworksAsync(uint flags, CancellationToken cancellationToken)
    {
        await EnterAsync("list");
        lock (_lock)
        {
            return
            [
                .. _networks.Values.Where(n => Keeps(flags, 1, !n.Active, n.Active) && Keeps(flags, 4, n.Persistent, !n.Persistent)
                    && Keeps(flags, 16, n.Autostart, !n.Autostart)).Select(n => n.Ref),
            ];
        }

        static bool Keeps(uint flags, uint first, bool isFirst, bool isSecond) =>
            (flags & (first * 3)) == 0 || (isFirst && (flags & first) != 0) || (isSecond && (flags & (first * 2)) != 0);
    }

    public async Task<NetworkRef> LookupByNameAsync(string name, CancellationToken cancellationToken)
    {
        await EnterAsync("lookup");
        lock (_lock)
        {
            return _networks.Values.FirstOrDefault(n => n.Ref.Name == name)?.Ref
                ?? throw VirtNetException.NoNetworkWithName(name);
        }
    }

    public async Task<NetworkRef> LookupByUuidAsync(Guid uuid, CancellationToken cancellationToken)
    {
        await EnterAsync("lookup-uuid");
        lock (_lock)
        {
            return _networks.GetValueOrDefault(uuid)?.Ref ?? throw VirtNetException.NoNetworkWithUuid(uuid);
        }
    }

    public async Task<NetworkRef> DefineAsync(string xml, uint flags, CancellationToken cancellationToken)
    {
        await EnterAsync("define");
        FakeNetwork network = Put(xml, persistent: true);
        Raise(network, NetworkLifecycle.Defined);
        return network.Ref;
    }

    public async Task<NetworkRef> CreateAsync(string xml, uint flags, CancellationToken cancellationToken)
    {
        await EnterAsync("create");
        FakeNetwork network = Put(xml, persistent: false);
        network.Active = true;
        Raise(network, NetworkLifecycle.Started);
        return network.Ref;
    }

    public async Task StartAsync(NetworkRef network, CancellationToken cancellationToken)
    {
        await EnterAsync("start");
        FakeNetwork found = Find(network);
        if (found.Active)
        {
            throw VirtNetException.OperationInvalid("network is already active");
        }

        found.Active = true;
        Raise(found, NetworkLifecycle.Started);
    }

    public async Task DestroyAsync(NetworkRef network, CancellationToken cancellationToken)
    {
        await EnterAsync("destroy");
        FakeNetwork found = Find(network);
        if (!found.Active)
        {
            throw VirtNetException.OperationInvalid($"network '{found.Ref.Name}' is not active");
        }

        found.Active = false;
        Raise(found, NetworkLifecycle.Stopped);
        RemoveIfGone(found);
    }

    public async Task UndefineAsync(NetworkRef network, CancellationToken cancellationToken)
    {
        await EnterAsync("undefine");
        FakeNetwork found = Find(network);
        found.Persistent = false;
        Raise(found, NetworkLifecycle.Undefined);
        RemoveIfGone(found);
    }

    public async Task<string> GetXmlAsync(NetworkRef network, uint flags, CancellationToken cancellationToken)
    {
        await EnterAsync("xml");
        return Find(network).Xml;
    }

    public async Task<string> GetBridgeNameAsync(NetworkRef network, CancellationToken cancellationToken)
    {
        await EnterAsync("bridge");
        return Find(network).Bridge
            ?? throw VirtNetException.Internal($"network '{network.Name}' does not have a bridge name.");
    }

    public async Task<bool> GetAutostartAsync(NetworkRef network, CancellationToken cancellationToken)
    {
        await EnterAsync("autostart");
        return Find(network).Autostart;
    }

    public async Task SetAutostartAsync(NetworkRef network, bool autostart, CancellationToken cancellationToken)
    {
        await EnterAsync("set-autostart");
        Find(network).Autostart = autostart;
    }

    public async Task<bool> IsActiveAsync(NetworkRef network, CancellationToken cancellationToken)
    {
        await EnterAsync("active");
        return Find(network).Active;
    }

    public async Task<bool> IsPersistentAsync(NetworkRef network, CancellationToken cancellationToken)
    {
        await EnterAsync("persistent");
        return Find(network).Persistent;
    }

    public async Task UpdateAsync(NetworkRef network, NetworkUpdateRequest request, CancellationToken cancellationToken)
    {
        await EnterAsync("update");
        Find(network);
        LastUpdate = request;
    }

    public async Task<IReadOnlyList<DhcpLease>> GetDhcpLeasesAsync(
        NetworkRef network, string? mac, uint flags, CancellationToken cancellationToken)
    {
        await EnterAsync("leases");
        Find(network);
        return [.. Leases.Where(lease => mac is null || lease.Mac == mac)];
    }

    public async Task SetMetadataAsync(NetworkRef network, MetadataChange change, CancellationToken cancellationToken)
    {
        await EnterAsync("set-metadata");
        FakeNetwork found = Find(network);
        found.Metadata[(change.Type, change.Uri)] = change.Value;
        Raise(new NetworkEvent.MetadataChanged(found.Ref, change.Type, change.Uri));
    }

    public async Task<string> GetMetadataAsync(
        NetworkRef network, int type, string? uri, uint flags, CancellationToken cancellationToken)
    {
        await EnterAsync("metadata");
        return Find(network).Metadata.GetValueOrDefault((type, uri)) ?? throw new VirtNetException(
            VirErrorCode.NoNetworkMetadata, "metadata not found: Requested metadata element is not present");
    }

    public async Task<IReadOnlyList<NetworkPortRef>> ListPortsAsync(
        NetworkRef network, uint flags, CancellationToken cancellationToken)
    {
        await EnterAsync("ports");
        FakeNetwork found = Find(network);
        return [.. found.Ports.Keys.Select(uuid => new NetworkPortRef(found.Ref, uuid))];
    }

    public async Task<NetworkPortRef> LookupPortAsync(NetworkRef network, Guid uuid, CancellationToken cancellationToken)
    {
        await EnterAsync("port");
        FakeNetwork found = Find(network);
        return found.Ports.ContainsKey(uuid) ? new NetworkPortRef(found.Ref, uuid) : throw NoPort(uuid);
    }

    public async Task<NetworkPortRef> CreatePortAsync(
        NetworkRef network, string xml, uint flags, CancellationToken cancellationToken)
    {
        await EnterAsync("create-port");
        FakeNetwork found = Find(network);
        var uuid = Guid.Parse((string)XElement.Parse(xml).Element("uuid")!);
        found.Ports[uuid] = new FakePort(xml);
        return new NetworkPortRef(found.Ref, uuid);
    }

    public async Task<string> GetPortXmlAsync(NetworkPortRef port, uint flags, CancellationToken cancellationToken)
    {
        await EnterAsync("port-xml");
        return FindPort(port).Xml;
    }

    public async Task DeletePortAsync(NetworkPortRef port, uint flags, CancellationToken cancellationToken)
    {
        await EnterAsync("delete-port");
        FindPort(port);
        Find(port.Network).Ports.Remove(port.Uuid);
    }

    public async Task<IReadOnlyList<TypedParameter>> GetPortParametersAsync(
        NetworkPortRef port, uint flags, CancellationToken cancellationToken)
    {
        await EnterAsync("port-parameters");
        return FindPort(port).Parameters;
    }

    public async Task SetPortParametersAsync(
        NetworkPortRef port, IReadOnlyList<TypedParameter> parameters, uint flags, CancellationToken cancellationToken)
    {
        await EnterAsync("set-port-parameters");
        FindPort(port).Parameters = parameters;
    }

    public async Task<IReadOnlyList<PlanStep>> PlanAsync(string? name, string? xml, CancellationToken cancellationToken)
    {
        await EnterAsync("plan");
        return [new PlanStep("create", "link", "virbr7", name ?? xml!)];
    }

    public async Task<SubnetAnswer> FindSubnetAsync(SubnetQuestion question, CancellationToken cancellationToken)
    {
        await EnterAsync($"find-subnet {question.Wanted} hold {question.Hold}");
        return new SubnetAnswer("10.9.0.0/24", "network 'other' (10.0.0.0/8)", IsFirm: true);
    }

    public async Task<string> ReconnectAsync(NetworkRef network, string mac, CancellationToken cancellationToken)
    {
        await EnterAsync($"reconnect {network.Name} {mac}");
        return "vnet0";
    }

    public async Task<NetworkRef> RenameAsync(NetworkRef network, string name, CancellationToken cancellationToken)
    {
        await EnterAsync($"rename {network.Name} {name}");
        return network with { Name = name };
    }

    public Task ShareLeasesAsync(NetworkRef network, LeaseSharing sharing, CancellationToken cancellationToken) =>
        EnterAsync($"share-leases {sharing.Host} {sharing.IsAll} {sharing.Put.Count} {sharing.Removed.Count} {sharing.Warning}");

    public async Task<SharedLeases> GetSharedLeasesAsync(NetworkRef network, CancellationToken cancellationToken)
    {
        await EnterAsync("get-shared-leases");
        return new SharedLeases("h1", [.. Leases.Select(lease => new SharedLease(lease, "h2"))]);
    }

    public Task KeepLinkedAsync(uint seconds, string? outage, CancellationToken cancellationToken) => EnterAsync($"keep-linked {seconds} {outage}");

    public Task TellSharedAsync(NetworkRef network, string? obstacle, CancellationToken cancellationToken) => EnterAsync($"tell-shared {network.Name} {obstacle}");

    public async Task<int> ImportLeasesAsync(
        NetworkRef network, IReadOnlyList<DhcpLease> leases, string? serverDuid, CancellationToken cancellationToken)
    {
        await EnterAsync($"import-leases {serverDuid}");
        Leases.AddRange(leases);
        return leases.Count;
    }

    public async Task<NetworkRef> AdoptAsync(
        NetworkRef network, string? liveXml, int bridgeIndex, string bridgeMac, CancellationToken cancellationToken)
    {
        await EnterAsync($"adopt {bridgeIndex} {bridgeMac}");
        return network;
    }

    public async Task<IReadOnlyList<DhcpLease>> LetGoAsync(NetworkRef network, bool onlyServices, CancellationToken cancellationToken)
    {
        await EnterAsync($"let-go {onlyServices}");
        return Leases;
    }

    public async Task<IReadOnlyList<string>> GetWarningsAsync(string? name, string? xml, CancellationToken cancellationToken)
    {
        await EnterAsync("warnings");
        return [$"about {name ?? xml}"];
    }

    public async Task<Redefinition> RedefineAsync(string xml, RedefineFlags flags, CancellationToken cancellationToken)
    {
        await EnterAsync("redefine");
        return new Redefinition(
            new NetworkRef("default", Guid.Empty), flags != RedefineFlags.DryRun, [new RedefinedItem("mtu", null, xml, 0)]);
    }

    public async Task<IReadOnlyList<DhcpLease>> ReleaseLeasesAsync(
        NetworkRef network, string? mac, string? address, CancellationToken cancellationToken)
    {
        await EnterAsync("release-leases");
        DhcpLease[] ended = [.. Leases.Where(lease => lease.Mac == mac || lease.IpAddress == address)];
        Leases.RemoveAll(ended.Contains);
        return ended;
    }

    public async Task<IReadOnlyList<Counter>> GetCountersAsync(NetworkRef network, CancellationToken cancellationToken)
    {
        await EnterAsync("counters");
        return [new Counter("dhcp4.offers", 7)];
    }

    public async Task<string> GetMetricsAsync(NetworkRef? network, CancellationToken cancellationToken)
    {
        await EnterAsync("metrics");
        return $"# metrics of {network?.Name ?? "none"}\n# EOF\n";
    }

    public async Task<string> SetLogLevelAsync(string? level, CancellationToken cancellationToken)
    {
        await EnterAsync("log level");
        return level ?? "info";
    }

    public async Task<DaemonStatus> GetStatusAsync(CancellationToken cancellationToken)
    {
        await EnterAsync("status");
        return new DaemonStatus
        {
            Version = "0.1.0",
            Since = DateTimeOffset.UnixEpoch.AddSeconds(1_800_000_000),
            Firewall = "nftables",
            OtherFirewalls = ["ufw", "Docker"],
            Networks = 3,
            ActiveNetworks = 2,
            Clients = 1,
            AreLeasesStored = true,
            Repairs = [new Counter("address", 2)],
            Warnings = ["a disk is full"],
            Troubles = [new NetworkTrouble(new NetworkRef("lab", Guid.Empty), IsActive: false, "its bridge is somebody else's")],
            TroubledNetworks = 1,
        };
    }

    public async Task<IReadOnlyList<Condition>> GetConditionsAsync(NetworkRef? network, CancellationToken cancellationToken)
    {
        await EnterAsync("conditions");
        return [new Condition(ConditionKind.CutOff, network?.Name ?? "the daemon")];
    }

    public async Task<IReadOnlyList<PublicationInForce>> GetPublicationsAsync(
        NetworkRef? network, PublicationDetail detail, CancellationToken cancellationToken)
    {
        await EnterAsync("publications");
        return [];
    }

    public IDisposable Subscribe(Action<NetworkEvent> handler) => Subscribe(_handlers, handler);

    public IDisposable Subscribe(Action<NetworkEvent.LeaseChanged> handler) => Subscribe(_leaseHandlers, handler);

    /// <summary>How many want to know of leases.</summary>
    public int LeaseSubscriptions => _leaseHandlers.Count;

    public void Raise(NetworkEvent.LeaseChanged leaseEvent) => Raise(_leaseHandlers, leaseEvent);

    public void Raise(NetworkEvent networkEvent) => Raise(_handlers, networkEvent);

    private static VirtNetException NoPort(Guid uuid) => new(
        VirErrorCode.NoNetworkPort, $"network port not found: Network port with UUID {uuid} does not exist");

    private async Task EnterAsync(string call)
    {
        Calls.Enqueue(call);
        if (Delays.TryGetValue(call, out Task? delay))
        {
            await delay;
        }
    }

    private FakeNetwork Put(string xml, bool persistent)
    {
        XElement root = XElement.Parse(xml);
        string name = (string?)root.Element("name")
            ?? throw new VirtNetException(VirErrorCode.NoName, "missing name information");
        lock (_lock)
        {
            Guid uuid = root.Element("uuid") is { } given ? Guid.Parse((string)given) : Guid.NewGuid();
            if (_networks.Values.FirstOrDefault(n => n.Ref.Name == name) is { } other && other.Ref.Uuid != uuid)
            {
                throw VirtNetException.OperationFailed($"network '{name}' already exists with uuid {other.Ref.Uuid}");
            }

            FakeNetwork network = _networks.GetValueOrDefault(uuid) ?? new FakeNetwork(new NetworkRef(name, uuid));
            network.Xml = xml;
            network.Bridge = (string?)root.Element("bridge")?.Attribute("name");
            network.Persistent |= persistent;
            return _networks[uuid] = network;
        }
    }

    private FakeNetwork Find(NetworkRef network)
    {
        lock (_lock)
        {
            return _networks.GetValueOrDefault(network.Uuid) ?? throw VirtNetException.NoNetwork(network.Uuid, network.Name);
        }
    }

    private FakePort FindPort(NetworkPortRef port) =>
        Find(port.Network).Ports.GetValueOrDefault(port.Uuid) ?? throw NoPort(port.Uuid);

    private void RemoveIfGone(FakeNetwork network)
    {
        if (!network.Active && !network.Persistent)
        {
            lock (_lock)
            {
                _networks.Remove(network.Ref.Uuid);
            }
        }
    }

    private Subscription Subscribe<T>(List<Action<T>> handlers, Action<T> handler)
    {
        lock (_lock)
        {
            handlers.Add(handler);
        }

        return new Subscription(() =>
        {
            lock (_lock)
            {
                handlers.Remove(handler);
            }
        });
    }

    private void Raise<T>(List<Action<T>> handlers, T happened)
    {
        Action<T>[] told;
        lock (_lock)
        {
            told = [.. handlers];
        }

        foreach (Action<T> handler in told)
        {
            handler(happened);
        }
    }

    private void Raise(FakeNetwork network, NetworkLifecycle change) =>
        Raise(new NetworkEvent.Lifecycle(network.Ref, change));

    private sealed class FakeNetwork(NetworkRef handle)
    {
        public NetworkRef Ref { get; } = handle;

        public string Xml { get; set; } = "";

        public string? Bridge { get; set; }

        public bool Active { get; set; }

        public bool Persistent { get; set; }

        public bool Autostart { get; set; }

        public Dictionary<(int Type, string? Uri), string?> Metadata { get; } = [];

        public Dictionary<Guid, FakePort> Ports { get; } = [];
    }

    private sealed class FakePort(string xml)
    {
        public string Xml { get; } = xml;

        public IReadOnlyList<TypedParameter> Parameters { get; set; } = [new TypedParameter("inbound.average", 1000u)];
    }

    private sealed class Subscription(Action end) : IDisposable
    {
        public void Dispose() => end();
    }
}
