using System.Buffers.Binary;
using System.Collections.Frozen;
using VirtNet.Model;
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

    public string? BootFile { get; init; }

    public uint NextServer { get; init; }

    /// <summary>Options of the dnsmasq namespace, in order.</summary>
    public ValueList<Dhcp4ExtraOption> ExtraOptions { get; init; } = [];

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

    /// <summary>An option of the namespace that takes the place of a built-in one, or suppresses it by being empty.</summary>
    public bool Overrides(Dhcp4OptionCode code) => Find(code) is not null;

    /// <summary>A time in seconds that an option of the namespace sets, at most the lease time; null if none does.</summary>
    public uint? TimeOption(Dhcp4OptionCode code, uint lease) =>
        Find(code)?.Value is { Count: 4 } value
            ? Math.Min(BinaryPrimitives.ReadUInt32BigEndian(value.AsSpan()), lease)
            : null;

    private Dhcp4ExtraOption? Find(Dhcp4OptionCode code)
    {
        foreach (Dhcp4ExtraOption option in ExtraOptions.AsSpan())
        {
            if (option.Code == code)
            {
                return option;
            }
        }

        return null;
    }
}

/// <summary>Inclusive bounds, and the lease time in seconds.</summary>
internal sealed record Dhcp4Range(uint Start, uint End, uint Lease)
{
    /// <summary>One hour, as dnsmasq gives for IPv4.</summary>
    public const uint DefaultLease = 3600;

    /// <summary>What option 51 says for a lease that never ends (RFC 2131, 3.3).</summary>
    public const uint Infinite = uint.MaxValue;
}

/// <param name="Address">0 = only a name or lease time is reserved.</param>
/// <param name="Lease">Seconds; null = that of the range.</param>
internal sealed record Dhcp4Reservation(MacAddress? Mac, string? Name, uint Address, uint? Lease);

/// <summary>An option that the definition asks for.</summary>
/// <param name="Value">Empty for a built-in option = not sent at all.</param>
/// <param name="Forced">Sent to clients that did not ask for it too.</param>
internal sealed record Dhcp4ExtraOption(Dhcp4OptionCode Code, ValueList<byte> Value, bool Forced)
{
    /// <summary>dnsmasq: an empty value of one of these means not to send the option.</summary>
    public bool IsSuppression => Value.Count == 0
        && Code is Dhcp4OptionCode.SubnetMask or Dhcp4OptionCode.BroadcastAddress or Dhcp4OptionCode.Router
            or Dhcp4OptionCode.DomainServer;

    /// <summary>Options that the protocol itself decides on, so that no definition can break it.</summary>
    public bool IsReserved => Code is Dhcp4OptionCode.LeaseTime or Dhcp4OptionCode.Overload or Dhcp4OptionCode.MessageType
        or Dhcp4OptionCode.ServerId or Dhcp4OptionCode.ParameterList or Dhcp4OptionCode.MaxMessageSize
        or Dhcp4OptionCode.RenewalTime or Dhcp4OptionCode.RebindingTime or Dhcp4OptionCode.ClientFqdn
        or Dhcp4OptionCode.RelayAgentInformation;
}
