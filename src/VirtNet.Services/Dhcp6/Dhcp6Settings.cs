using System.Collections.Frozen;
using System.Net;
using VirtNet.Model;
using VirtNet.Services.Dnsmasq.Dhcp;
using VirtNet.Services.Dnsmasq.Tags;
using VirtNet.Services.Leases;
using VirtNet.Services.Names;
using VirtNet.Wire.Dhcp6;

namespace VirtNet.Services.Dhcp6;

/// <summary>What one network's definition means for DHCPv6, looked up without walking the definition.</summary>
internal sealed record Dhcp6Settings
{
    public required Guid Network { get; init; }

    /// <summary>The network's name, for the log.</summary>
    public required string Name { get; init; }

    public required string Bridge { get; init; }

    /// <summary>The bridge's address in the served subnet, which is the name server's.</summary>
    public required AddressKey Gateway { get; init; }

    public required IPNetwork Subnet { get; init; }

    /// <summary>All IPv6 subnets of the bridge: guests have addresses in those that are not served too.</summary>
    public ValueList<IPNetwork> LinkSubnets { get; init; } = [];

    /// <summary>Ranges in the order of the definition; the first one's lease time serves reservations outside all of them.</summary>
    public ValueList<Dhcp6Range> Ranges { get; init; } = [];

    /// <summary>Reservations by DUID.</summary>
    public FrozenDictionary<string, Dhcp6Reservation> ByDuid { get; init; } = FrozenDictionary<string, Dhcp6Reservation>.Empty;

    /// <summary>Reservations for whoever calls itself so; those with a DUID are not among them.</summary>
    public FrozenDictionary<string, Dhcp6Reservation> ByName { get; init; } = FrozenDictionary<string, Dhcp6Reservation>.Empty;

    public FrozenDictionary<AddressKey, Dhcp6Reservation> ByAddress { get; init; } =
        FrozenDictionary<AddressKey, Dhcp6Reservation>.Empty;

    /// <summary>The definition's hosts and the namespace's, where anything depends on who asks.</summary>
    public KnownHosts Hosts { get; init; } = KnownHosts.None;

    /// <summary>Names given to addresses in <c>&lt;dns&gt;</c>: a client that gets such an address gets its name.</summary>
    public FrozenDictionary<AddressKey, string> NameOfAddress { get; init; } = FrozenDictionary<AddressKey, string>.Empty;

    /// <summary>Names that only certain clients may have, IPv4's and IPv6's.</summary>
    public ReservedNames ReservedNames { get; init; } = ReservedNames.None;

    public string? Domain { get; init; }

    public bool SendsNameServer { get; init; }

    /// <summary>255 = clients wait for no other server (RFC 8415, 18.2.1).</summary>
    public byte Preference { get; init; }

    /// <summary>Seconds after which clients without addresses ask again for the rest (RFC 8415, 21.23).</summary>
    public uint RefreshTime { get; init; } = Dhcp6Range.DefaultLease;

    /// <summary>What the dnsmasq namespace says about who gets what.</summary>
    public DhcpRules Rules { get; init; } = DhcpRules.None;

    /// <summary>Options of the dnsmasq namespace; of two that fit the first counts.</summary>
    public ValueList<Dhcp6ExtraOption> ExtraOptions { get; init; } = [];

    public bool InSubnet(AddressKey address) => Subnet.Contains(address.ToAddress());

    public bool IsOnLink(IPAddress address)
    {
        foreach (IPNetwork subnet in LinkSubnets.AsSpan())
        {
            if (subnet.Contains(address))
            {
                return true;
            }
        }

        return false;
    }

    public Dhcp6Range? FindRange(AddressKey address)
    {
        foreach (Dhcp6Range range in Ranges.AsSpan())
        {
            if (address.Value >= range.Start && address.Value <= range.End)
            {
                return range;
            }
        }

        return null;
    }

    /// <summary>Whether any client with these tags may get this address: in a range for them, and not set aside.</summary>
    public bool IsForAnybody(AddressKey address, TagSet tags) =>
        FindRange(address) is { } range && range.Condition.Holds(tags) && !IsSetAside(address);

    /// <summary>Whether an address is not given to whoever asks, in a range or not: the gateway's, one reserved, anycast.</summary>
    public bool IsSetAside(AddressKey address) => address == Gateway || ByAddress.ContainsKey(address) || IsAnycast(address);

    /// <summary>What the range of an address says about it; of one in no range, what lines say of the rest of the subnet.</summary>
    public Dhcp6Range RangeOf(AddressKey address) => FindRange(address) ?? Outside;

    /// <summary>Addresses in no range: reservations, and guests' own.</summary>
    public Dhcp6Range Outside { get; init; } = new(UInt128.MaxValue, UInt128.Zero, Dhcp6Range.DefaultLease);

    /// <summary>The subnet-router anycast address (RFC 4291, 2.6.1) is no guest's.</summary>
    public bool IsAnycast(AddressKey address) =>
        Subnet.PrefixLength < 127 && address == AddressKey.Of(Subnet.BaseAddress);

    /// <summary>Seconds for which a client has an address.</summary>
    public uint LeaseOf(AddressKey address, Dhcp6Reservation? reservation) => reservation?.Lease
        ?? FindRange(address)?.Lease ?? (Ranges.Count > 0 ? Ranges[0].Lease : Dhcp6Range.DefaultLease);
}

/// <summary>Inclusive bounds, and the lease time in seconds.</summary>
internal sealed record Dhcp6Range(UInt128 Start, UInt128 End, uint Lease)
{
    /// <summary>One day, as dnsmasq gives for IPv6.</summary>
    public const uint DefaultLease = 86400;

    /// <summary>A lifetime without end (RFC 8415, 7.7).</summary>
    public const uint Infinite = uint.MaxValue;

    /// <summary>Who may get an address of it.</summary>
    public TagCondition Condition { get; init; } = TagCondition.None;

    /// <summary>The tag that its clients have.</summary>
    public string? Tag { get; init; }

    /// <summary>Its addresses are valid, but no source of new connections (RFC 4862, 5.5.4).</summary>
    public bool IsDeprecated { get; init; }
}

/// <summary>An option that the definition asks for.</summary>
/// <param name="Forced">Sent to clients that did not ask for it too.</param>
internal sealed record Dhcp6ExtraOption(Dhcp6OptionCode Code, ValueList<byte> Value, bool Forced, TagCondition Condition)
{
    /// <summary>No name servers at all, not the bridge either.</summary>
    public bool IsSuppression => Code == Dhcp6OptionCode.NameServers && Value.Count == 0;
}

/// <param name="Duid">As in <see cref="Dhcp6Client.Duid"/>; null where the name decides.</param>
/// <param name="Address">Null = only a name or lease time is reserved.</param>
/// <param name="Lease">Seconds; null = that of the range.</param>
internal sealed record Dhcp6Reservation(string? Duid, string? Name, AddressKey? Address, uint? Lease)
{
    /// <summary>So many addresses from <see cref="Address"/> on are reserved, of which the client gets one that is free.</summary>
    public int Count { get; init; } = 1;

    /// <summary>All of them, in order.</summary>
    public IEnumerable<AddressKey> Addresses => Enumerable.Range(0, Count).Select(At).OfType<AddressKey>();

    /// <summary>One of them, from 0; null behind the last.</summary>
    public AddressKey? At(int index) => Address is { } first && index < Count ? new AddressKey(first.Value + (uint)index) : null;

    public bool Has(AddressKey address) =>
        Address is { } first && address.Value >= first.Value && address.Value - first.Value < (uint)Count;
}
