using System.Net;
using System.Net.Sockets;

namespace VirtNet.Services.Leases;

/// <content>Names, as DNS asks for them.</content>
internal sealed partial class NetworkLeases
{
    private static readonly StringComparer NameComparer = StringComparer.OrdinalIgnoreCase;

    /// <summary>
    /// How long a name is nobody's after its owner left, before it falls back to an older client of that name: a machine
    /// that only restarts its network must not be taken for another one meanwhile.
    /// </summary>
    private static readonly TimeSpan NameRest = TimeSpan.FromSeconds(1);

    private readonly OwnedNames _names = new();
    private long _lastNameRank;

    public bool HasNames
    {
        get
        {
            lock (Sync)
            {
                return !_names.IsEmpty || !_heldNames.IsEmpty;
            }
        }
    }

    public IPAddress? FindAddress(ReadOnlySpan<char> name, AddressFamily family)
    {
        lock (Sync)
        {
            // An owner whose lease has ended leaves within a second: until then nobody has the name, as for a while after.
            return _names.Find(name)?.Of(family) is { Latest: { } owner } owners && !owners.IsResting(_clock, NameRest)
                && _byAddress[owner.Address].Lease is var lease && !(lease.Expires <= _clock.GetUtcNow())
                ? lease.Address : FindHeldAddress(name, family);
        }
    }

    public string? FindName(IPAddress address)
    {
        lock (Sync)
        {
            AddressKey key = AddressKey.Of(address);
            return _byAddress.TryGetValue(key, out Entry? entry) && !(entry.Lease.Expires <= _clock.GetUtcNow())
                ? Shown(entry).HostName : FindHeld(key)?.Lease.HostName;
        }
    }

    /// <summary>
    /// All leases that have not expired, in no order and as lists show them: a name is with whoever took it last, as dnsmasq
    /// takes it from any lease before (lease_set_hostname). One IPv6 machine may have it with several.
    /// </summary>
    public IReadOnlyList<Lease> ShownSnapshot(DateTimeOffset now) => Snapshot(now, Shown);

    /// <summary>All leases of a name, of both families and in no order.</summary>
    public IReadOnlyList<Lease> OfName(string name)
    {
        lock (Sync)
        {
            return [.. (_names.Find(name)?.All ?? []).Select(owner => _byAddress[owner.Address].Lease)];
        }
    }

    /// <summary>Whether a client of this host that is not this machine is called so.</summary>
    /// <param name="isPassedOver">Behind which ports none is meant; asked once for each port where there are many leases.</param>
    public bool IsNameOfOther(string name, in Machine machine, Func<int, bool> isPassedOver)
    {
        lock (Sync)
        {
            return _names.Find(name)?.IsOfOtherThan(machine, own: null, isPassedOver) == true;
        }
    }

    private static NameOwner OwnerOf(Entry entry) => NameOwner.Of(entry.Key, entry.Lease, entry.Port, entry.NameRank);

    private Lease Shown(Entry entry) =>
        entry.Lease is { HostName: { } name } lease && _names.Find(name)?.Of(FamilyOf(entry))?.Latest is { } latest
            && latest.Address != entry.Key && !(lease.Iaid is not null && lease.ClientId == latest.Duid)
            ? lease with { HostName = null } : entry.Lease;

    private long NextNameRank() => ++_lastNameRank;

    private void LinkName(Entry entry) => _names.Add(entry.Lease.HostName, OwnerOf(entry));

    private void UnlinkName(Entry entry)
    {
        NameOwner owner = OwnerOf(entry);
        _names.Remove(entry.Lease.HostName, owner)?.Of(FamilyOf(entry))?.NoteLeft(owner, _clock.GetTimestamp());
    }

    /// <summary>Notes where the client of a lease is, which leaves the name whose it is.</summary>
    private void MoveName(Entry entry, int port)
    {
        _names.Remove(entry.Lease.HostName, OwnerOf(entry));
        entry.Port = port;
        LinkName(entry);
    }

    private static AddressFamily FamilyOf(Entry entry) => entry.Lease.Address.AddressFamily;
}
