using System.Collections.Frozen;
using VirtNet.Model;
using VirtNet.Services.Dnsmasq.Dhcp;
using VirtNet.Services.Dnsmasq.Tags;
using VirtNet.Services.Names;
using VirtNet.Wire.Dhcp4;

namespace VirtNet.Services.Dhcp4;

/// <summary>
/// What one network's definition means for DHCPv4, looked up without walking the definition. Addresses are numbers in
/// host order.
/// </summary>
internal sealed record Dhcp4Settings
{
    public required Guid Network { get; init; }

    /// <summary>The network's name, for the log.</summary>
    public required string Name { get; init; }

    public required string Bridge { get; init; }

    /// <summary>The bridge's address in the served subnet: server id, router, name server and next server.</summary>
    public required uint Gateway { get; init; }

    public required uint Mask { get; init; }

    /// <summary>Ranges in the order of the definition; the first one's lease time serves reservations outside all of them.</summary>
    public ValueList<Dhcp4Range> Ranges { get; init; } = [];

    public FrozenDictionary<MacAddress, Dhcp4Reservation> ByMac { get; init; } =
        FrozenDictionary<MacAddress, Dhcp4Reservation>.Empty;

    /// <summary>Reservations for whoever calls itself so; those with a MAC are not among them.</summary>
    public FrozenDictionary<string, Dhcp4Reservation> ByName { get; init; } =
        FrozenDictionary<string, Dhcp4Reservation>.Empty;

    public FrozenDictionary<uint, Dhcp4Reservation> ByAddress { get; init; } =
        FrozenDictionary<uint, Dhcp4Reservation>.Empty;

    /// <summary>The definition's hosts and the namespace's, where anything depends on who asks.</summary>
    public KnownHosts Hosts { get; init; } = KnownHosts.None;

    /// <summary>Names given to addresses in <c>&lt;dns&gt;</c>: a client that gets such an address gets its name.</summary>
    public FrozenDictionary<uint, string> NameOfAddress { get; init; } = FrozenDictionary<uint, string>.Empty;

    /// <summary>Names that only certain clients may have, IPv4's and IPv6's.</summary>
    public ReservedNames ReservedNames { get; init; } = ReservedNames.None;

    public string? Domain { get; init; }

    /// <summary>0 = not told.</summary>
    public ushort Mtu { get; init; }

    /// <summary>Not on an isolated network, whose gateway leads nowhere.</summary>
    public bool SendsRouter { get; init; }

    public bool SendsNameServer { get; init; }

    /// <summary>What the dnsmasq namespace says about who gets what.</summary>
    public DhcpRules Rules { get; init; } = DhcpRules.None;

    /// <summary>Options of the dnsmasq namespace; of two that fit the first counts.</summary>
    public ValueList<Dhcp4ExtraOption> ExtraOptions { get; init; } = [];

    /// <summary>Boot files of the dnsmasq namespace and, last, of the definition itself.</summary>
    public ValueList<Dhcp4Boot> Boots { get; init; } = [];

    /// <summary>Boot services of the dnsmasq namespace, with the addresses of servers that the definition names.</summary>
    public ValueList<PxeServiceLine> PxeServices { get; init; } = [];

    public uint Broadcast => Gateway | ~Mask;

    public uint DefaultLease => Ranges.Count > 0 ? Ranges[0].Lease : Dhcp4Range.DefaultLease;

    public bool InSubnet(uint address) => (address & Mask) == (Gateway & Mask);

    public bool InRange(uint address) => FindRange(address) is not null;

    public Dhcp4Range? FindRange(uint address)
    {
        foreach (Dhcp4Range range in Ranges.AsSpan())
        {
            if (address >= range.Start && address <= range.End)
            {
                return range;
            }
        }

        return null;
    }

    /// <summary>Whether a client with these tags may get an address of the range that holds this one.</summary>
    public bool IsOpen(uint address, TagSet tags) => FindRange(address) is { } range && range.Condition.Holds(tags);

    /// <summary>The tag that an address gives its client.</summary>
    public string? TagOf(uint address) => FindRange(address) is { } range ? range.Tag : OutsideTag;

    /// <summary>The same of one that is in no range.</summary>
    public string? OutsideTag { get; init; }
}

/// <summary>Inclusive bounds, and the lease time in seconds.</summary>
internal sealed record Dhcp4Range(uint Start, uint End, uint Lease)
{
    /// <summary>One hour, as dnsmasq gives for IPv4.</summary>
    public const uint DefaultLease = 3600;

    /// <summary>What option 51 says for a lease that never ends (RFC 2131, 3.3).</summary>
    public const uint Infinite = uint.MaxValue;

    /// <summary>Who may get an address of it.</summary>
    public TagCondition Condition { get; init; } = TagCondition.None;

    /// <summary>The tag that its clients have.</summary>
    public string? Tag { get; init; }

    /// <summary>What its clients are told as the broadcast address; null = the subnet's.</summary>
    public uint? Broadcast { get; init; }
}

/// <param name="Address">0 = only a name or lease time is reserved.</param>
/// <param name="Lease">Seconds; null = that of the range.</param>
internal sealed record Dhcp4Reservation(MacAddress? Mac, string? Name, uint Address, uint? Lease);

/// <summary>What a client boots.</summary>
/// <param name="NextServer">From where; the gateway unless something else is said.</param>
internal sealed record Dhcp4Boot(TagCondition Condition, string? File, string? ServerName, uint NextServer);

/// <summary>An option that the definition asks for.</summary>
/// <param name="Value">Empty for a built-in option = not sent at all.</param>
/// <param name="Forced">Sent to clients that did not ask for it too.</param>
internal sealed record Dhcp4ExtraOption(Dhcp4OptionCode Code, ValueList<byte> Value, bool Forced)
{
    public TagCondition Condition { get; init; } = TagCondition.None;

    /// <summary>Some clients want a final zero behind it.</summary>
    public bool IsText { get; init; }

    /// <inheritdoc cref="OptionLine.Vendor"/>
    public string? Vendor { get; init; }

    /// <inheritdoc cref="OptionLine.Encapsulation"/>
    public byte? Encapsulation { get; init; }

    /// <inheritdoc cref="OptionLine.Enterprise"/>
    public uint? Enterprise { get; init; }

    public bool IsNested => Vendor is not null || Encapsulation is not null || Enterprise is not null;

    /// <summary>dnsmasq: an empty value of one of these means not to send the option.</summary>
    public bool IsSuppression => Value.Count == 0
        && Code is Dhcp4OptionCode.SubnetMask or Dhcp4OptionCode.BroadcastAddress or Dhcp4OptionCode.Router
            or Dhcp4OptionCode.DomainServer or Dhcp4OptionCode.DomainName or Dhcp4OptionCode.HostName;

    /// <summary>Options that the protocol itself decides on, so that no definition can break it.</summary>
    public bool IsReserved => Code is Dhcp4OptionCode.LeaseTime or Dhcp4OptionCode.Overload or Dhcp4OptionCode.MessageType
        or Dhcp4OptionCode.ServerId or Dhcp4OptionCode.ParameterList or Dhcp4OptionCode.MaxMessageSize
        or Dhcp4OptionCode.RenewalTime or Dhcp4OptionCode.RebindingTime or Dhcp4OptionCode.ClientFqdn
        or Dhcp4OptionCode.RelayAgentInformation or Dhcp4OptionCode.End;
}
