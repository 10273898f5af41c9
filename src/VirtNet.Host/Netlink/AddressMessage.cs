using System.Net;
using System.Runtime.InteropServices;
using VirtNet.Linux.Netlink;

namespace VirtNet.Host.Netlink;

/// <summary>An address of an interface as the kernel tells it.</summary>
internal sealed record AddressMessage(int Link, IPAddress Address, int PrefixLength)
{
    public IPAddress? Broadcast { get; init; }

    /// <summary>Who has set it, for those who look for their own; 0 = nobody says (since Linux 5.18).</summary>
    public byte Origin { get; init; }

    /// <summary>Answered, but not chosen for what the host sends by itself. IPv6 only.</summary>
    public bool IsDeprecated { get; init; }

    private const int FixedLength = 8; // struct ifaddrmsg
    private const int AddressAttribute = 1;
    private const int LocalAttribute = 2;
    private const int BroadcastAttribute = 4;
    private const int CacheAttribute = 6; // struct ifa_cacheinfo
    private const int FlagsAttribute = 8;
    private const int OriginAttribute = 11; // IFA_PROTO
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
        byte origin = 0;
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
                case OriginAttribute:
                    origin = attribute.AsByte();
                    break;
            }
        }

        return (local ?? address) is { } own
            ? new AddressMessage(MemoryMarshal.Read<int>(payload[4..]), own, payload[1]) { Broadcast = broadcast, Origin = origin }
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

        if (address.IsDeprecated)
        {
            Span<byte> lifetimes = stackalloc byte[16];
            lifetimes[4..8].Fill(byte.MaxValue); // preferred for no time, valid for ever
            writer.WriteAttribute(CacheAttribute, lifetimes);
        }

        if (address.Origin != 0)
        {
            writer.WriteAttribute(OriginAttribute, address.Origin);
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
