using VirtNet.Linux.Netlink;
using VirtNet.Model;

namespace VirtNet.Host.Netlink;

/// <summary>The messages that ask for links or change them.</summary>
internal static class LinkRequests
{
    /// <summary>Asks for one link by name or, where the name is null, by index.</summary>
    public static void WriteGet(ref NetlinkWriter writer, string? name, int index = 0)
    {
        Begin(ref writer, NetlinkType.GetLink, NetlinkFlags.None, index);
        if (name is not null)
        {
            writer.WriteAttribute(LinkAttribute.Name, name);
        }

        writer.WriteAttribute(LinkAttribute.ExtendedMask, LinkAttribute.SkipStatistics);
        writer.EndMessage();
    }

    /// <summary>Asks for all links, or for all ports of one bridge.</summary>
    public static void WriteDump(ref NetlinkWriter writer, int master)
    {
        Begin(ref writer, NetlinkType.GetLink, NetlinkFlags.Dump, index: 0);
        if (master != 0)
        {
            // Without a mask, for which the kernel measures every link of the host before it tells of these few.
            writer.WriteAttribute(LinkAttribute.Master, (uint)master);
        }
        else
        {
            writer.WriteAttribute(LinkAttribute.ExtendedMask, LinkAttribute.SkipStatistics);
        }

        writer.EndMessage();
    }

    /// <summary>Makes a bridge; an existing link of that name is an error.</summary>
    /// <param name="group">Until it has an alias.</param>
    public static void WriteCreateBridge(ref NetlinkWriter writer, string name, MacAddress? mac, uint group)
    {
        Begin(ref writer, NetlinkType.NewLink, NetlinkFlags.Create | NetlinkFlags.Exclusive | NetlinkFlags.Acknowledge, index: 0);
        writer.WriteAttribute(LinkAttribute.Name, name);
        WriteMac(ref writer, mac);
        writer.WriteAttribute(LinkAttribute.Group, group);
        BridgeOptions.Write(ref writer);
        writer.EndMessage();
    }

    /// <summary>Makes a VXLAN tunnel, not up yet; an existing link of that name, or another tunnel of its number and port, is an error.</summary>
    /// <param name="group">Until it has an alias.</param>
    public static void WriteCreateVxlan(
        ref NetlinkWriter writer, string name, MacAddress mac, uint? mtu, uint group, VxlanOptions options)
    {
        Begin(ref writer, NetlinkType.NewLink, NetlinkFlags.Create | NetlinkFlags.Exclusive | NetlinkFlags.Acknowledge, index: 0);
        writer.WriteAttribute(LinkAttribute.Name, name);
        WriteMac(ref writer, mac);
        if (mtu is { } octets)
        {
            writer.WriteAttribute(LinkAttribute.Mtu, octets);
        }

        writer.WriteAttribute(LinkAttribute.Group, group);
        options.Write(ref writer);
        writer.EndMessage();
    }

    public static void WriteBridgeOptions(
        ref NetlinkWriter writer, string name, uint? forwardDelay = null, bool? stp = null, bool? vlanFiltering = null)
    {
        BeginChange(ref writer, name);
        BridgeOptions.Write(ref writer, forwardDelay, stp, vlanFiltering);
        writer.EndMessage();
    }

    public static void WriteMtu(ref NetlinkWriter writer, string name, uint mtu)
    {
        BeginChange(ref writer, name);
        writer.WriteAttribute(LinkAttribute.Mtu, mtu);
        writer.EndMessage();
    }

    public static void WriteMac(ref NetlinkWriter writer, string name, MacAddress mac)
    {
        BeginChange(ref writer, name);
        WriteMac(ref writer, mac);
        writer.EndMessage();
    }

    public static void WriteName(ref NetlinkWriter writer, int index, string name)
    {
        Begin(ref writer, NetlinkType.SetLink, NetlinkFlags.Acknowledge, index);
        writer.WriteAttribute(LinkAttribute.Name, name);
        writer.EndMessage();
    }

    /// <summary>Takes the link out of its group as well.</summary>
    /// <remarks>
    /// Not as <see cref="NetlinkType.NewLink"/>: with a group and no link of the name, older kernels (before 5.18) take that for a
    /// change of all links of the group.
    /// </remarks>
    public static void WriteAlias(ref NetlinkWriter writer, string name, string alias)
    {
        Begin(ref writer, NetlinkType.SetLink, NetlinkFlags.Acknowledge, index: 0);
        writer.WriteAttribute(LinkAttribute.Name, name);
        writer.WriteAttribute(LinkAttribute.Alias, alias);
        writer.WriteAttribute(LinkAttribute.Group, 0u);
        writer.EndMessage();
    }

    public static void WriteUp(ref NetlinkWriter writer, string name, bool up)
    {
        Begin(ref writer, NetlinkType.NewLink, NetlinkFlags.Acknowledge, index: 0,
            flags: up ? LinkAttribute.UpFlag : 0, change: LinkAttribute.UpFlag);
        writer.WriteAttribute(LinkAttribute.Name, name);
        writer.EndMessage();
    }

    public static void WriteUp(ref NetlinkWriter writer, int index, bool up)
    {
        Begin(ref writer, NetlinkType.SetLink, NetlinkFlags.Acknowledge, index,
            flags: up ? LinkAttribute.UpFlag : 0, change: LinkAttribute.UpFlag);
        writer.EndMessage();
    }

    public static void WriteMaster(ref NetlinkWriter writer, int port, int bridge)
    {
        Begin(ref writer, NetlinkType.NewLink, NetlinkFlags.Acknowledge, port);
        writer.WriteAttribute(LinkAttribute.Master, (uint)bridge);
        writer.EndMessage();
    }

    /// <summary>Keeps the kernel from giving a link an IPv6 address by itself. Refused where there is no IPv6.</summary>
    public static void WriteNoAddresses(ref NetlinkWriter writer, int index)
    {
        Begin(ref writer, NetlinkType.SetLink, NetlinkFlags.Acknowledge, index);
        int families = writer.BeginNested(LinkAttribute.FamilySettings | NestedFlag);
        int family = writer.BeginNested(KernelFamily.Ipv6 | NestedFlag);
        writer.WriteAttribute(LinkAttribute.AddressGeneration, LinkAttribute.NoAddresses);
        writer.EndNested(family);
        writer.EndNested(families);
        writer.EndMessage();
    }

    /// <summary>The kernel refuses this while its own STP runs on the bridge.</summary>
    public static void WritePortState(ref NetlinkWriter writer, int port, PortState state)
    {
        int info = BeginPortChange(ref writer, port);
        BridgePort.WriteState(ref writer, state);
        writer.EndNested(info);
        writer.EndMessage();
    }

    /// <summary>Everything about a port but its state, as it was.</summary>
    public static void WritePortSwitches(ref NetlinkWriter writer, int port, BridgePort settings)
    {
        int info = BeginPortChange(ref writer, port);
        settings.WriteSwitches(ref writer);
        writer.EndNested(info);
        writer.EndMessage();
    }

    public static void WriteDelete(ref NetlinkWriter writer, int index)
    {
        Begin(ref writer, NetlinkType.DeleteLink, NetlinkFlags.Acknowledge, index);
        writer.EndMessage();
    }

    public static void WriteGroup(ref NetlinkWriter writer, int index, uint group)
    {
        Begin(ref writer, NetlinkType.SetLink, NetlinkFlags.Acknowledge, index);
        writer.WriteAttribute(LinkAttribute.Group, group);
        writer.EndMessage();
    }

    /// <summary>Deletes all links of a group, or none.</summary>
    public static void WriteDeleteGroup(ref NetlinkWriter writer, uint group)
    {
        Begin(ref writer, NetlinkType.DeleteLink, NetlinkFlags.Acknowledge, index: 0);
        writer.WriteAttribute(LinkAttribute.Group, group);
        writer.EndMessage();
    }

    private const int NestedFlag = 0x8000; // NLA_F_NESTED

    private static int BeginPortChange(ref NetlinkWriter writer, int port)
    {
        Begin(ref writer, NetlinkType.SetLink, NetlinkFlags.Acknowledge, port, KernelFamily.Bridge);
        return writer.BeginNested(LinkAttribute.PortInfo | NestedFlag);
    }

    private static void BeginChange(ref NetlinkWriter writer, string name)
    {
        Begin(ref writer, NetlinkType.NewLink, NetlinkFlags.Acknowledge, index: 0);
        writer.WriteAttribute(LinkAttribute.Name, name);
    }

    private static void Begin(
        ref NetlinkWriter writer, NetlinkType type, NetlinkFlags messageFlags, int index,
        byte family = KernelFamily.Unspecified, uint flags = 0, uint change = 0)
    {
        writer.BeginMessage(type, messageFlags);
        writer.WriteBytes([family, 0, 0, 0]); // struct ifinfomsg
        writer.WriteUInt32((uint)index);
        writer.WriteUInt32(flags);
        writer.WriteUInt32(change);
    }

    private static void WriteMac(ref NetlinkWriter writer, MacAddress? mac)
    {
        if (mac is { } address)
        {
            writer.WriteAttribute(LinkAttribute.Address, address.ToArray());
        }
    }
}
