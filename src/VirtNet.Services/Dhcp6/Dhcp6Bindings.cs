using System.Net.Sockets;
using VirtNet.Services.Dhcp4;
using VirtNet.Services.Leases;

namespace VirtNet.Services.Dhcp6;

/// <summary>
/// The addresses of one network: its leases, what is offered, what is declined, and a map of what is free. Everything here
/// is guarded by the lock of the leases, whose changes the map follows.
/// </summary>
internal sealed class Dhcp6Bindings : IDhcp6Bindings, ILeaseObserver, IDisposable
{
    private static readonly TimeSpan OfferHold = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Quarantine = TimeSpan.FromMinutes(10);

    private const int MaxBlocked = 4096;

    /// <summary>libvirt allows 65,536 addresses in a range; no definition may make the map of a larger one.</summary>
    private const uint MaxPool = 1 << 20;

    private readonly Dictionary<Dhcp6Client, Lease> _byClient = [];
    private readonly NetworkLeases _leases;
    private readonly OfferTable<AddressKey, Dhcp6Client> _offers;
    private readonly BlockedAddresses<AddressKey> _blocked;
    private Dhcp6Settings _settings;
    private Pool[] _pools = [];

    public Dhcp6Bindings(NetworkLeases leases, Dhcp6Settings settings, TimeProvider clock)
    {
        _leases = leases;
        _settings = settings;
        _offers = new OfferTable<AddressKey, Dhcp6Client>(OfferHold, clock);
        _blocked = new BlockedAddresses<AddressKey>(Quarantine, MaxBlocked, clock);
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

    /// <summary>Builds the map anew from other settings; leases and blocks stay, offers do not bind anybody anyway.</summary>
    public void Use(Dhcp6Settings settings)
    {
        _settings = settings;
        _offers.Clear();
        _pools = [.. settings.Ranges.Select(range => new Pool(
            range.Start, new AddressPool(0, (uint)UInt128.Min(range.End - range.Start, MaxPool - 1))))];
        Refresh(settings.Gateway);
        Refresh(AddressKey.Of(settings.Subnet.BaseAddress));
        foreach (AddressKey address in settings.ByAddress.Keys.Concat(_blocked.Addresses))
        {
            Refresh(address);
        }

        foreach (Lease lease in _byClient.Values)
        {
            Refresh(AddressKey.Of(lease.Address));
        }
    }

    public Lease? FindByClient(in Dhcp6Client client) => _byClient.GetValueOrDefault(client);

    public Lease? FindByAddress(AddressKey address) => _leases.Find(address);

    public bool IsBlocked(AddressKey address) => _blocked.IsBlocked(address);

    public bool IsOfferedToOther(AddressKey address, in Dhcp6Client client) => _offers.IsOfferedToOther(address, client);

    public AddressKey? FindFree(in Dhcp6Client client, IReadOnlyCollection<AddressKey> taken)
    {
        if (_offers.TryFind(client, out AddressKey offered) && IsGrantable(offered, taken))
        {
            return offered;
        }

        uint hash = client.Hash();
        foreach (Pool pool in _pools)
        {
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

        return _offers.Oldest is { } oldest && IsGrantable(oldest, taken) ? oldest : null;
    }

    public void AddOffer(AddressKey address, in Dhcp6Client client)
    {
        AddressKey? freed = _offers.Add(address, client);
        Refresh(address);
        if (freed is { } other)
        {
            Refresh(other);
        }
    }

    public void Block(AddressKey address)
    {
        AddressKey? evicted = _blocked.Add(address, holder: null);
        _offers.Remove(address);
        Refresh(address);
        if (evicted is { } other)
        {
            Refresh(other);
        }
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

    public void Dispose() => _leases.Forget(this);

    private bool IsGrantable(AddressKey address, IReadOnlyCollection<AddressKey> taken) =>
        _settings.IsForAnybody(address) && FindByAddress(address) is null && !IsBlocked(address) && !taken.Contains(address);

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
        !_settings.IsForAnybody(address)
        || _offers.IsOffered(address)
        || IsBlocked(address)
        || FindByAddress(address) is not null;

    /// <summary>A range: the map counts from its start.</summary>
    private sealed record Pool(UInt128 Start, AddressPool Map);
}
