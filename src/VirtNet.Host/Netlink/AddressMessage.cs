using System.Net;
using System.Runtime.InteropServices;
using VirtNet.Linux.Netlink;

namespace VirtNet.Host.Netlink;

/// <summary>An address of an interface as the kernel tells it.</summary>
internal sealed record AddressMessage(int Link, IPAddress Address, int PrefixLength)
{
    public IPAddress? Broadcast { get; init; }

    private const int FixedLength = 8; // struct ifaddrmsg
    private const int AddressAttribute = 1;
    private const int LocalAttribute = 2;
    private const int BroadcastAttribute = 4;
    private const int FlagsAttribute = 8;
    private const uint NoDuplicateDetection = 2; // IFA_F_NODAD

    public static AddressMessage? TryParse(in NetlinkMessage message)
    {
        ReadOnlySpan<byte> payload = message.Payload;
        if (payload.Length < FixedLength)
        {
            return null;
        }

        IPAddress? address = null;
        IPAddress? local = null;
        IPAddress? broadcast = null;
        foreach (NetlinkAttribute attribute in new NetlinkAttributes(payload[FixedLength..]))
        {
            switch (attribute.Type)
            {
                case AddressAttribute:
                    address = attribute.AsAddress();
                    break;
                case LocalAttribute:
                    local = attribute.AsAddress();
                    break;
                case BroadcastAttribute:
                    broadcast = attribute.AsAddress();
                    break;
            }
        }

        return (local ?? address) is { } own
            ? new AddressMessage(MemoryMarshal.Read<int>(payload[4..]), own, payload[1]) { Broadcast = broadcast }
            : null;
    }

    /// <summary>A message that adds or deletes an address.</summary>
    public static void Write(ref NetlinkWriter writer, NetlinkType type, NetlinkFlags flags, AddressMessage address)
    {
        byte[] bytes = address.Address.GetAddressBytes();
        writer.BeginMessage(type, flags | NetlinkFlags.Acknowledge);
        writer.WriteByte(KernelFamily.Of(address.Address));
        writer.WriteByte((byte)address.PrefixLength);
        writer.WriteByte(0); // flags that do not fit here are an attribute
        writer.WriteByte(0); // scope: global
        writer.WriteUInt32((uint)address.Link);
        writer.WriteAttribute(LocalAttribute, bytes);
        writer.WriteAttribute(AddressAttribute, bytes);
        if (address.Broadcast is { } broadcast)
        {
            writer.WriteAttribute(BroadcastAttribute, broadcast.GetAddressBytes());
        }

        if (bytes.Length == 16)
        {
            writer.WriteAttribute(FlagsAttribute, NoDuplicateDetection);
        }

        writer.EndMessage();
    }

    /// <summary>A dump of the addresses of one link, or of all (0).</summary>
    public static void WriteDump(ref NetlinkWriter writer, int link)
    {
        writer.BeginMessage(NetlinkType.GetAddress, NetlinkFlags.Dump);
        writer.WriteBytes([KernelFamily.Unspecified, 0, 0, 0]);
        writer.WriteUInt32((uint)link);
        writer.EndMessage();
    }
}
