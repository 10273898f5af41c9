using System.Net;
using VirtNet.Fabric.Sharing;
using VirtNet.Rpc.Driver;

namespace VirtNet.Fabric.Leases;

/// <summary>What is known of one network's leases on this host, and which addresses have to be looked at. Thread-safe.</summary>
/// <param name="self">This host.</param>
internal sealed class NetworkLeaseState(string self)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<IPAddress, LocalLease> _own = [];
    private readonly HashSet<IPAddress> _ended = [];
    private readonly Dictionary<IPAddress, FabricLease> _told = [];
    private readonly List<NetworkEvent.LeaseChanged> _meanwhile = [];
    private HashSet<IPAddress> _dirty = [];

    /// <summary>A list is being asked for, and what it will say is not out of date yet.</summary>
    private bool _isListing;

    /// <summary>Whether all that virtnetd has is known.</summary>
    public bool IsListed { get; private set; }

    /// <summary>What virtnetd was last told to warn of.</summary>
    public string? Warning { get; set; }

    /// <summary>From now on what happens counts in addition to a list that is being asked for.</summary>
    public void BeginList()
    {
        lock (_lock)
        {
            _isListing = true;
            _meanwhile.Clear();
        }
    }

    /// <summary>
    /// All that virtnetd has; every address of it, and of the fabric, is to be looked at, and those that were marked meanwhile, too.
    /// It has to be asked for again if all was forgotten meanwhile.
    /// </summary>
    public void List(SharedLeases leases, IEnumerable<IPAddress> there)
    {
        lock (_lock)
        {
            _own.Clear();
            _ended.Clear();
            _told.Clear();
            foreach (SharedLease lease in leases.Leases)
            {
                if (IPAddress.TryParse(lease.Lease.IpAddress, out IPAddress? address))
                {
                    FabricLease read = Read(lease.Lease, lease.Host ?? self);
                    if (lease.Host is not null)
                    {
                        _told[address] = read;
                    }
                    else if (lease.HasEnded)
                    {
                        _ended.Add(address);
                    }
                    else
                    {
                        _own[address] = new LocalLease(read, IsNew: false);
                    }
                }
            }

            _dirty.UnionWith([.. _own.Keys, .. _ended, .. _told.Keys, .. there]);
            foreach (NetworkEvent.LeaseChanged change in _meanwhile)
            {
                Apply(change);
            }

            _meanwhile.Clear();
            IsListed = _isListing;
            _isListing = false;
        }
    }

    /// <summary>A lease of this host began, was prolonged or ended.</summary>
    public void Note(NetworkEvent.LeaseChanged change)
    {
        lock (_lock)
        {
            if (_isListing)
            {
                _meanwhile.Add(change);
            }

            Apply(change);
        }
    }

    /// <summary>Something about it changed in the fabric, or could not be done yet.</summary>
    public void Mark(IEnumerable<IPAddress> addresses)
    {
        lock (_lock)
        {
            _dirty.UnionWith(addresses);
        }
    }

    /// <summary>Nothing is known any more.</summary>
    public void Forget()
    {
        lock (_lock)
        {
            IsListed = false;
            _isListing = false;
        }
    }

    /// <summary>What has to be looked at, which is taken.</summary>
    public IReadOnlyCollection<IPAddress> Take()
    {
        lock (_lock)
        {
            HashSet<IPAddress> taken = _dirty;
            _dirty = [];
            return taken;
        }
    }

    public (LocalLease? Own, bool HasEnded, FabricLease? Told) Of(IPAddress address)
    {
        lock (_lock)
        {
            return (_own.GetValueOrDefault(address), _ended.Contains(address), _told.GetValueOrDefault(address));
        }
    }

    /// <summary>That this host has the lease is what the fabric knows by now.</summary>
    public void NoteWritten(IPAddress address, LocalLease written)
    {
        lock (_lock)
        {
            if (_own.GetValueOrDefault(address) == written)
            {
                _own[address] = written with { IsNew = false };
            }
        }
    }

    /// <summary>What virtnetd was told.</summary>
    /// <param name="lease">Null = the address is free.</param>
    /// <param name="isOwn">It is kept for a client of this host.</param>
    public void NoteTold(IPAddress address, FabricLease? lease, bool isOwn = false)
    {
        lock (_lock)
        {
            _told.Remove(address);
            _ended.Remove(address);
            if (lease is not null && !isOwn)
            {
                _told[address] = lease;
            }
        }
    }

    /// <summary>Addresses that nobody new can get from this host.</summary>
    public IReadOnlyList<IPAddress> Used
    {
        get
        {
            lock (_lock)
            {
                return [.. _own.Keys, .. _ended];
            }
        }
    }

    private void Apply(NetworkEvent.LeaseChanged change)
    {
        if (!IPAddress.TryParse(change.Lease.IpAddress, out IPAddress? address))
        {
            return;
        }

        if (change.Change is LeaseChangeKind.Added or LeaseChangeKind.Renewed)
        {
            FabricLease lease = Read(change.Lease, self);
            bool isNew = _own.GetValueOrDefault(address) is not { } before || before.IsNew || before.Lease != lease;
            _own[address] = new LocalLease(lease, isNew);
            _ended.Remove(address);
        }
        else if (_own.Remove(address))
        {
            _ended.Add(address);
        }

        _dirty.Add(address);
    }

    private static FabricLease Read(DhcpLease lease, string host) =>
        new(lease.Mac, lease.ClientId, lease.Iaid, lease.Hostname, host, lease.ExpiryTime);
}
