using System.Net;
using System.Net.Sockets;
using System.Threading.Channels;
using VirtNet.Host;
using VirtNet.Host.Networks;
using VirtNet.Model;
using VirtNet.Model.Ports;
using VirtNet.Model.Publishing;
using VirtNet.Model.Subnets;

namespace VirtNet.Daemon.Tests.Fakes;

/// <summary>A host with links, which holds the definitions of networks, and may refuse one. It touches only what is marked.</summary>
internal sealed class FakeNetworkHost : INetworkHost
{
    private readonly Channel<Guid> _drift = Channel.CreateUnbounded<Guid>();

    /// <summary>By network, what the host was last brought to.</summary>
    public Dictionary<Guid, NetworkDefinition> Held { get; } = [];

    /// <summary>Links by name, with the network that they are marked for; null = somebody else's.</summary>
    public Dictionary<string, Guid?> Links { get; } = [];

    /// <summary>Guests on the bridges of networks.</summary>
    public Dictionary<Guid, IReadOnlyCollection<PluggedGuest>> Guests { get; } = [];

    /// <summary>The guest interfaces whose ports were deleted.</summary>
    public List<MacAddress> Released { get; } = [];

    /// <summary>By network, the guest interfaces that the host knew last.</summary>
    public Dictionary<Guid, ValueList<NetworkPort>> Ports { get; } = [];

    /// <summary>Says why a network cannot be put on the host; null = it can.</summary>
    public Func<NetworkDefinition, string?> Refuse { get; set; } = _ => null;

    /// <summary>Says why a network can be started on no host.</summary>
    public Func<NetworkDefinition, string?> RefuseAlways { get; set; } = _ => null;

    /// <summary>Says what stands against a change before anything is touched.</summary>
    public Func<NetworkDefinition, string?> RefuseChange { get; set; } = _ => null;

    /// <summary>Says why guests cannot be plugged in again; null = they can.</summary>
    public Func<NetworkDefinition, string?> RefusePlug { get; set; } = _ => null;

    /// <summary>A change of this network's host state waits for the task.</summary>
    public Func<NetworkDefinition, Task> Delay { get; set; } = _ => Task.CompletedTask;

    /// <summary>Networks that were brought to a state, in the order of the ends.</summary>
    public System.Collections.Concurrent.ConcurrentQueue<string> Ends { get; } = new();

    public bool OffloadsFlows { get; set; }

    public event Action? Looked
    {
        add { }
        remove { }
    }

    public event Action<Guid>? PortsChanged;

    public event Action? AddressesChanged
    {
        add { }
        remove { }
    }

    /// <summary>The kernel's numbers of links.</summary>
    public Dictionary<string, int> Indexes { get; } = [];

    /// <summary>By network, the guests that were looked for on its bridge.</summary>
    public Dictionary<Guid, IReadOnlyCollection<PluggedGuest>> Missed { get; } = [];

    public void ChangePorts(Guid network, IReadOnlyCollection<PluggedGuest> guests)
    {
        Guests[network] = guests;
        PortsChanged?.Invoke(network);
    }

    public BridgeRecord? RecordOf(NetworkDefinition network) =>
        network.OwnsBridge && StandingOf(network) == BridgeStanding.InPlace
            ? new BridgeRecord(Indexes.GetValueOrDefault(network.BridgeName!), [.. ListGuests(network)])
            : null;

    /// <summary>One that has guests.</summary>
    public bool IsDisowned(NetworkDefinition network, int index) =>
        StandingOf(network) == BridgeStanding.Lost && Indexes.GetValueOrDefault(network.BridgeName!) == index
        && Guests.GetValueOrDefault(network.Uuid!.Value)?.Count > 0;

    public void Miss(NetworkDefinition network, IReadOnlyCollection<PluggedGuest> guests) => Missed[network.Uuid!.Value] = guests;

    public ChannelReader<Guid> Drift => _drift.Reader;

    /// <summary>The host's place among those that networks span; null = it is none of them.</summary>
    public HostUnderlay? Underlay { get; set; }

    public System.Net.IPAddress? FindTunnelAddress(Guid network, uint vni) => Spans.GetValueOrDefault(network)?.Local;

    /// <summary>By network, how it was last to reach its other hosts.</summary>
    public Dictionary<Guid, HostSpan?> Spans { get; } = [];

    public System.Net.IPAddress? FindOwnAddress(IEnumerable<System.Net.IPAddress> hosts) => FindUnderlay([.. hosts])?.Address;

    /// <summary>Says why the kernel does not answer questions; null = it does.</summary>
    public Func<Exception?> FailLook { get; set; } = () => null;

    public HostUnderlay? FindUnderlay(IReadOnlyCollection<System.Net.IPAddress> hosts) =>
        FailLook() is { } failure ? throw failure : Underlay is { } underlay && hosts.Contains(underlay.Address) ? underlay : null;

    public Task<IReadOnlyList<HostChange>> StartAsync(NetworkHostState desired, CancellationToken cancellationToken)
    {
        string? reason = Refuse(desired.Network)
            ?? (StandingOf(desired.Network) == BridgeStanding.Lost ? "error creating bridge interface: File exists" : null);
        if (reason is not null)
        {
            return Task.FromException<IReadOnlyList<HostChange>>(VirtNetException.Internal(reason));
        }

        Hold(desired.Network);
        Published[desired.Network.Uuid!.Value] = desired.Publications;
        Spans[desired.Network.Uuid!.Value] = desired.Span;
        LetIn[desired.Network.Uuid!.Value] = desired.Peers;
        return Task.FromResult<IReadOnlyList<HostChange>>([new HostChange(null, null)]);
    }

    public Task CheckStartAsync(NetworkHostState desired, CancellationToken cancellationToken) =>
        Refuse(desired.Network) is { } reason ? Task.FromException(VirtNetException.Internal(reason)) : Task.CompletedTask;

    public Task UndoStartAsync(NetworkHostState started, IReadOnlyList<HostChange> changes)
    {
        Assert.NotEmpty(changes);
        Remove(started.Network);
        return Task.CompletedTask;
    }

    /// <summary>The bridges that were handed over.</summary>
    public List<BridgeMark> Adopted { get; } = [];

    /// <summary>A bridge is somebody else's only where <see cref="Links"/> says so of another network.</summary>
    public Task<IReadOnlyList<HostChange>> AdoptAsync(
        NetworkHostState desired, BridgeMark mark, CancellationToken cancellationToken)
    {
        NetworkDefinition network = desired.Network;
        string? reason = Refuse(network) ?? (Links.GetValueOrDefault(network.BridgeName!) is null ? null : "somebody else's");
        if (reason is not null)
        {
            return Task.FromException<IReadOnlyList<HostChange>>(VirtNetException.Internal(reason));
        }

        Adopted.Add(mark);
        Hold(network);
        Published[network.Uuid!.Value] = desired.Publications;
        return Task.FromResult<IReadOnlyList<HostChange>>([new HostChange(null, null)]);
    }

    public Task UndoAdoptAsync(NetworkHostState adopted, IReadOnlyList<HostChange> changes)
    {
        Assert.NotEmpty(changes);
        return LetGoAsync(adopted, CancellationToken.None);
    }

    public Task LetGoAsync(NetworkHostState last, CancellationToken cancellationToken)
    {
        Held.Remove(last.Network.Uuid!.Value);
        if (FailLook() is { } failure)
        {
            return Task.FromException(failure);
        }

        Links[last.Network.BridgeName!] = null;
        return Task.CompletedTask;
    }

    public void Plug(NetworkDefinition network, IReadOnlyCollection<PluggedGuest> guests) =>
        Guests[network.Uuid!.Value] = RefusePlug(network) is { } reason ? throw new IOException(reason) : guests;

    public VirtNetException? WhyNeverStarted(NetworkDefinition network) =>
        RefuseAlways(network) is { } reason ? VirtNetException.Internal(reason) : null;

    public Task CheckChangeAsync(
        NetworkDefinition before, NetworkHostState desired, CancellationToken cancellationToken) =>
        RefuseChange(desired.Network) is { } reason
            ? Task.FromException(VirtNetException.Internal(reason))
            : Task.CompletedTask;

    public async Task<Converged> ConvergeAsync(NetworkHostState desired, CancellationToken cancellationToken)
    {
        await Delay(desired.Network);
        if (Refuse(desired.Network) is { } reason)
        {
            throw VirtNetException.Internal(reason);
        }

        BridgeStanding standing = StandingOf(desired.Network);
        if (standing != BridgeStanding.Lost)
        {
            Hold(desired.Network);
            Published[desired.Network.Uuid!.Value] = desired.Publications;
            Spans[desired.Network.Uuid!.Value] = desired.Span;
            LetIn[desired.Network.Uuid!.Value] = desired.Peers;
            standing = BridgeStanding.InPlace;
        }

        Ports[desired.Network.Uuid!.Value] = desired.Ports;
        Ends.Enqueue(desired.Network.Name);
        return new Converged([], standing);
    }

    /// <summary>Says why the guests of a network cannot be listed; null = they can.</summary>
    public Func<NetworkDefinition, string?> RefuseList { get; set; } = _ => null;

    public IReadOnlyList<PluggedGuest> ListGuests(NetworkDefinition network) =>
        RefuseList(network) is { } reason ? throw new IOException(reason) : [.. Guests.GetValueOrDefault(network.Uuid!.Value) ?? []];

    /// <summary>What was done to the carrier of guests, in order.</summary>
    public System.Collections.Concurrent.ConcurrentQueue<string> Carriers { get; } = [];

    public PluggedGuest FindGuest(NetworkDefinition network, MacAddress mac) =>
        Guests.GetValueOrDefault(network.Uuid!.Value)?.FirstOrDefault(guest => guest.Mac == mac)
        ?? throw VirtNetException.OperationInvalid($"no port of network '{network.Name}' knows {mac}");

    public void SetCarrier(PluggedGuest guest, bool on) => Carriers.Enqueue($"{guest.Device} {(on ? "on" : "off")}");

    /// <summary>Called when a network is about to be removed.</summary>
    public Action Stopping { get; set; } = () => { };

    public Task StopAsync(NetworkHostState last, CancellationToken cancellationToken)
    {
        Stopping();
        Remove(last.Network);
        Guests.Remove(last.Network.Uuid!.Value);
        return Task.CompletedTask;
    }

    public Task<IReadOnlyList<HostChange>> PlanAsync(NetworkHostState desired, CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyList<HostChange>>([]);

    public void Release(Guid network, MacAddress mac) => Released.Add(mac);

    public BridgeStanding StandingOf(NetworkDefinition network) =>
        !network.OwnsBridge ? BridgeStanding.InPlace
        : !Links.TryGetValue(network.BridgeName!, out Guid? owner) ? BridgeStanding.Absent
        : owner == network.Uuid ? BridgeStanding.InPlace
        : BridgeStanding.Lost;

    public IReadOnlyDictionary<Guid, string> ListMarkedBridges() =>
        Links.Where(link => link.Value is not null).ToDictionary(link => link.Value!.Value, link => link.Key);

    /// <summary>What a look at other firewalls comes to, which is under way.</summary>
    public Func<CancellationToken, Task> Look { get; set; } = _ => Task.CompletedTask;

    public Task SettleAsync(CancellationToken cancellationToken) => Look(cancellationToken);

    /// <summary>What others have.</summary>
    public List<TakenSubnet> Subnets { get; } = [];

    public IReadOnlyList<TakenSubnet> ListSubnets(AddressFamily family, IPNetwork? wanted, string? exceptBridge) =>
        [.. Subnets.Where(taken => taken.Range.BaseAddress.AddressFamily == family)];

    /// <summary>By network, what it published when the host was last brought to a state.</summary>
    public Dictionary<Guid, ValueList<HostPublication>> Published { get; } = [];

    /// <summary>By network, whom of other networks it let in then.</summary>
    public Dictionary<Guid, ValueList<HostPeer>> LetIn { get; } = [];

    /// <summary>Says what speaks against publishing something; null = nothing.</summary>
    public Func<HostPublication, string?> RefusePublication { get; set; } = _ => null;

    /// <summary>What interfaces have.</summary>
    public HashSet<IPAddress> Addresses { get; } = [];

    /// <summary>How many connections came to each publication.</summary>
    public Func<HostPublication, ulong?> Connections { get; set; } = _ => null;

    public void CheckPublications(IEnumerable<HostPublication> added, Func<PublishedProtocol, IPEndPoint, bool> isOwn)
    {
        if (added.Select(RefusePublication).OfType<string>().FirstOrDefault() is { } reason)
        {
            throw VirtNetException.OperationInvalid(reason);
        }
    }

    /// <summary>Says where answers go that do not go back; null = they do.</summary>
    public Func<IPAddress, string?> AnswersStray { get; set; } = _ => null;

    public string? WhyAnswersStray(IPAddress published, IPAddress? guest, string? bridge) => AnswersStray(published);

    public IReadOnlySet<IPAddress> ListAddresses() => Addresses;

    public Task<IReadOnlyDictionary<HostPublication, ulong>> CountConnectionsAsync(Guid network, CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyDictionary<HostPublication, ulong>>(
            Published.GetValueOrDefault(network, []).Where(place => Connections(place) is not null).ToDictionary(place => place, place => Connections(place)!.Value));

    public bool LinkExists(string name) => Links.ContainsKey(name);

    private void Hold(NetworkDefinition network)
    {
        Held[network.Uuid!.Value] = network;
        if (network.OwnsBridge)
        {
            Links[network.BridgeName!] = network.Uuid;
        }
    }

    private void Remove(NetworkDefinition network)
    {
        Held.Remove(network.Uuid!.Value);
        Published.Remove(network.Uuid!.Value);
        if (network.BridgeName is { } bridge && Links.TryGetValue(bridge, out Guid? owner) && owner == network.Uuid)
        {
            Links.Remove(bridge);
        }
    }
}
