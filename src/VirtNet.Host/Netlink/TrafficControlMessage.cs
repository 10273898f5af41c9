using System.Runtime.InteropServices;

namespace VirtNet.Host.Netlink;

/// <summary>A queueing discipline or a class of one, as the kernel tells it.</summary>
/// <param name="Rate">Of a class of htb, in bytes a second.</param>
/// <param name="Ceiling">Of a class of htb, in bytes a second.</param>
internal sealed record TrafficControlMessage(int Link, uint Handle, uint Parent, string Kind, ulong Rate, ulong Ceiling)
{
    /// <summary>Of a class of htb, in bytes.</summary>
    public ulong Burst => (ulong)((double)BurstTicks * NanosecondsPerTick * Rate / 1e9);

    private uint BurstTicks { get; init; }

    private const int FixedLength = 20; // struct tcmsg
    private const int KindAttribute = 1;
    private const int OptionsAttribute = 2;
    private const int HtbParameters = 1;
    private const int HtbRate64 = 6;
    private const int HtbCeiling64 = 7;
    private const int RateOffset = 8; // in struct tc_ratespec
    private const int CeilingOffset = 20; // in the second one of struct tc_htb_opt
    private const int BurstOffset = 24; // in struct tc_htb_opt
    private const int NanosecondsPerTick = 64; // PSCHED_SHIFT

    public static TrafficControlMessage? TryParse(in NetlinkMessage message)
    {
        ReadOnlySpan<byte> payload = message.Payload;
        if (payload.Length < FixedLength)
        {
            return null;
        }

        TrafficControlMessage found = new(
            MemoryMarshal.Read<int>(payload[4..]),
            MemoryMarshal.Read<uint>(payload[8..]),
            MemoryMarshal.Read<uint>(payload[12..]),
            "", 0, 0);
        foreach (NetlinkAttribute attribute in new NetlinkAttributes(payload[FixedLength..]))
        {
            if (attribute.Type == KindAttribute)
            {
                found = found with { Kind = attribute.AsString() };
            }
            else if (attribute.Type == OptionsAttribute && found.Kind == "htb")
            {
                found = ParseHtb(found, attribute.AsNested());
            }
        }

        return found;
    }

    /// <summary>A dump of all queueing disciplines, or of the classes of one link.</summary>
    public static void WriteDump(ref NetlinkWriter writer, NetlinkType type, int link)
    {
        writer.BeginMessage(type, NetlinkFlags.Dump);
        writer.WriteUInt32(0); // family
        writer.WriteUInt32((uint)link);
        writer.WriteUInt32(0); // handle
        writer.WriteUInt32(0); // parent
        writer.WriteUInt32(0); // info
        writer.EndMessage();
    }

    /// <summary>Rates above 32 bits come in attributes of their own.</summary>
    private static TrafficControlMessage ParseHtb(TrafficControlMessage found, NetlinkAttributes options)
    {
        foreach (NetlinkAttribute option in options)
        {
            found = option.Type switch
            {
                HtbParameters when option.Value.Length >= BurstOffset + 4 => found with
                {
                    BurstTicks = MemoryMarshal.Read<uint>(option.Value[BurstOffset..]),
                    Rate = MemoryMarshal.Read<uint>(option.Value[RateOffset..]),
                    Ceiling = MemoryMarshal.Read<uint>(option.Value[CeilingOffset..]),
                },
                HtbRate64 when option.Value.Length >= 8 => found with { Rate = MemoryMarshal.Read<ulong>(option.Value) },
                HtbCeiling64 when option.Value.Length >= 8 => found with { Ceiling = MemoryMarshal.Read<ulong>(option.Value) },
                _ => found,
            };
        }

        return found;
    }
}
