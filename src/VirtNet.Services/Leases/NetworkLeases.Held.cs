using System.Net;
using System.Net.Sockets;
using VirtNet.Model;
using VirtNet.Services.Sockets;

namespace VirtNet.Services.Leases;

/// <content>
/// Where a network is shared with other hosts: what those have, and what ended here. An address is given to another client only when
/// all hosts can know that it is free, which this host is told; until then it is held, on disk too.
/// </content>
internal sealed partial class NetworkLeases
{
    /// <summary>The row of this address says as whom this host shares the network.</summary>
    private static readonly AddressKey SharingRow = AddressKey.Of(IPAddress.IPv6Any);

    private readonly Dictionary<AddressKey, HeldLease> _held = [];
    private readonly Dictionary<string, AddressKey> _heldByClient = [];
    private readonly OwnedNames _heldNames = new();

    /// <summary>What this host is called among those that share the network; null = it is shared with nobody.</summary>
    public string? SharedAs { get; private set; }

    /// <summary>Whether this host follows what the others do at the moment.</summary>
    public bool IsLinked => _link.IsUp;

    public HeldLease? FindHeld(AddressKey address)
    {
        lock (Sync)
        {
            return _held.GetValueOrDefault(address);
        }
    }

    /// <summary>Whether an address is kept for another client than this one.</summary>
    public bool IsHeldForOther(AddressKey address, MacAddress? mac, string? clientId)
    {
        lock (Sync)
        {
            return _held.TryGetValue(address, out HeldLease? held) && !IsOf(held.Lease, mac, clientId);
        }
    }

    /// <summary>What is held for an IPv4 client.</summary>
    public HeldLease? FindHeldOf(MacAddress mac, string? clientId)
    {
        lock (Sync)
        {
            if (_held.Count == 0)
            {
                return null;
            }

            if (clientId is not null && _heldByClient.TryGetValue(clientId, out AddressKey byId))
            {
                return _held[byId];
            }

            return _heldByClient.TryGetValue(mac.ToString(), out AddressKey byMac) && _held[byMac] is var held
                && (clientId is null || held.Lease.ClientId is null) ? held : null;
        }
    }

    /// <summary>Whether a client of another host that is not this machine is called so.</summary>
    /// <param name="own">An address that the machine has.</param>
    public bool IsHeldNameOfOther(string name, in Machine machine, AddressKey? own)
    {
        lock (Sync)
        {
            return _heldNames.Find(name) is { } owners && owners.IsOfOtherThan(
                machine, own is { } address && _held.TryGetValue(address, out HeldLease? held) ? OwnerOf(address, held.Lease) : null, _ => false);
        }
    }

    /// <summary>Clients of other hosts are called so no longer.</summary>
    public void ForgetHeldName(string name, Func<Lease, bool> isMeant)
    {
        lock (Sync)
        {
            HeldLease[] called = [.. (_heldNames.Find(name)?.All ?? []).Select(owner => _held[owner.Address])];
            foreach (HeldLease held in called.Where(held => isMeant(held.Lease)))
            {
                SetHeld(AddressKey.Of(held.Lease.Address), held with { Lease = held.Lease with { HostName = null } });
            }
        }
    }

    /// <summary>All that is held, in no order, without what this host has by now.</summary>
    public HeldLeases HeldSnapshot()
    {
        lock (Sync)
        {
            return new HeldLeases(SharedAs, [.. _held.Where(held => !_byAddress.ContainsKey(held.Key)).Select(held => held.Value)]);
        }
    }

    /// <summary>Takes over what is told of other hosts.</summary>
    public void Apply(HeldLeasesUpdate update)
    {
        lock (Sync)
        {
            if (SharedAs != update.Host)
            {
                SharedAs = update.Host;
                TellHeld(SharingRow);
            }

            foreach (AddressKey address in ReplacedBy(update).Concat(update.Removed.Select(AddressKey.Of)).ToArray())
            {
                SetHeld(address, null);
            }

            foreach (HeldLease held in update.Host is null ? [] : update.Put)
            {
                PutHeld(held);
            }
        }
    }

    /// <summary>What is held no longer where all is told that other hosts have, or the network is shared no longer.</summary>
    private IEnumerable<AddressKey> ReplacedBy(HeldLeasesUpdate update)
    {
        if (update.Host is null)
        {
            return _held.Keys;
        }

        if (!update.IsAll)
        {
            return []; // one lease costs as much with many as with none
        }

        HashSet<AddressKey> put = [.. update.Put.Select(held => AddressKey.Of(held.Lease.Address))];
        return _held.Where(held => held.Value.Host is not null && !put.Contains(held.Key)).Select(held => held.Key);
    }

    private void PutHeld(HeldLease held)
    {
        AddressKey address = AddressKey.Of(held.Lease.Address);
        if (_byAddress.TryGetValue(address, out Entry? own))
        {
            // The client moved to the other host, unless it has come back meanwhile. Of two clients with one address each host keeps its own.
            if (held is not { Host: not null, Replaces: { } replaced } || own.Lease.Expires != replaced.Expires || !SameClient(own.Lease, held.Lease))
            {
                return;
            }

            Unlink(own);
            SetHeld(address, held with { Replaces = null });
            Tell(new LeaseChange(LeaseEvent.Released, own.Lease));
            return;
        }

        SetHeld(address, held with { Replaces = null });
    }

    /// <summary>A lease has ended: until the other hosts know, nobody else gets its address.</summary>
    private void HoldEnded(AddressKey address, Lease lease)
    {
        if (SharedAs is not null && !_held.ContainsKey(address))
        {
            SetHeld(address, new HeldLease(lease with { HostName = null }, Host: null));
        }
    }

    /// <summary>What ended here has begun again; what another host has stays until that is told otherwise.</summary>
    private void EndHold(AddressKey address)
    {
        if (_held.Count > 0 && _held.TryGetValue(address, out HeldLease? held) && held.Host is null)
        {
            SetHeld(address, null);
        }
    }

    /// <param name="held">Null = nothing.</param>
    private void SetHeld(AddressKey address, HeldLease? held)
    {
        HeldLease? before = _held.GetValueOrDefault(address);
        if (before == held)
        {
            return;
        }

        if (before is not null)
        {
            UnlinkHeld(address, before.Lease);
        }

        if (held is not null)
        {
            LinkHeld(address, held);
        }

        TellHeld(address);
    }

    private void LinkHeld(AddressKey address, HeldLease held)
    {
        _held[address] = held;
        foreach (string client in ClientsOf(held.Lease))
        {
            _heldByClient[client] = address;
        }

        _heldNames.Add(held.Lease.HostName, OwnerOf(address, held.Lease));
    }

    private void UnlinkHeld(AddressKey address, Lease lease)
    {
        _held.Remove(address);
        foreach (string client in ClientsOf(lease))
        {
            if (_heldByClient.GetValueOrDefault(client) == address)
            {
                _heldByClient.Remove(client);
            }
        }

        _heldNames.Remove(lease.HostName, OwnerOf(address, lease));
    }

    private void TellHeld(AddressKey address)
    {
        foreach (ILeaseObserver observer in _observers)
        {
            observer.OnHeld(Network, address);
        }
    }

    private IPAddress? FindHeldAddress(ReadOnlySpan<char> name, AddressFamily family) =>
        _heldNames.Find(name)?.Of(family)?.Latest is { } owner ? _held[owner.Address].Lease.Address : null;

    /// <summary>Other hosts say nothing of who took a name last: the one whose lease lasts longest has most likely come last.</summary>
    private static NameOwner OwnerOf(AddressKey address, Lease lease) =>
        NameOwner.Of(address, lease, GuestPort.Unknown, rank: lease.Expires?.UtcTicks ?? long.MaxValue);

    /// <summary>The stored form of what is held there, or of the row that says that the network is shared.</summary>
    private LeaseRow? HeldRow(AddressKey address) =>
        address == SharingRow ? SharingRowOf(SharedAs)
        : _held.TryGetValue(address, out HeldLease? held) ? RowOf(held)
        : null;

    private IEnumerable<LeaseRow> HeldRows()
    {
        if (SharingRowOf(SharedAs) is { } sharing)
        {
            yield return sharing;
        }

        foreach ((AddressKey address, HeldLease held) in _held)
        {
            if (!_byAddress.ContainsKey(address))
            {
                yield return RowOf(held);
            }
        }
    }

    private void RestoreHeld(LeaseRow row)
    {
        AddressKey address = AddressKey.Of(row.Lease.Address);
        if (address == SharingRow)
        {
            SharedAs = row.Holder;
        }
        else
        {
            LinkHeld(address, new HeldLease(row.Lease, row.Holder is "" ? null : row.Holder));
        }
    }

    private static LeaseRow RowOf(HeldLease held) => new(held.Lease, Duration: null, NameRank: 0) { Holder = held.Host ?? "" };

    private LeaseRow? SharingRowOf(string? host) => host is null
        ? null
        : new LeaseRow(
            new Lease(Network, IPAddress.IPv6Any, Mac: null, ClientId: null, Iaid: null, HostName: null, Expires: null), Duration: null, NameRank: 0)
        {
            Holder = host,
        };

    private static bool IsOf(Lease lease, MacAddress? mac, string? clientId) =>
        lease.ClientId is not null && clientId is not null ? lease.ClientId == clientId : lease.Mac is not null && lease.Mac == mac;

    /// <summary>By what an IPv4 client is found again.</summary>
    private static IEnumerable<string> ClientsOf(Lease lease)
    {
        if (lease.Address.AddressFamily == AddressFamily.InterNetwork)
        {
            if (lease.ClientId is { } clientId)
            {
                yield return clientId;
            }

            if (lease.Mac is { } mac)
            {
                yield return mac.ToString();
            }
        }
    }
}
