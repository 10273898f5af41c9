using System.Net;
using System.Runtime.InteropServices;
using VirtNet.Host.Nft;
using VirtNet.Model;

namespace VirtNet.Host.Spanning;

/// <content>What guests are held to.</content>
public sealed partial class SpanFirewall
{
    /// <summary>Elements that one transaction changes: their answers wait in the socket's buffer.</summary>
    private const int AtOnce = 256;

    /// <summary>The bridge that each guarded port was last seen on.</summary>
    private readonly Dictionary<int, string> _bridges = [];

    /// <summary>By bridge, what is in force.</summary>
    private readonly Dictionary<string, SpanBindings> _bindings = [];

    /// <summary>In how many networks guests are known: what they make of their MAC addresses for the link itself is the same in each.</summary>
    private readonly Dictionary<MacAddress, int> _guests = [];

    /// <summary>Whether ports are guarded just so.</summary>
    internal Task<bool> AreGuardedAsync(LockedPorts ports, CancellationToken cancellationToken) => _turns.ReadAsync(
        () =>
        {
            HashSet<int> meant = [.. ports.Guarded.Select(port => port.Index)];
            IEnumerable<NftElement> have = ListGuarded().Where(element => meant.Contains(GuardElements.PortOf(element)))
                .Concat(KernelOf(SpanTable.Frames).List(SpanTable.Known).Where(element => GuardElements.BridgeOf(element) == ports.Bridge));
            return have.ToHashSet().SetEquals(GuardElements.Of(ports));
        },
        cancellationToken);

    /// <summary>Guards ports of a bridge, and no others of it any more.</summary>
    /// <param name="exists">Whether there still is a link of a number: what was there before this program began may be gone.</param>
    /// <exception cref="VirtNetException">nftables refuses, or the kernel does not answer.</exception>
    internal Task GuardAsync(string bridge, LockedPorts ports, Func<int, bool> exists, CancellationToken cancellationToken) => _turns.ChangeAsync(
        () =>
        {
            if (KernelOf(SpanTable.Frames).ReadTable([]) is null)
            {
                return Task.CompletedTask; // it comes with the network's rules, and this again with that
            }

            HashSet<int> here = [.. ports.All];
            NftElement[] wanted = [.. GuardElements.Of(ports)];
            NftElement[] have =
            [
                .. ListGuarded().Where(element => IsOf(GuardElements.PortOf(element))),
                .. KernelOf(SpanTable.Frames).List(SpanTable.Known).Where(element => IsOfBridge(GuardElements.BridgeOf(element))),
            ];
            Change([.. have.Except(wanted)], [.. wanted.Except(have)]); // listed as they are to go
            foreach (int gone in _bridges.Where(seen => seen.Value == bridge).Select(seen => seen.Key).Except(here).ToArray())
            {
                _bridges.Remove(gone);
            }

            foreach (int port in here)
            {
                _bridges[port] = bridge;
            }

            return Task.CompletedTask;

            bool IsOf(int port) => here.Contains(port) || (_bridges.TryGetValue(port, out string? last) ? last == bridge : !exists(port));

            bool IsOfBridge(int link) => link == ports.Bridge || !exists(link);
        },
        cancellationToken);

    /// <summary>Of which of these networks all addresses are known, and none that is out of date.</summary>
    internal Task<IReadOnlySet<SpanBindings>> FindIntactAsync(IReadOnlyCollection<SpanBindings> wanted, CancellationToken cancellationToken) =>
        _turns.ReadAsync<IReadOnlySet<SpanBindings>>(
            () =>
            {
                IReadOnlyList<NftElement> have = ListBound();
                return wanted.Where(bindings => have.Where(Covered(bindings)).ToHashSet().SetEquals(GuardElements.Of(bindings))).ToHashSet();
            },
            cancellationToken);

    /// <summary>Replaces what is known of a network's addresses; only what differs is touched.</summary>
    /// <param name="before">What was in force, as far as that is known; null = whatever there is.</param>
    /// <exception cref="VirtNetException">nftables refuses, or the kernel does not answer.</exception>
    internal Task ApplyAsync(SpanBindings? before, SpanBindings? after, CancellationToken cancellationToken) => _turns.ChangeAsync(
        () =>
        {
            SpanBindings subject = (after ?? before)!;
            if (KernelOf(SpanTable.Frames).ReadTable([]) is null)
            {
                return after is null
                    ? Task.CompletedTask
                    : throw VirtNetException.OperationFailed($"cannot set the {subject.Key}: the table of spanning networks is gone");
            }

            NftElement[] removed;
            NftElement[] added;
            if (before is null)
            {
                NftElement[] wanted = [.. GuardElements.Of(after!)];
                NftElement[] have = [.. ListBound().Where(Covered(subject))]; // listed as they are to go
                (removed, added) = ([.. have.Except(wanted)], [.. wanted.Except(have)]);
            }
            else
            {
                (removed, added) = ([.. GuardElements.Difference(before, after).Reverse()], [.. GuardElements.Difference(after, before)]);
                HashSet<NftElement> have = [.. KernelOf(SpanTable.Frames).Find([.. removed, .. added])];
                (removed, added) = ([.. removed.Where(have.Contains)], [.. added.Where(element => !have.Contains(element))]);
            }

            if (removed.Length > 0)
            {
                HashSet<NftElement> others =
                    [.. _bindings.Where(other => other.Key != subject.Bridge).SelectMany(other => GuardElements.Of(other.Value with { Bindings = [] }))];
                Dictionary<MacAddress, int> own = _bindings.GetValueOrDefault(subject.Bridge)?.Guests.ToDictionary(guest => guest, _ => 1) ?? [];
                removed = [.. removed.Where(element => !others.Contains(element) && !IsElsewhere(GuardElements.AddressOf(element)))];

                bool IsElsewhere(IPAddress address) => Eui64.LinkLocal.Contains(address) && Eui64.MacIn(address) is { } guest
                    && _guests.GetValueOrDefault(guest) > own.GetValueOrDefault(guest);
            }

            Change(removed, added);
            Remember(subject.Bridge, after);

            return Task.CompletedTask;
        },
        cancellationToken);

    /// <summary>What was refused of late, in no order. Costs next to nothing where nothing was.</summary>
    internal Task<IReadOnlyList<Refusal>> ListRefusedAsync(CancellationToken cancellationToken) => _turns.ReadAsync<IReadOnlyList<Refusal>>(
        () =>
        [
            .. GuardElements.OfRefusals.SelectMany(KernelOf(SpanTable.Frames).List)
                .Select(element => (Port: GuardElements.PortOf(element), What: GuardElements.RefusedIn(element)))
                .Where(refused => _bridges.ContainsKey(refused.Port))
                .Select(refused => new Refusal(_bridges[refused.Port], refused.Port, refused.What)),
        ],
        cancellationToken);

    private IEnumerable<NftElement> ListGuarded() => GuardElements.OfPorts.SelectMany(KernelOf(SpanTable.Frames).List);

    private NftElement[] ListBound() => [.. GuardElements.OfAddresses.SelectMany(KernelOf(SpanTable.Frames).List)];

    /// <summary>Which elements are about addresses of a network.</summary>
    private static Func<NftElement, bool> Covered(SpanBindings bindings)
    {
        HashSet<IPAddress> own = [.. bindings.Taken];
        return element => GuardElements.AddressOf(element) is var address && (own.Contains(address) || bindings.Covers(address));
    }

    private void Remember(string bridge, SpanBindings? bindings)
    {
        foreach (MacAddress guest in _bindings.TryGetValue(bridge, out SpanBindings? before) ? before.Guests : [])
        {
            if (--CollectionsMarshal.GetValueRefOrAddDefault(_guests, guest, out _) == 0)
            {
                _guests.Remove(guest);
            }
        }

        _bindings.Remove(bridge);
        if (bindings is not null)
        {
            _bindings[bridge] = bindings;
            foreach (MacAddress guest in bindings.Guests)
            {
                CollectionsMarshal.GetValueRefOrAddDefault(_guests, guest, out _)++;
            }
        }
    }

    /// <summary>In this order, so that nobody loses what is his meanwhile.</summary>
    private void Change(NftElement[] removed, NftElement[] added)
    {
        NftKernel kernel = KernelOf(SpanTable.Frames);
        foreach (NftElement[] some in removed.Chunk(AtOnce))
        {
            kernel.Change(some, []);
        }

        foreach (NftElement[] some in added.Chunk(AtOnce))
        {
            kernel.Change([], some);
        }
    }
}
