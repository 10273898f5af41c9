using VirtNet.Linux.Netlink;
using VirtNet.Model;

namespace VirtNet.Host.Netlink;

/// <summary>What a bridge knows of a MAC address (linux/neighbour.h, family bridge).</summary>
/// <param name="Port">The index of the port that it was last seen behind.</param>
internal sealed record ForwardingEntry(int Port)
{
    private const byte OfBridge = 0x04; // NTF_MASTER
    private const byte OfControlPlane = 0x10; // NTF_EXT_LEARNED
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
        new NeighbourHeader(KernelFamily.Bridge).Write(ref writer);
        writer.WriteAttribute(NeighbourHeader.MacAttribute, mac.ToArray());
        writer.WriteAttribute(BridgeAttribute, (uint)bridge);
        writer.EndMessage();
    }

    /// <summary>A dump of what a bridge knows, and its ports for themselves; of all bridges where the kernel does not choose.</summary>
    public static void WriteDump(ref NetlinkWriter writer, int bridge)
    {
        writer.BeginMessage(NetlinkType.GetNeighbour, NetlinkFlags.Dump);
        new NeighbourHeader(KernelFamily.Bridge).Write(ref writer);
        writer.WriteAttribute(BridgeAttribute, (uint)bridge);
        writer.EndMessage();
    }

    /// <summary>A message that has a bridge know for good that a MAC address is behind a port, or forget it.</summary>
    public static void WriteStatic(ref NetlinkWriter writer, NetlinkType type, NetlinkFlags flags, int port, MacAddress mac) =>
        Write(ref writer, type, flags, port, mac, NeighbourHeader.Static);

    /// <summary>A message that has a bridge know it no better than what it found out by itself.</summary>
    public static void WriteSeen(ref NetlinkWriter writer, int port, MacAddress mac) =>
        Write(ref writer, NetlinkType.NewNeighbour, NetlinkFlags.Replace, port, mac, NeighbourHeader.Reachable);

    private static void Write(ref NetlinkWriter writer, NetlinkType type, NetlinkFlags flags, int port, MacAddress mac, ushort state)
    {
        writer.BeginMessage(type, flags | NetlinkFlags.Acknowledge);
        new NeighbourHeader(KernelFamily.Bridge, port, state, OfBridge).Write(ref writer);
        writer.WriteAttribute(NeighbourHeader.MacAttribute, mac.ToArray());
        writer.EndMessage();
    }

    public static ForwardingEntry? TryParse(in NetlinkMessage message)
    {
        if (!NeighbourHeader.TryRead(message, out NeighbourHeader header, out NetlinkAttributes attributes) || header.Family != KernelFamily.Bridge)
        {
            return null;
        }

        ForwardingEntry entry = new(header.Link)
        {
            IsStatic = (header.State & NeighbourHeader.Static) != 0 && (header.Flags & OfControlPlane) == 0,
            IsOwn = (header.State & NeighbourHeader.Permanent) != 0,
        };
        foreach (NetlinkAttribute attribute in attributes)
        {
            entry = attribute.Type switch
            {
                NeighbourHeader.MacAttribute when attribute.Value.Length == MacAddress.Length => entry with { Mac = new MacAddress(attribute.Value) },
                BridgeAttribute => entry with { Bridge = attribute.AsInt32() },
                _ => entry,
            };
        }

        return entry;
    }
}
