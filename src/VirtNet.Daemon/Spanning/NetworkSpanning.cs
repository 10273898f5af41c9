using System.Collections.Concurrent;
using System.Net;
using VirtNet.Daemon.Publishing;
using VirtNet.Host;
using VirtNet.Host.Networks;
using VirtNet.Model;
using VirtNet.Model.Conditions;
using VirtNet.Model.Spanning;
using VirtNet.Services.Networks;

namespace VirtNet.Daemon.Spanning;

/// <summary>Networks that span hosts: which number each has, which host this is, and who the others are. Thread-safe.</summary>
internal sealed class NetworkSpanning(
    INetworkHost host, NetworkPublishing publishing, INetworkServices services, FabricLink fabric, ConditionBoard conditions)
{
    private const string Source = "span";
    private const string FabricSource = "fabric";

    private readonly AddressBindings _bindings = new(services);
    private readonly Lock _lock = new();
    private readonly Dictionary<uint, Holder> _numbers = [];
    private readonly Dictionary<Guid, uint> _held = [];

    /// <summary>Where each network was last reached: it goes on when its address is away for a while.</summary>
    private readonly ConcurrentDictionary<Guid, IPAddress> _local = [];

    public FabricLink Fabric => fabric;

    /// <summary>Whether a definition lacks what the fabric of this host is about to give it.</summary>
    public bool IsAwaited(NetworkDefinition definition) =>
        SpanOf(definition) is { IsComplete: false } && fabric.IsUp && fabric.ObstacleOf(definition.Uuid!.Value) is null;

    /// <summary>The fabric says what keeps a network from being the same on all hosts.</summary>
    /// <param name="obstacle">Null = nothing.</param>
    public void TellShared(Guid network, string? obstacle)
    {
        conditions.Set(network, FabricSource, obstacle is null ? [] : [new Condition(ConditionKind.Warning, $"it is not shared as it is: {obstacle}")]);
        fabric.Tell(network, obstacle);
    }

    /// <summary>
    /// A definition with the MTU that there is room for in packets between the hosts, where it says none: guests are told of it as of
    /// one that was said.
    /// </summary>
    public NetworkDefinition Complete(NetworkDefinition live) =>
        live is { OwnsBridge: true, Mtu: 0 } && SpanOf(live) is { } span && host.FindUnderlay(span.Hosts) is { } underlay
            ? live with { Mtu = Room(underlay) }
            : live;

    /// <summary>What is to be on the host.</summary>
    public NetworkHostState Extend(NetworkHostState state)
    {
        if (SpanOf(state.Network) is not { } span)
        {
            return state;
        }

        IPAddress? local = host.FindOwnAddress(span.Hosts) ?? Last(state.Network.Uuid, span);
        return local is null ? state : state with
        {
            Span = new HostSpan(span.Vni, local, [.. span.Hosts.Where(other => !other.Equals(local))])
            {
                Learns = span.Learns,
                Locks = span.Locks,
                Guests = FollowsGuests(span) ? GuestsOf(state) : [],
                Bindings = span.Locks ? _bindings.Of(state.Network) : [],
            },
        };
    }

    /// <summary>Whether other hosts are told of its guests, or these are held to what is theirs: it is changed as they come and go.</summary>
    public bool FollowsGuests(NetworkDefinition live) => SpanOf(live) is { } span && FollowsGuests(span);

    /// <summary>Whether a definition can be put in force, as things are now.</summary>
    /// <exception cref="VirtNetException">It cannot, with the reason.</exception>
    public void Check(NetworkDefinition after)
    {
        if (SpanOf(after) is { } span)
        {
            _ = FindUnderlay(after, span);
            ThrowIfHeld(after, span, HolderOf(after, span));
        }
    }

    /// <summary>Whether it cannot start for want of an address of this host, which may come.</summary>
    public bool LacksAddress(NetworkDefinition definition) =>
        SpanOf(definition) is { IsComplete: true } span && host.FindOwnAddress(span.Hosts) is null;

    /// <summary>Before a definition is put in force: refuses what cannot be, and keeps its number from others.</summary>
    /// <exception cref="VirtNetException">With the reason; nothing was changed.</exception>
    public void Admit(NetworkDefinition after)
    {
        if (SpanOf(after) is not { } span)
        {
            Release(after.Uuid!.Value);
            return;
        }

        HostUnderlay underlay = FindUnderlay(after, span);
        ThrowIfHeld(after, span, Hold(after, span));
        _local[after.Uuid!.Value] = underlay.Address;
    }

    /// <exception cref="VirtNetException">There is none that would do.</exception>
    private HostUnderlay FindUnderlay(NetworkDefinition after, NetworkSpan span)
    {
        if (!span.IsComplete)
        {
            throw VirtNetException.OperationInvalid(
                $"network '{after.Name}' spans hosts, and has no {(span.Vni == 0 ? "VNI" : "list of hosts")} yet: {WhyIncomplete(after.Uuid!.Value)}");
        }

        if (host.FindUnderlay(span.Hosts) is not { } underlay)
        {
            throw VirtNetException.OperationInvalid(
                $"network '{after.Name}' spans {Listing.Of(span.Hosts)}, and none of these is an address of this host");
        }

        if (after.Mtu > Room(underlay))
        {
            throw VirtNetException.ConfigUnsupported(
                $"network '{after.Name}' spans hosts: of the {underlay.Mtu} octets of {underlay.Device} there is room for an MTU of "
                + $"{Room(underlay)}, not {after.Mtu}");
        }

        return underlay;
    }

    private string WhyIncomplete(Guid network) =>
        (fabric.ObstacleOf(network) ?? fabric.Outage) is { } reason ? $"the fabric gives it none, as {reason} (virtnet fabric status)"
        : fabric.IsUp ? "the fabric of this host has not given it one, which it does for networks that are defined (virtnet fabric status)"
        : "a fabric gives it one (virtnet fabric status), or the definition does";

    private static void ThrowIfHeld(NetworkDefinition network, NetworkSpan span, string? other)
    {
        if (other is not null)
        {
            throw VirtNetException.OperationInvalid($"network '{network.Name}': VNI {span.Vni} is that of network '{other}'");
        }
    }

    /// <summary>Keeps the number of a network that runs already: it had it before anybody who asks now.</summary>
    public void Adopt(NetworkDefinition live)
    {
        if (SpanOf(live) is { } span)
        {
            Hold(live, span);
            if (host.FindOwnAddress(span.Hosts) is { } address)
            {
                _local[live.Uuid!.Value] = address;
            }
        }
    }

    /// <summary>After something is in force: says what does not work as it is meant to.</summary>
    public void Tell(NetworkDefinition live)
    {
        if (SpanOf(live) is { } span)
        {
            conditions.Set(
                live.Uuid!.Value, Source, [.. Warnings(live, span, host.FindUnderlay(span.Hosts)).Select(text => new Condition(ConditionKind.Warning, text))]);
        }
    }

    /// <summary>The network has ended.</summary>
    public void Release(Guid network)
    {
        _local.TryRemove(network, out _);
        conditions.Set(network, Source, []);
        lock (_lock)
        {
            Remove(network);
        }
    }

    /// <summary>Whom the network knows: those that have leases, and those that have ports.</summary>
    private ValueList<SpanGuest> GuestsOf(NetworkHostState state)
    {
        IEnumerable<(MacAddress Mac, IPAddress? Address)> leased = services.GetLeases(state.Network.Uuid ?? Guid.Empty)
            .Where(lease => lease.Mac is not null).Select(lease => (lease.Mac!.Value, (IPAddress?)lease.Address));
        IEnumerable<(MacAddress Mac, IPAddress? Address)> plugged = state.Ports.Select(port => (port.Mac, (IPAddress?)null));
        return leased.Concat(plugged)
            .GroupBy(guest => guest.Mac, guest => guest.Address)
            .OrderBy(guest => guest.Key.ToString(), StringComparer.Ordinal)
            .Select(guest => new SpanGuest(
                guest.Key, guest.OfType<IPAddress>().OrderBy(address => address.ToString(), StringComparer.Ordinal).ToValueList()))
            .ToValueList();
    }

    private static IEnumerable<string> Warnings(NetworkDefinition live, NetworkSpan span, HostUnderlay? underlay)
    {
        if (underlay is null)
        {
            yield return $"none of {Listing.Of(span.Hosts)} is an address of this host: its guests do not reach those of other hosts";
            yield break;
        }

        if (live.Mtu > Room(underlay))
        {
            yield return $"its MTU of {live.Mtu} is more than {underlay.Device} has room for between hosts, {Room(underlay)}: "
                + "large packets to guests of other hosts are lost";
        }

        if (underlay.DropsAnswers && live.Forward.Mode != ForwardMode.None)
        {
            yield return $"{underlay.Device} drops what guests of other hosts answer this host (rp_filter = 1): it does not reach them";
        }
    }

    /// <summary>While its address is away, or after a restart meanwhile, the tunnel itself knows.</summary>
    private IPAddress? Last(Guid? network, NetworkSpan span) =>
        network is { } uuid
        && (_local.TryGetValue(uuid, out IPAddress? last) ? last : host.FindTunnelAddress(uuid, span.Vni)) is { } address
        && span.Hosts.Contains(address)
            ? address
            : null;

    private static bool FollowsGuests(NetworkSpan span) => !span.Learns || span.Locks;

    private NetworkSpan? SpanOf(NetworkDefinition network) => publishing.ExtensionOf(network).Span;

    private static uint Room(HostUnderlay underlay)
    {
        uint overhead = HostSpan.OverheadOf(underlay.Address.AddressFamily);
        return underlay.Mtu > overhead ? underlay.Mtu - overhead : 0;
    }

    /// <returns>The name of the network that has the number; null = it is this one's now.</returns>
    private string? Hold(NetworkDefinition network, NetworkSpan span)
    {
        Guid uuid = network.Uuid!.Value;
        lock (_lock)
        {
            if (HolderOf(network, span) is { } other)
            {
                return other;
            }

            Remove(uuid);
            _numbers[span.Vni] = new Holder(uuid, network.Name);
            _held[uuid] = span.Vni;
            return null;
        }
    }

    /// <returns>The name of another network that has the number; null = none has.</returns>
    private string? HolderOf(NetworkDefinition network, NetworkSpan span)
    {
        lock (_lock)
        {
            return _numbers.TryGetValue(span.Vni, out Holder? other) && other.Network != network.Uuid ? other.Name : null;
        }
    }

    private void Remove(Guid network)
    {
        if (_held.Remove(network, out uint number))
        {
            _numbers.Remove(number);
        }
    }

    private sealed record Holder(Guid Network, string Name);
}
