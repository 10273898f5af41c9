using System.Runtime.InteropServices;
using VirtNet.Linux.Netlink;

namespace VirtNet.Host.Netlink;

/// <summary>A queueing discipline, or a class or a filter of one, as the kernel tells it.</summary>
/// <param name="Rate">Of a class of htb, in bytes a second.</param>
/// <param name="Ceiling">Of a class of htb, in bytes a second.</param>
internal sealed record TrafficControlMessage(int Link, uint Handle, uint Parent, string Kind, ulong Rate, ulong Ceiling)
{
    /// <summary>Of a class of htb, in bytes.</summary>
    public ulong Burst => (ulong)((double)BurstTicks * NanosecondsPerTick * Rate / 1e9);

    /// <summary>Of htb itself: what a class's quantum is reckoned by that does not say its own.</summary>
    public uint RateToQuantum { get; private init; }

    /// <summary>Of a filter.</summary>
    public int Priority { get; private init; }

    /// <summary>Of a filter of u32: the class that packets are put into.</summary>
    public uint FlowId { get; private init; }

    private uint BurstTicks { get; init; }

    /// <summary>The place of the discipline for what a link sends (TC_H_ROOT).</summary>
    public const uint Root = 0xffffffff;

    /// <summary>The place of the discipline for what a link receives (TC_H_INGRESS).</summary>
    public const uint Ingress = 0xfffffff1;

    /// <summary>The handle of the discipline that is there.</summary>
    public const uint IngressHandle = 0xffff0000;

    private const int FixedLength = 20; // struct tcmsg
    private const int KindAttribute = 1;
    private const int OptionsAttribute = 2;
    private const int HtbParameters = 1; // of a class
    private const int HtbInitial = 2; // of htb itself
    private const int HtbRate64 = 6;
    private const int HtbCeiling64 = 7;
    private const int RateOffset = 8; // in struct tc_ratespec
    private const int CeilingOffset = 20; // in the second one of struct tc_htb_opt
    private const int BurstOffset = 24; // in struct tc_htb_opt
    private const int RateToQuantumOffset = 4; // in struct tc_htb_glob
    private const int U32ClassId = 1;
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
            "", 0, 0)
        {
            Priority = MemoryMarshal.Read<int>(payload[16..]) >>> 16,
        };
        foreach (NetlinkAttribute attribute in new NetlinkAttributes(payload[FixedLength..]))
        {
            if (attribute.Type == KindAttribute)
            {
                found = found with { Kind = attribute.AsString() };
            }
            else if (attribute.Type == OptionsAttribute && found.Kind is "htb" or "u32")
            {
                found = found.Kind == "htb" ? ParseHtb(found, attribute.AsNested()) : ParseU32(found, attribute.AsNested());
            }
        }

        return found;
    }

    /// <summary>A question about one link.</summary>
    /// <param name="parent">What it hangs on; 0 = anything.</param>
    public static void WriteGet(ref NetlinkWriter writer, NetlinkType type, NetlinkFlags flags, int link, uint parent)
    {
        writer.BeginMessage(type, flags);
        writer.WriteUInt32(0); // family
        writer.WriteUInt32((uint)link);
        writer.WriteUInt32(0); // handle
        writer.WriteUInt32(parent);
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
                HtbInitial when option.Value.Length >= RateToQuantumOffset + 4 => found with
                {
                    RateToQuantum = MemoryMarshal.Read<uint>(option.Value[RateToQuantumOffset..]),
                },
                HtbRate64 when option.Value.Length >= 8 => found with { Rate = MemoryMarshal.Read<ulong>(option.Value) },
                HtbCeiling64 when option.Value.Length >= 8 => found with { Ceiling = MemoryMarshal.Read<ulong>(option.Value) },
                _ => found,
            };
        }

        return found;
    }

    private static TrafficControlMessage ParseU32(TrafficControlMessage found, NetlinkAttributes options)
    {
        foreach (NetlinkAttribute option in options)
        {
            found = option.Type == U32ClassId ? found with { FlowId = option.AsUInt32() } : found;
        }

        return found;
    }
}
