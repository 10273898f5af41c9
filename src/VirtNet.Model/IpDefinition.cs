using System.Net;
using System.Net.Sockets;

namespace VirtNet.Model;

/// <summary>One <c>&lt;ip&gt;</c>: an address of the bridge, and what is served to guests from it.</summary>
public sealed record IpDefinition(IPAddress Address)
{
    /// <summary>The <c>family</c> attribute as written; null when absent.</summary>
    public string? Family { get; init; }

    public IPAddress? Netmask { get; init; }

    /// <summary>0 = not given.</summary>
    public uint Prefix { get; init; }

    public bool? LocalPtr { get; init; }

    public string? TftpRoot { get; init; }

    public ValueList<DhcpRange> Ranges { get; init; } = [];

    public ValueList<DhcpHost> Hosts { get; init; } = [];

    public BootFile? Boot { get; init; }

    public bool IsIpv6 => Address.AddressFamily == AddressFamily.InterNetworkV6;

    /// <summary>Whether DHCP is served from this address.</summary>
    public bool HasDhcp => Ranges.Count > 0 || Hosts.Count > 0;

    /// <summary>
    /// The prefix in force: as given, from the netmask, else classful (IPv4) or 64 (IPv6). Null for a netmask that is
    /// not contiguous and for IPv4 addresses without a class.
    /// </summary>
    public int? EffectivePrefix => Subnet.EffectivePrefix(Address, Netmask, Prefix);

    /// <summary>The network address of this subnet, or null where there is no valid prefix.</summary>
    public IPNetwork? Network =>
        EffectivePrefix is { } prefix ? new IPNetwork(Subnet.NetworkAddress(Address, prefix), prefix) : null;
}

/// <summary>One inclusive range of a network's DHCP pool.</summary>
public sealed record DhcpRange(IPAddress Start, IPAddress End, LeaseTime? Lease = null);

/// <summary>A reservation. The MAC is kept as written: libvirt prints it so; comparison ignores case and leading zeros.</summary>
public sealed record DhcpHost(string? Mac, string? Id, string? Name, IPAddress? Address, LeaseTime? Lease = null);

/// <summary>What BOOTP and PXE clients load, and from where (default: the gateway).</summary>
public sealed record BootFile(string File, IPAddress? Server);

/// <summary>A lease time as written; expiry 0 means infinite.</summary>
public sealed record LeaseTime(ulong Expiry, LeaseTimeUnit Unit)
{
    /// <summary>All ones on the wire means infinite (RFC 2131, 3.3), so the longest finite time is one second less.</summary>
    private const uint LongestSeconds = uint.MaxValue - 1;

    /// <summary>Null = infinite. What a DHCP packet cannot carry is cut to the longest it can.</summary>
    public TimeSpan? Duration
    {
        get
        {
            uint unit = Unit switch { LeaseTimeUnit.Seconds => 1, LeaseTimeUnit.Hours => 3600, _ => 60 };
            return Expiry == 0 ? null : TimeSpan.FromSeconds(Expiry > LongestSeconds / unit ? LongestSeconds : Expiry * unit);
        }
    }

    /// <summary>The same as DHCP writes it: all ones = infinite.</summary>
    public uint Seconds => Duration is { } duration ? (uint)duration.TotalSeconds : uint.MaxValue;
}

public enum LeaseTimeUnit
{
    Seconds,
    Minutes,
    Hours,
}
