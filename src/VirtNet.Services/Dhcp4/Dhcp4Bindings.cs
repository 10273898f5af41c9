using System.Net.Sockets;
using VirtNet.Model;
using VirtNet.Services.Dnsmasq.Tags;
using VirtNet.Services.Leases;
using VirtNet.Services.Names;
using VirtNet.Services.Ports;
using VirtNet.Wire.Dhcp4;

namespace VirtNet.Services.Dhcp4;

/// <summary>
/// The addresses of one network: its leases, what is offered, what is blocked, and a map of what is free. Everything here
/// is guarded by the lock of the leases, whose changes the map follows.
/// </summary>
internal sealed class Dhcp4Bindings : IDhcp4Bindings, ILeaseObserver
{
    private static readonly TimeSpan OfferHold = TimeSpan.FromSeconds(30);

    /// <summary>A client that means to take an offer does so within milliseconds.</summary>
    private static readonly TimeSpan OfferIsStale = TimeSpan.FromSeconds(2);

    /// <summary>As long as dnsmasq leaves a declined address alone.</summary>
    private static readonly TimeSpan Quarantine = TimeSpan.FromMinutes(10);

    private const int MaxBlocked = 4096;

    private readonly NetworkLeases _leases;
    private readonly OfferTable<uint, ClientKey> _offers;
    private readonly BlockedAddresses<uint> _blocked;
    private readonly IGuestPorts _ports;
    private readonly LeasePorts _leasePorts;
    private readonly NameClaims _names;
    private Dhcp4Settings _settings;
    private AddressPool[] _pools = [];

    public Dhcp4Bindings(NetworkLeases leases, Dhcp4Settings settings, IGuestPorts ports, TimeProvider clock)
    {
        _leases = leases;
        _settings = settings;
        _offers = new OfferTable<uint, ClientKey>(OfferHold, clock);
        _blocked = new BlockedAddresses<uint>(Quarantine, MaxBlocked, clock);
        _ports = ports;
        _leasePorts = new LeasePorts(leases, ports);
        _names = new NameClaims(leases, ports);
        lock (leases.Sync)
        {
            leases.Observe(this);
            Use(settings);
        }
    }

    public int OfferCount => _offers.Count;

    public int BlockedCount => _blocked.Count;

    /// <summary>Addresses of the ranges that could be given out; offers do not bind anybody.</summary>
    public int LeftCount => _offers.Count + _pools.Sum(pool => pool.Free);

    /// <summary>Builds the map anew from other settings; leases and blocks stay, offers do not bind anybody anyway.</summary>
    public void Use(Dhcp4Settings settings)
    {
        _settings = settings;
        _offers.Clear();
        _names.FreeReserved(settings.ReservedNames);
        _pools = [.. settings.Ranges.Select(range => new AddressPool(range.Start, range.End))];
        Refresh(settings.Gateway);
        foreach (uint address in settings.ByAddress.Keys)
        {
            Refresh(address);
        }

        foreach (uint address in _blocked.Addresses)
        {
            Refresh(address);
        }

        foreach (Lease lease in _leases.Snapshot(DateTimeOffset.MinValue).Concat(_leases.HeldSnapshot().Leases.Select(held => held.Lease)))
        {
            Refresh(lease);
        }

        foreach (AddressPool pool in _pools)
        {
            foreach (uint address in EdgesIn(pool))
            {
                Refresh(address);
            }
        }
    }

    // A copy that got an address of its own keeps it when the machine that it was made of is gone.
    public ClientKey Identify(in Dhcp4Message message)
    {
        ClientKey client = ClientKey.Of(message);
        return client.ClientId is not null
            && (IsKnownByMac(message, client)
                || (_leases.FindClient4(client.Mac, client.ClientId) is { } lease
                    && lease.ClientId == client.ClientId && lease.Mac != client.Mac
                    && (_leases.FindClient4(client.Mac, null) is { ClientId: null } || _leasePorts.IsElsewhere(lease, client.Mac))))
            ? client with { ClientId = null }
            : client;
    }

    public Lease? FindByClient(in ClientKey client) => _leases.FindClient4(client.Mac, client.ClientId);

    public Lease? FindByAddress(uint address) => _leases.Find(AddressKey.Of(address));

    public bool IsUsable(uint address, in ClientKey client) =>
        !_blocked.IsBlockedFor(address, client.Mac) && !_leases.IsHeldForOther(AddressKey.Of(address), client.Mac, client.ClientId);

    public HeldLease? FindHeld(uint address) => _leases.FindHeld(AddressKey.Of(address));

    public HeldLease? FindHeldOf(in ClientKey client) => _leases.FindHeldOf(client.Mac, client.ClientId);

    public bool IsShared => _leases.SharedAs is not null;

    public bool IsLinked => _leases.IsLinked;

    /// <summary>Whether the address was offered to just this client a moment ago.</summary>
    public bool IsOfferedTo(uint address, in ClientKey client) =>
        _offers.TryFind(client, out uint offered) && offered == address;

    public bool IsOfferedToOther(uint address, in ClientKey client) => _offers.IsOfferedToOther(address, client);

    public uint? FindFree(in ClientKey client, TagSet tags)
    {
        if (_offers.TryFind(client, out uint offered) && _settings.IsOpen(offered, tags)
            && !_settings.ByAddress.ContainsKey(offered) && FindByAddress(offered) is null && IsUsable(offered, client))
        {
            return offered;
        }

        uint hash = _settings.Rules.IsSequential ? 0 : Hash(client.Mac);
        if ((FindFree(hash, tags, forAll: false) ?? FindFree(hash, tags, forAll: true)) is { } free)
        {
            return free;
        }

        uint? last = FreeAwkward() ?? _offers.Oldest(OfferIsStale) ?? OldestBlocked() ?? _offers.Oldest(TimeSpan.Zero);
        return last is { } one && _settings.IsOpen(one, tags) && FindHeld(one) is null ? last : null;
    }

    /// <summary>Ranges that are for certain clients come before those for all.</summary>
    private uint? FindFree(uint hash, TagSet tags, bool forAll)
    {
        for (int i = 0; i < _pools.Length; i++)
        {
            if (_settings.Ranges[i].Condition is var condition && condition.IsEmpty == forAll && condition.Holds(tags)
                && _pools[i].FindFree(hash) is { } free)
            {
                return free;
            }
        }

        return null;
    }

    /// <summary>An address that is given last, see <see cref="IsAwkward"/>.</summary>
    private uint? FreeAwkward()
    {
        foreach (AddressPool pool in _pools)
        {
            foreach (uint address in EdgesIn(pool))
            {
                if (IsAwkward(address) && !IsTakenOtherwise(address))
                {
                    return address;
                }
            }
        }

        return null;
    }

    /// <summary>The addresses of a range that end in 0 or 255.</summary>
    private static IEnumerable<uint> EdgesIn(AddressPool pool)
    {
        for (ulong edge = pool.Start & ~0xfful; edge <= (ulong)pool.Start + (uint)pool.Size; edge += 0x100)
        {
            if (pool.Contains((uint)edge))
            {
                yield return (uint)edge;
            }

            if (pool.Contains((uint)edge + 0xff))
            {
                yield return (uint)edge + 0xff;
            }
        }
    }

    public NameRefusal? RefuseName(string name, in ClientKey client, Lease? own) =>
        _names.Refuse(name, client.Mac, duid: null, own, _settings.ReservedNames);

    public void AddOffer(uint address, in ClientKey client)
    {
        uint? freed = _offers.Add(address, client);
        Refresh(address);
        if (freed is { } other)
        {
            Refresh(other);
        }
    }

    public bool IsBlocked(uint address) => _blocked.IsBlocked(address);

    /// <summary>Keeps an address from everybody for a while; false if the witness is not believed for any more.</summary>
    /// <param name="holder">Who was seen to use it; null = somebody.</param>
    public bool TryBlock(uint address, MacAddress? holder, Witness witness)
    {
        if (!_blocked.TryAdd(address, holder, witness, out uint? evicted))
        {
            return false;
        }

        _offers.Remove(address);
        Refresh(address);
        if (evicted is { } other)
        {
            Refresh(other);
        }

        return true;
    }

    public void Unblock(uint address)
    {
        _blocked.Remove(address);
        Refresh(address);
    }

    /// <summary>Ends offers and blocks whose time is over; costs nothing while there are none.</summary>
    public void Expire()
    {
        while (_offers.TryExpire(out uint? address))
        {
            Refresh(address.Value);
        }

        while (_blocked.Expire() is { } address)
        {
            Refresh(address);
        }
    }

    public void OnChange(in LeaseChange change)
    {
        if (change.Event == LeaseEvent.Added && change.Lease.Address.AddressFamily == AddressFamily.InterNetwork)
        {
            _offers.Remove(Subnet.ToUInt32(change.Lease.Address));
        }

        // A renewal leaves an address as taken as it was.
        if (change.Event != LeaseEvent.Renewed)
        {
            Refresh(change.Lease);
        }
    }

    public void OnHeld(Guid network, AddressKey address)
    {
        if (address.ToAddress() is { AddressFamily: AddressFamily.InterNetwork } ipv4)
        {
            Refresh(Subnet.ToUInt32(ipv4));
        }
    }

    public void Dispose() => _leases.Forget(this);

    /// <summary>
    /// The sum that dnsmasq chooses addresses by (the public-domain hash of sdbm): guests that move over from there keep
    /// their addresses where nobody else has them.
    /// </summary>
    private static uint Hash(MacAddress mac)
    {
        uint hash = 0;
        for (int i = 0; i < MacAddress.Length; i++)
        {
            hash = mac[i] + (hash << 6) + (hash << 16) - hash;
        }

        return hash == 0 ? 1 : hash;
    }

    // The line for a client by its id as well: one that says more of it than another that drops ids goes first.
    private bool IsKnownByMac(in Dhcp4Message message, in ClientKey client) =>
        _settings.Rules.IgnoresClientIds
        || (_settings.Rules.DropsClientIds
            && ClientClass.Of(message, client.ClientId, HostNames.SentIn(message), _settings).Host is { IgnoresClientId: true });

    // Better an address that somebody may be using than none: with all of them blocked somebody is lying.
    private uint? OldestBlocked()
    {
        foreach (uint address in _blocked.OldestFirst)
        {
            if (address != _settings.Gateway && _settings.InRange(address) && !_settings.ByAddress.ContainsKey(address)
                && FindByAddress(address) is null && FindHeld(address) is null)
            {
                return address;
            }
        }

        return null;
    }

    private void Refresh(Lease lease)
    {
        if (lease.Address.AddressFamily == AddressFamily.InterNetwork)
        {
            Refresh(Subnet.ToUInt32(lease.Address));
        }
    }

    private void Refresh(uint address)
    {
        foreach (AddressPool pool in _pools)
        {
            if (pool.Contains(address))
            {
                pool.Set(address, IsTaken(address));
            }
        }
    }

    private bool IsTaken(uint address) => IsAwkward(address) || IsTakenOtherwise(address);

    private bool IsTakenOtherwise(uint address) =>
        address == _settings.Gateway
        || _settings.ByAddress.ContainsKey(address)
        || _offers.IsOffered(address)
        || _blocked.IsBlocked(address)
        || FindByAddress(address) is not null
        || FindHeld(address) is not null;

    // Some systems take addresses of the old class C that end in 0 or 255 for broadcasts whatever the mask says: they are
    // given to who asks for one, and when no other is left.
    private static bool IsAwkward(uint address) => address >> 29 == 0b110 && (address & 0xff) is 0 or 0xff;
}
