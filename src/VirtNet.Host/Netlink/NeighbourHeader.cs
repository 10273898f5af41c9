using System.Runtime.InteropServices;
using VirtNet.Linux.Netlink;

namespace VirtNet.Host.Netlink;

/// <summary>
/// What messages about neighbours, entries of bridges and entries of tunnels begin with (struct ndmsg, linux/neighbour.h), and what
/// they have alike.
/// </summary>
/// <param name="Family">Of the address; for MAC addresses that of bridges.</param>
/// <param name="Link">The index of the link; 0 = none is said.</param>
internal readonly record struct NeighbourHeader(byte Family, int Link = 0, ushort State = 0, byte Flags = 0)
{
    public const ushort Reachable = 0x02; // NUD_REACHABLE
    public const ushort Static = 0x40; // NUD_NOARP
    public const ushort Permanent = 0x80; // NUD_PERMANENT

    public const int AddressAttribute = 1; // NDA_DST
    public const int MacAttribute = 2; // NDA_LLADDR

    private const int Length = 12;
    private const int LinkAt = 4; // ndm_ifindex
    private const int StateAt = 8; // ndm_state
    private const int FlagsAt = 10; // ndm_flags

    /// <returns>False: it is a message about something else.</returns>
    public static bool TryRead(in NetlinkMessage message, out NeighbourHeader header, out NetlinkAttributes attributes)
    {
        ReadOnlySpan<byte> payload = message.Payload;
        if (message.Type is not (NetlinkType.NewNeighbour or NetlinkType.DeleteNeighbour) || payload.Length < Length)
        {
            header = default;
            attributes = default;
            return false;
        }

        header = new NeighbourHeader(
            payload[0], MemoryMarshal.Read<int>(payload[LinkAt..]), MemoryMarshal.Read<ushort>(payload[StateAt..]), payload[FlagsAt]);
        attributes = new NetlinkAttributes(payload[Length..]);
        return true;
    }

    public void Write(ref NetlinkWriter writer)
    {
        writer.WriteBytes([Family, 0, 0, 0]);
        writer.WriteUInt32((uint)Link);
        writer.WriteUInt16(State);
        writer.WriteBytes([Flags, 0]);
    }
}
