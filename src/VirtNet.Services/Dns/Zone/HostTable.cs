using VirtNet.Services.Sockets;
using VirtNet.Wire.Dns;

namespace VirtNet.Services.Dns.Zone;

/// <summary>
/// Names and their addresses, both ways. Plain names also stand for themselves in the network's domain; that is for the
/// reader to apply, so that one table of the host's own names serves all networks.
/// </summary>
internal sealed class HostTable
{
    private readonly Dictionary<DnsName, NetAddress[]> _addresses = new(DnsNameComparer.Instance);
    private readonly Dictionary<DnsName, NetAddress[]>.AlternateLookup<ReadOnlySpan<byte>> _byName;
    private readonly Dictionary<NetAddress, DnsName> _names = [];
    private readonly NameAncestors _ancestors = new();

    public HostTable() => _byName = _addresses.GetAlternateLookup<ReadOnlySpan<byte>>();

    public static HostTable Empty { get; } = new();

    public int Count => _addresses.Count;

    /// <summary>Whether one of the names is a plain one, which is in the network's domain too.</summary>
    public bool HasPlainNames { get; private set; }

    /// <summary>Adds an address of a name. Only the first name of an address is found by the address.</summary>
    public void Add(DnsName name, NetAddress address)
    {
        AddForward(name, address);
        _names.TryAdd(address, name);
    }

    /// <summary>Adds an address of a name that the address is not called by.</summary>
    public void AddForward(DnsName name, NetAddress address)
    {
        NetAddress[] known = _addresses.GetValueOrDefault(name, []);
        if (!known.Contains(address))
        {
            _addresses[name] = [.. known, address];
            _ancestors.AddAbove(name);
            HasPlainNames |= name.IsPlain;
        }
    }

    /// <summary>Empty for an unknown name.</summary>
    public ReadOnlySpan<NetAddress> Find(ReadOnlySpan<byte> name) =>
        _byName.TryGetValue(name, out NetAddress[]? addresses) ? addresses : [];

    /// <summary>Whether names below this one are known.</summary>
    public bool IsAbove(ReadOnlySpan<byte> name) => _ancestors.Contains(name);

    public DnsName? FindName(NetAddress address) => _names.GetValueOrDefault(address);
}
