using System.Collections.Frozen;
using VirtNet.Model;
using VirtNet.Services.Leases;

namespace VirtNet.Services.Names;

/// <summary>
/// Names that a definition gives to certain clients, of both families together. A reservation by the name alone is for
/// whoever comes with it, so it keeps nobody off.
/// </summary>
internal sealed class ReservedNames
{
    private readonly FrozenDictionary<string, Owners> _owners;

    private ReservedNames(FrozenDictionary<string, Owners> owners) => _owners = owners;

    public static ReservedNames None { get; } = new(FrozenDictionary<string, Owners>.Empty);

    /// <summary>All of them.</summary>
    public IEnumerable<string> All => _owners.Keys;

    public static ReservedNames Of(NetworkDefinition network) => new(network.Ips
        .SelectMany(ip => ip.Hosts)
        .Where(host => host.Name is not null && (host.Mac is not null || host.Id is not null))
        .GroupBy(host => HostNames.FirstLabel(host.Name!), StringComparer.OrdinalIgnoreCase)
        .ToFrozenDictionary(hosts => hosts.Key, Read, StringComparer.OrdinalIgnoreCase));

    /// <summary>Whether a name is reserved, and not for the machine that has this MAC or DUID.</summary>
    public bool IsForAnother(string name, MacAddress? mac, string? duid) =>
        _owners.TryGetValue(name, out Owners? owners)
        && !(mac is { } card && owners.Macs.Contains(card)) && !(duid is not null && owners.Duids.Contains(duid));

    private static Owners Read(IEnumerable<DhcpHost> hosts)
    {
        HashSet<MacAddress> macs = [];
        HashSet<string> duids = [];
        foreach (DhcpHost host in hosts)
        {
            if (MacAddress.TryParse(host.Mac, out MacAddress mac))
            {
                macs.Add(mac);
            }

            if (host.Id is { } id && Duid.Normalize(id) is { } duid)
            {
                duids.Add(duid);
                if (Duid.MacIn(Convert.FromHexString(duid.Replace(":", "", StringComparison.Ordinal))) is { } card)
                {
                    macs.Add(card); // a DUID that was made from a card's address tells that machine in IPv4 too
                }
            }
        }

        return new Owners(macs.ToFrozenSet(), duids.ToFrozenSet());
    }

    private sealed record Owners(FrozenSet<MacAddress> Macs, FrozenSet<string> Duids);
}
