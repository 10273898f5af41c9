using VirtNet.Linux.Netlink;

namespace VirtNet.Host.Netlink;

/// <summary>A rule that chooses a routing table, as far as it matters for what an answer of the kernel means (linux/fib_rules.h).</summary>
/// <param name="IsForAll">Whether every packet comes under it.</param>
/// <param name="SaysUnreachable">Whether its answer is the one that the kernel gives where no table has a route.</param>
/// <param name="ChoosesByMark">Whether packets come under it by a mark that somebody gave them.</param>
internal sealed record RuleMessage(uint Table, bool IsForAll, bool SaysUnreachable, bool ChoosesByMark = false)
{
    private const int FixedLength = 12; // struct fib_rule_hdr
    private const byte ToTable = 1;
    private const byte Unreachable = 7;
    private const uint Inverted = 2;
    private const int PriorityAttribute = 6;
    private const int MarkAttribute = 10;
    private const int SuppressedLengthAttribute = 14;
    private const int TableAttribute = 15;
    private const int ProtocolAttribute = 21;

    /// <summary>Whether the table's routes are asked for every packet, and all of them count.</summary>
    public bool AsksAllOf(uint table) => IsForAll && !SaysUnreachable && Table == table;

    public static RuleMessage? TryParse(in NetlinkMessage message)
    {
        if (message.Payload is not { Length: >= FixedLength } payload)
        {
            return null;
        }

        bool isForAll = payload[1] == 0 && payload[2] == 0 && payload[3] == 0 // prefixes and type of service
            && (System.Runtime.InteropServices.MemoryMarshal.Read<uint>(payload[8..]) & Inverted) == 0;
        uint table = payload[4];
        bool byMark = false;
        foreach (NetlinkAttribute attribute in new NetlinkAttributes(payload[FixedLength..]))
        {
            switch (attribute.Type)
            {
                case TableAttribute:
                    table = attribute.AsUInt32();
                    break;
                case PriorityAttribute or ProtocolAttribute:
                case SuppressedLengthAttribute when attribute.AsUInt32() == uint.MaxValue: // none is
                    break;
                case MarkAttribute:
                    byMark = true;
                    isForAll = false;
                    break;
                default:
                    isForAll = false;
                    break;
            }
        }

        return new RuleMessage(table, isForAll && payload[7] is ToTable, payload[7] == Unreachable, byMark);
    }

    public static void WriteDump(ref NetlinkWriter writer, byte family)
    {
        writer.BeginMessage(NetlinkType.GetRule, NetlinkFlags.Dump);
        writer.WriteBytes([family, 0, 0, 0, 0, 0, 0, 0]);
        writer.WriteUInt32(0); // flags
        writer.EndMessage();
    }
}
