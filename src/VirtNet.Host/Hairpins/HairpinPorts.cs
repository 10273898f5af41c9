using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Net.Sockets;
using VirtNet.Host.Link;
using VirtNet.Host.Netlink;
using VirtNet.Linux.Netlink;
using VirtNet.Model;

namespace VirtNet.Host.Hairpins;

/// <summary>
/// Reads and changes which ports of bridges have the hairpin flag for publications. A flag that was there before is somebody else's,
/// and stays. Thread-safe.
/// </summary>
internal sealed class HairpinPorts(RtnetlinkClient netlink, HairpinTable table) : IDisposable
{
    private readonly SemaphoreSlim _turn = new(1, 1);

    /// <summary>By bridge, the ports whose flag is ours; also of what the table has lost. Changed in turn, and read by anybody.</summary>
    private readonly ConcurrentDictionary<string, ImmutableHashSet<int>> _set = [];

    /// <summary>By bridge, where guests were last: a bridge forgets those that are silent.</summary>
    private readonly Dictionary<string, Dictionary<MacAddress, int>> _last = [];

    public void Dispose() => _turn.Dispose();

    /// <summary>What is wanted, where nothing is to be done for it; else without guests.</summary>
    /// <exception cref="VirtNetException">nftables does not answer.</exception>
    public async Task<HairpinGuests> ReadAsync(HairpinGuests wanted, LinkMessage? bridge, CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken);
        try
        {
            return (await LookAsync(wanted, bridge, cancellationToken)).IsNone ? wanted : wanted with { Guests = [] };
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <param name="bridge">Null = it is gone, with its ports.</param>
    /// <exception cref="VirtNetException">The kernel or nftables refuses something.</exception>
    public async Task ApplyAsync(HairpinGuests wanted, LinkMessage? bridge, CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken);
        try
        {
            HairpinDifference difference = await LookAsync(wanted, bridge, cancellationToken);

            // What goes with a flag is there before it, and after it.
            if (difference.Unmarked.Count > 0 || difference.IsBroken)
            {
                await table.ChangeAsync(wanted.Bridge, [.. difference.Kept, .. difference.Unmarked], removed: [], cancellationToken);
            }

            foreach (LinkMessage port in difference.On)
            {
                TurnOn(wanted.Bridge, port);
            }

            foreach (LinkMessage port in difference.Off)
            {
                Turn(port, on: false);
                _set[wanted.Bridge] = SetOn(wanted.Bridge).Remove(port.Index);
            }

            if (difference.Gone.Count > 0)
            {
                await table.ChangeAsync(wanted.Bridge, added: [], difference.Gone, cancellationToken);
            }

            if (bridge is null || wanted.Guests.Count == 0)
            {
                _set.TryRemove(wanted.Bridge, out _);
                _last.Remove(wanted.Bridge);
            }
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>Whether a port's flag is ours: then it is not one of its settings.</summary>
    public bool IsOurs(string bridge, int port) => SetOn(bridge).Contains(port);

    private async Task<HairpinDifference> LookAsync(HairpinGuests wanted, LinkMessage? bridge, CancellationToken cancellationToken)
    {
        IReadOnlySet<string> marked = await table.PortsOfAsync(wanted.Bridge, cancellationToken);
        List<LinkMessage> ports = bridge is null || (marked.Count == 0 && SetOn(wanted.Bridge).Count == 0 && !wanted.Guests.Any(guest => IsFiltered(guest, bridge)))
            ? [] : netlink.ListLinks(bridge.Index);
        _set[wanted.Bridge] = SetOn(wanted.Bridge).Union(
            ports.Where(port => marked.Contains(port.Name) && port.Port is { IsHairpin: true }).Select(port => port.Index));
        HairpinDifference difference = HairpinDifference.Between(
            ports, bridge is null ? [] : PortsOf(wanted, bridge, ports), marked, SetOn(wanted.Bridge));
        return difference.Kept.Count > 0 && !await table.IsIntactAsync(cancellationToken) ? difference with { IsBroken = true } : difference;
    }

    private ImmutableHashSet<int> SetOn(string bridge) => _set.GetValueOrDefault(bridge, []);

    /// <summary>Behind which ports guests are: nothing is set where frames on bridges do not pass the rules that translate.</summary>
    private HashSet<int> PortsOf(HairpinGuests wanted, LinkMessage bridge, List<LinkMessage> ports)
    {
        PublishedGuest[] guests = [.. wanted.Guests.Where(guest => IsFiltered(guest, bridge))];
        if (guests.Length == 0)
        {
            return [];
        }

        GuestPlaces places = new(ports, tunnel: null, netlink.ListForwarding(bridge.Index));
        List<NeighbourEntry> neighbours = Array.TrueForAll(guests, guest => guest.Mac is not null) ? [] : netlink.ListLearntNeighbours(bridge.Index);
        Dictionary<MacAddress, int> last = _last.GetValueOrDefault(wanted.Bridge) ?? [];
        Dictionary<MacAddress, int> now = [];
        foreach (PublishedGuest guest in guests)
        {
            MacAddress? mac = guest.Mac ?? neighbours.Find(neighbour => neighbour.Address.Equals(guest.Address))?.Mac;
            if (mac is { } known && PortOf(known) is var port and not 0)
            {
                now[known] = port;
            }
        }

        _last[wanted.Bridge] = now;
        // Beyond a port that is no guest's there may be a network that must not have its frames back.
        return [.. ports.Where(port => now.ContainsValue(port.Index) && GuestPorts.IsGuest(port, netlink.FindLink)).Select(port => port.Index)];

        int PortOf(MacAddress mac) => places.PortOf(mac) is not 0 and var port ? port : last.GetValueOrDefault(mac);
    }

    private static bool IsFiltered(PublishedGuest guest, LinkMessage bridge) =>
        BridgeFiltering.IsOn(bridge, guest.Address.AddressFamily == AddressFamily.InterNetworkV6);

    /// <summary>It is ours before it can be seen.</summary>
    private void TurnOn(string bridge, LinkMessage port)
    {
        ImmutableHashSet<int> before = SetOn(bridge);
        _set[bridge] = before.Add(port.Index);
        try
        {
            Turn(port, on: true);
        }
        catch
        {
            _set[bridge] = before;
            throw;
        }
    }

    private void Turn(LinkMessage port, bool on)
    {
        NetlinkWriter request = new(stackalloc byte[128]);
        LinkRequests.WritePortSwitches(ref request, port.Index, BridgePort.Hairpin(on));
        int errno = netlink.Execute(request)[0];
        if (errno != 0 && (on || errno != LinkErrors.NoSuchDevice))
        {
            throw LinkErrors.Refused($"cannot make {port.Name} a hairpin port", errno);
        }
    }
}
