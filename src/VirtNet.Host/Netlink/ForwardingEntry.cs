using System.Runtime.InteropServices;
using VirtNet.Linux.Netlink;
using VirtNet.Model;

namespace VirtNet.Host.Netlink;

/// <summary>What a bridge knows of a MAC address (linux/neighbour.h, family bridge).</summary>
/// <param name="Port">The index of the port that it was last seen behind.</param>
internal sealed record ForwardingEntry(int Port)
{
    private const int FixedLength = 12; // struct ndmsg
    private const int InterfaceAt = 4; // ndm_ifindex
    private const int StateAt = 8; // ndm_state
    private const ushort Static = 0x40; // NUD_NOARP
    private const ushort Permanent = 0x80; // NUD_PERMANENT
    private const int FlagsAt = 10; // ndm_flags
    private const byte OfBridge = 0x04; // NTF_MASTER
    private const byte OfControlPlane = 0x10; // NTF_EXT_LEARNED
    private const int MacAttribute = 2; // NDA_LLADDR
    private const int BridgeAttribute = 9; // NDA_MASTER

    public MacAddress Mac { get; init; }

    /// <summary>The index of the bridge; 0 = it is an entry of the port itself.</summary>
    public int Bridge { get; init; }

    /// <summary>Whether it was set, and is not forgotten. What a control plane has taken over since is no more.</summary>
    public bool IsStatic { get; init; }

    /// <summary>Whether it is the port's own address.</summary>
    public bool IsOwn { get; init; }

    public static void WriteGet(ref NetlinkWriter writer, int bridge, MacAddress mac)
    {
        writer.BeginMessage(NetlinkType.GetNeighbour, NetlinkFlags.None);
        writer.WriteBytes([KernelFamily.Bridge, .. new byte[FixedLength - 1]]);
        writer.WriteAttribute(MacAttribute, mac.ToArray());
        writer.WriteAttribute(BridgeAttribute, (uint)bridge);
        writer.EndMessage();
    }

    /// <summary>A dump of what a bridge knows, and its ports for themselves; of all bridges where the kernel does not choose.</summary>
    public static void WriteDump(ref NetlinkWriter writer, int bridge)
    {
        writer.BeginMessage(NetlinkType.GetNeighbour, NetlinkFlags.Dump);
        writer.WriteBytes([KernelFamily.Bridge, .. new byte[FixedLength - 1]]);
        writer.WriteAttribute(BridgeAttribute, (uint)bridge);
        writer.EndMessage();
    }

    /// <summary>A message that has a bridge know for good that a MAC address is behind a port, or forget it.</summary>
    public static void WriteStatic(ref NetlinkWriter writer, NetlinkType type, NetlinkFlags flags, int port, MacAddress mac)
    {
        writer.BeginMessage(type, flags | NetlinkFlags.Acknowledge);
        writer.WriteBytes([KernelFamily.Bridge, 0, 0, 0]);
        writer.WriteUInt32((uint)port);
        writer.WriteUInt16(Static);
        writer.WriteBytes([OfBridge, 0]);
        writer.WriteAttribute(MacAttribute, mac.ToArray());
        writer.EndMessage();
    }

    public static ForwardingEntry? TryParse(in NetlinkMessage message)
    {
        if (message.Type is not (NetlinkType.NewNeighbour or NetlinkType.DeleteNeighbour) || message.Payload.Length < FixedLength
            || message.Payload[0] != KernelFamily.Bridge)
        {
            return null;
        }

        ushort state = MemoryMarshal.Read<ushort>(message.Payload[StateAt..]);
        ForwardingEntry entry = new(MemoryMarshal.Read<int>(message.Payload[InterfaceAt..]))
        {
            IsStatic = (state & Static) != 0 && (message.Payload[FlagsAt] & OfControlPlane) == 0,
            IsOwn = (state & Permanent) != 0,
        };
        foreach (NetlinkAttribute attribute in new NetlinkAttributes(message.Payload[FixedLength..]))
        {
            entry = attribute.Type switch
            {
                MacAttribute when attribute.Value.Length == MacAddress.Length => entry with { Mac = new MacAddress(attribute.Value) },
                BridgeAttribute => entry with { Bridge = attribute.AsInt32() },
                _ => entry,
            };
        }

        return entry;
    }
}
