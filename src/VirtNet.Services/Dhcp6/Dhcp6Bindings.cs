using System.Net.Sockets;
using VirtNet.Model;
using VirtNet.Services.Dhcp4;
using VirtNet.Services.Dnsmasq.Tags;
using VirtNet.Services.Leases;
using VirtNet.Services.Names;
using VirtNet.Services.Ports;
using VirtNet.Services.Sockets;

namespace VirtNet.Services.Dhcp6;

/// <summary>
/// The addresses of one network: its leases, what is offered, what is declined, and a map of what is free. Everything here
/// is guarded by the lock of the leases, whose changes the map follows.
/// </summary>
internal sealed class Dhcp6Bindings : IDhcp6Bindings, ILeaseObserver, IDisposable
{
    private static readonly TimeSpan OfferHold = TimeSpan.FromSeconds(30);

    /// <summary>A client chooses among servers for a second (RFC 8415, 7.6: SOL_TIMEOUT) and then means it.</summary>
    private static readonly TimeSpan OfferIsStale = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Quarantine = TimeSpan.FromMinutes(10);

    private const int MaxBlocked = 4096;

    /// <summary>libvirt allows 65,536 addresses in a range; no definition may make the map of a larger one.</summary>
    private const uint MaxPool = 1 << 20;

    private readonly Dictionary<Dhcp6Client, Lease> _byClient = [];
    private readonly NetworkLeases _leases;
    private readonly OfferTable<AddressKey, Dhcp6Client> _offers;
    private readonly BlockedAddresses<AddressKey> _blocked;
    private readonly IGuestPorts _ports;
    private readonly LeasePorts _leasePorts;
    private readonly NameClaims _names;
    private Dhcp6Settings _settings;
    private Pool[] _pools = [];

    public Dhcp6Bindings(NetworkLeases leases, Dhcp6Settings settings, IGuestPorts ports, TimeProvider clock)
    {
        _leases = leases;
        _settings = settings;
        _offers = new OfferTable<AddressKey, Dhcp6Client>(OfferHold, clock);
        _blocked = new BlockedAddresses<AddressKey>(Quarantine, MaxBlocked, clock);
        _ports = ports;
        _leasePorts = new LeasePorts(leases, ports);
        _names = new NameClaims(leases, ports);
        lock (leases.Sync)
        {
            leases.Observe(this);
            foreach (Lease lease in leases.Snapshot(DateTimeOffset.MinValue))
            {
                Note(lease, isThere: true);
            }

            Use(settings);
        }
    }

    public int OfferCount => _offers.Count;

    public int BlockedCount => _blocked.Count;

    /// <summary>Addresses of the ranges that nobody has, uses or was offered.</summary>
    public int FreeCount => _pools.Sum(pool => pool.Map.Free);

    /// <summary>Builds the map anew from other settings; leases and blocks stay, offers do not bind anybody anyway.</summary>
    public void Use(Dhcp6Settings settings)
    {
        _settings = settings;
        _offers.Clear();
        _names.FreeReserved(settings.ReservedNames);

        // Ranges that are for certain clients come before those for all.
        _pools = [.. settings.Ranges.OrderBy(range => range.Condition.IsEmpty).Select(range => new Pool(
            range, new AddressPool(0, (uint)UInt128.Min(range.End - range.Start, MaxPool - 1))))];
        Refresh(settings.Gateway);
        Refresh(AddressKey.Of(settings.Subnet.BaseAddress));
        foreach (AddressKey address in settings.ByAddress.Keys.Concat(_blocked.Addresses))
        {
            Refresh(address);
        }

        foreach (Lease lease in _byClient.Values.Concat(_leases.HeldSnapshot().Leases.Select(held => held.Lease)))
        {
            Refresh(AddressKey.Of(lease.Address));
        }
    }

    public Dhcp6Client Identify(in Dhcp6Client client, MacAddress? mac)
    {
        if (mac is not { } card || FindByClient(client) is not { Mac: { } other } lease || other == card)
        {
            return client;
        }

        Dhcp6Client alone = client with { Duid = Duid.Of(card) };
        return _byClient.ContainsKey(alone) || _leasePorts.IsElsewhere(lease, card) ? alone : client;
    }

    public Lease? FindByClient(in Dhcp6Client client) => _byClient.GetValueOrDefault(client);

    public Lease? FindByAddress(AddressKey address) => _leases.Find(address);

    public bool IsHeldForOther(AddressKey address, in Dhcp6Client client) =>
        _leases.FindHeld(address) is { Lease: var lease } && !IsOf(lease, client);

    public bool IsShared => _leases.SharedAs is not null;

    public bool IsOfOtherHost(AddressKey address) => _leases.FindHeld(address) is { Host: not null };

    public bool IsHeldFor(AddressKey address, in Dhcp6Client client) =>
        _leases.FindHeld(address) is { Lease: var lease } held && IsOf(lease, client) && (held.Host is null || _leases.IsLinked);

    public bool IsBlocked(AddressKey address) => _blocked.IsBlocked(address);

    public bool IsOfferedToOther(AddressKey address, in Dhcp6Client client) => _offers.IsOfferedToOther(address, client);

    /// <summary>Whether this would be the client's first address: it has none, none is set aside for it, and it was not offered this one.</summary>
    public bool IsFirst(AddressKey address, in Dhcp6Client client) =>
        FindByClient(client) is null && !_settings.IsSetAside(address)
        && !(_offers.TryFind(client, out AddressKey offered) && offered == address);

    public AddressKey? FindFree(in Dhcp6Client client, TagSet tags, IReadOnlyCollection<AddressKey> taken)
    {
        if (_offers.TryFind(client, out AddressKey offered) && IsGrantable(offered, tags, taken))
        {
            return offered;
        }

        uint hash = client.Hash();
        foreach (Pool pool in _pools)
        {
            if (!pool.Range.Condition.Holds(tags))
            {
                continue;
            }

            // Each round passes over one address that is taken for the same message, if over any.
            uint start = hash;
            for (int round = 0; round <= taken.Count; round++)
            {
                if (pool.Map.FindFree(start) is not { } free)
                {
                    break;
                }

                AddressKey address = new(pool.Start + free);
                if (!taken.Contains(address))
                {
                    return address;
                }

                start = free + 1;
            }
        }

        return Grantable(_offers.Oldest(OfferIsStale)) ?? OldestBlocked(tags, taken) ?? Grantable(_offers.Oldest(TimeSpan.Zero));

        AddressKey? Grantable(AddressKey? oldest) => oldest is { } address && IsGrantable(address, tags, taken) ? address : null;
    }

    public bool AreKept(MacAddress? mac) => LastAddresses.AreKept(
        _offers.Count + FreeCount, AddressFamily.InterNetworkV6, _leases, _ports,
        () => mac is { } card ? _ports.FindSender(card) : GuestPort.Unknown);

    public NameRefusal? RefuseName(string name, MacAddress? mac, string duid, Lease? own) =>
        _names.Refuse(name, mac, duid, own, _settings.ReservedNames);

    public void AddOffer(AddressKey address, in Dhcp6Client client)
    {
        AddressKey? freed = _offers.Add(address, client);
        Refresh(address);
        if (freed is { } other)
        {
            Refresh(other);
        }
    }

    /// <summary>Keeps an address from everybody for a while; false if the witness is not believed for any more.</summary>
    public bool TryBlock(AddressKey address, Witness witness)
    {
        if (!_blocked.TryAdd(address, holder: null, witness, out AddressKey? evicted))
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

    public void Unblock(AddressKey address)
    {
        _blocked.Remove(address);
        Refresh(address);
    }

    /// <summary>Ends offers and blocks whose time is over; costs nothing while there are none.</summary>
    public void Expire()
    {
        while (_offers.TryExpire(out AddressKey? address))
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
        if (change.Lease.Address.AddressFamily != AddressFamily.InterNetworkV6)
        {
            return;
        }

        AddressKey address = AddressKey.Of(change.Lease.Address);
        Note(change.Lease, change.Event is LeaseEvent.Added or LeaseEvent.Renewed);
        if (change.Event == LeaseEvent.Added)
        {
            _offers.Remove(address);
        }

        Refresh(address);
    }

    public void OnHeld(Guid network, AddressKey address) => Refresh(address);

    public void Dispose() => _leases.Forget(this);

    private static bool IsOf(Lease lease, in Dhcp6Client client) => lease.ClientId == client.Duid && lease.Iaid == client.Ia;

    // Better an address that somebody may be using than none: with all of them blocked somebody is lying.
    private AddressKey? OldestBlocked(TagSet tags, IReadOnlyCollection<AddressKey> taken)
    {
        foreach (AddressKey address in _blocked.OldestFirst)
        {
            if (_settings.IsForAnybody(address, tags) && FindByAddress(address) is null && _leases.FindHeld(address) is null && !taken.Contains(address))
            {
                return address;
            }
        }

        return null;
    }

    private bool IsGrantable(AddressKey address, TagSet tags, IReadOnlyCollection<AddressKey> taken) =>
        _settings.IsForAnybody(address, tags) && FindByAddress(address) is null && _leases.FindHeld(address) is null
        && !IsBlocked(address) && !taken.Contains(address);

    private void Note(Lease lease, bool isThere)
    {
        if (lease is not { ClientId: { } duid, Iaid: { } iaid }
            || lease.Address.AddressFamily != AddressFamily.InterNetworkV6)
        {
            return;
        }

        Dhcp6Client client = new(duid, iaid);
        if (isThere)
        {
            _byClient[client] = lease;
        }
        else if (_byClient.TryGetValue(client, out Lease? noted) && noted.Address.Equals(lease.Address))
        {
            _byClient.Remove(client);
        }
    }

    private void Refresh(AddressKey address)
    {
        foreach (Pool pool in _pools)
        {
            if (address.Value >= pool.Start && address.Value - pool.Start < (uint)pool.Map.Size)
            {
                pool.Map.Set((uint)(address.Value - pool.Start), IsTaken(address));
            }
        }
    }

    private bool IsTaken(AddressKey address) =>
        _settings.IsSetAside(address)
        || _offers.IsOffered(address)
        || IsBlocked(address)
        || FindByAddress(address) is not null
        || _leases.FindHeld(address) is not null;

    /// <summary>A range: the map counts from its start.</summary>
    private sealed record Pool(Dhcp6Range Range, AddressPool Map)
    {
        public UInt128 Start => Range.Start;
    }
}
