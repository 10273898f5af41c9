using System.Runtime.InteropServices;
using VirtNet.Linux.Netlink;
using VirtNet.Model;

namespace VirtNet.Host.Netlink;

/// <summary>A network interface as the kernel tells it.</summary>
/// <param name="Family">The family of the message: announcements of bridge ports come as <see cref="KernelFamily.Bridge"/>.</param>
internal sealed record LinkMessage(byte Family, int Index, string Name, bool Up)
{
    public const int FixedLength = 16; // struct ifinfomsg

    public MacAddress? Mac { get; init; }

    public uint Mtu { get; init; }

    /// <summary>What kind of virtual device: bridge, tun, veth; null for a physical one.</summary>
    public string? Kind { get; init; }

    public string? Alias { get; init; }

    /// <summary>A number that links may be grouped by; 0 = none.</summary>
    public uint Group { get; init; }

    public OperationalState State { get; init; }

    /// <summary>Index of the bridge that this is a port of; 0 = none.</summary>
    public int Master { get; init; }

    /// <summary>The other end (veth) or the device below (macvtap); 0 = unknown.</summary>
    public int Peer { get; init; }

    /// <summary>Whether the other end lives in another network namespace.</summary>
    public bool PeerElsewhere { get; init; }

    /// <summary>In an announcement that it is gone: whether it went to another network namespace.</summary>
    public bool MovedElsewhere { get; init; }

    /// <summary>Whether there is a device on a real bus (PCI, USB, virtio) behind it.</summary>
    public bool HasParentDevice { get; init; }

    /// <summary>Whether the kernel was told to give it no IPv6 address of its own; announcements say so, answers do not.</summary>
    public bool GetsNoAddresses { get; init; }

    /// <summary>Of a bridge only.</summary>
    public BridgeOptions? Bridge { get; init; }

    /// <summary>Of a VLAN only.</summary>
    public ushort? VlanTag { get; init; }

    /// <summary>Of a VXLAN tunnel only.</summary>
    public VxlanOptions? Vxlan { get; init; }

    /// <summary>Of a bond only.</summary>
    public BondOptions? Bond { get; init; }

    /// <summary>Of a bridge's port only.</summary>
    public BridgePort? Port { get; init; }

    /// <summary>
    /// Whether it is the host's end of the guest interface with this address: hypervisors give it that address, or the
    /// same with FE in front, so that a bridge never takes it for its own.
    /// </summary>
    public bool IsPortOf(MacAddress guest) =>
        Mac is { } own && (own[0] == guest[0] || own[0] == 0xfe) && own.ToArray().AsSpan(1).SequenceEqual(guest.ToArray().AsSpan(1));

    public static LinkMessage? TryParse(in NetlinkMessage message)
    {
        ReadOnlySpan<byte> payload = message.Payload;
        if (payload.Length < FixedLength)
        {
            return null;
        }

        uint flags = MemoryMarshal.Read<uint>(payload[8..]);
        LinkMessage link = new(payload[0], MemoryMarshal.Read<int>(payload[4..]), "", (flags & LinkAttribute.UpFlag) != 0);
        foreach (NetlinkAttribute attribute in new NetlinkAttributes(payload[FixedLength..]))
        {
            link = attribute.Type switch
            {
                LinkAttribute.Name => link with { Name = attribute.AsString() },
                LinkAttribute.Address when attribute.Value.Length == MacAddress.Length =>
                    link with { Mac = new MacAddress(attribute.Value) },
                LinkAttribute.Mtu => link with { Mtu = attribute.AsUInt32() },
                LinkAttribute.Alias => link with { Alias = attribute.AsString() },
                LinkAttribute.State => link with { State = (OperationalState)attribute.AsByte() },
                LinkAttribute.Master => link with { Master = attribute.AsInt32() },
                LinkAttribute.Group => link with { Group = attribute.AsUInt32() },
                LinkAttribute.Link => link with { Peer = attribute.AsInt32() },
                LinkAttribute.LinkNamespace => link with { PeerElsewhere = true },
                LinkAttribute.NewNamespace => link with { MovedElsewhere = true },
                LinkAttribute.ParentDevice => link with { HasParentDevice = true },
                LinkAttribute.FamilySettings when payload[0] == KernelFamily.Unspecified =>
                    link with { GetsNoAddresses = SaysNoAddresses(attribute.AsNested()) },
                LinkAttribute.Info => ParseInfo(link, attribute.AsNested()),
                LinkAttribute.PortInfo when payload[0] == KernelFamily.Bridge =>
                    link with { Port = BridgePort.Parse(attribute.AsNested()) },
                _ => link,
            };
        }

        return link;
    }

    private static LinkMessage ParseInfo(LinkMessage link, NetlinkAttributes info)
    {
        bool port = false;
        foreach (NetlinkAttribute attribute in info)
        {
            switch (attribute.Type)
            {
                case LinkAttribute.InfoKind:
                    link = link with { Kind = attribute.AsString() };
                    break;
                case LinkAttribute.InfoData when link.Kind == BridgeOptions.Kind:
                    link = link with { Bridge = BridgeOptions.Parse(attribute.AsNested()) };
                    break;
                case LinkAttribute.InfoData when link.Kind == BondOptions.Kind:
                    link = link with { Bond = BondOptions.Parse(attribute.AsNested()) };
                    break;
                case LinkAttribute.InfoData when link.Kind == VxlanOptions.Kind:
                    link = link with { Vxlan = VxlanOptions.Parse(attribute.AsNested()) };
                    break;
                case LinkAttribute.InfoData when link.Kind == "vlan":
                    link = link with { VlanTag = ParseVlanTag(attribute.AsNested()) };
                    break;
                case LinkAttribute.InfoSlaveKind:
                    port = attribute.AsString() == BridgeOptions.Kind;
                    break;
                case LinkAttribute.InfoSlaveData when port:
                    link = link with { Port = BridgePort.Parse(attribute.AsNested()) };
                    break;
            }
        }

        return link;
    }

    private static bool SaysNoAddresses(NetlinkAttributes families)
    {
        foreach (NetlinkAttribute family in families)
        {
            foreach (NetlinkAttribute setting in family.Type == KernelFamily.Ipv6 ? family.AsNested() : default)
            {
                if (setting.Type == LinkAttribute.AddressGeneration)
                {
                    return setting.AsByte() == LinkAttribute.NoAddresses;
                }
            }
        }

        return false;
    }

    private static ushort? ParseVlanTag(NetlinkAttributes attributes)
    {
        foreach (NetlinkAttribute attribute in attributes)
        {
            if (attribute.Type == LinkAttribute.VlanId)
            {
                return attribute.AsUInt16();
            }
        }

        return null;
    }
}

/// <summary>Whether a link carries traffic (IF_OPER_* in linux/if.h, RFC 2863).</summary>
internal enum OperationalState : byte
{
    Unknown = 0,
    NotPresent = 1,
    Down = 2,
    LowerLayerDown = 3,
    Testing = 4,
    Dormant = 5,
    Up = 6,
}

/// <summary>Attributes of links and of what is nested in them (linux/if_link.h).</summary>
internal static class LinkAttribute
{
    public const uint UpFlag = 1; // IFF_UP

    public const int Address = 1;
    public const int Name = 3;
    public const int Mtu = 4;
    public const int Link = 5;
    public const int Master = 10;
    public const int PortInfo = 12;
    public const int State = 16;
    public const int Info = 18;
    public const int Alias = 20;
    public const int FamilySettings = 26; // IFLA_AF_SPEC
    public const int Group = 27;
    public const int ExtendedMask = 29;
    public const int LinkNamespace = 37;
    public const int NewNamespace = 45; // IFLA_NEW_NETNSID
    public const int ParentDevice = 56;

    public const int InfoKind = 1;
    public const int InfoData = 2;
    public const int InfoSlaveKind = 4;
    public const int InfoSlaveData = 5;

    public const int VlanId = 1;

    public const int AddressGeneration = 8; // IFLA_INET6_ADDR_GEN_MODE
    public const byte NoAddresses = 1; // IN6_ADDR_GEN_MODE_NONE

    public const uint SkipStatistics = 8; // RTEXT_FILTER_SKIP_STATS
}
