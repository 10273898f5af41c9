using System.Buffers.Binary;
using VirtNet.Linux.Netlink;

namespace VirtNet.Host.Netlink;

/// <summary>Numbers in nftables' messages (linux/netfilter/nf_tables.h), and in what carries them (linux/netfilter/nfnetlink.h).</summary>
internal static class NfTables
{
    public const int Subsystem = 10; // NFNL_SUBSYS_NFTABLES
    public const int HeaderLength = 4; // struct nfgenmsg

    // kinds of messages, in the low byte of their type
    public const int NewTable = 0;
    public const int GetTable = 1;
    public const int DeleteTable = 2;
    public const int NewChain = 3; // also when its policy changes
    public const int GetChain = 4;
    public const int DeleteChain = 5;
    public const int NewRule = 6;
    public const int GetRule = 7;
    public const int DeleteRule = 8;
    public const int GetSet = 10;
    public const int DeleteSet = 11;
    public const int NewElement = 12;
    public const int GetElement = 13;
    public const int DeleteElement = 14;
    public const int NewGeneration = 15;

    /// <summary>In messages about a table, a chain, a rule, a set, and elements: the table's name.</summary>
    public const int TableName = 1;
    public const int TableFlags = 2; // NFTA_TABLE_FLAGS
    public const int ChainName = 3; // NFTA_CHAIN_NAME
    public const int ChainHook = 4; // NFTA_CHAIN_HOOK
    public const int ChainPolicy = 5; // NFTA_CHAIN_POLICY
    public const int HookNumber = 1; // NFTA_HOOK_HOOKNUM
    public const int HookPriority = 2; // NFTA_HOOK_PRIORITY
    public const int RuleChain = 2; // NFTA_RULE_CHAIN
    public const int RuleUserData = 7; // NFTA_RULE_USERDATA
    public const int SetName = 2; // NFTA_SET_NAME, NFTA_SET_ELEM_LIST_SET
    public const int Elements = 3; // NFTA_SET_ELEM_LIST_ELEMENTS
    public const int Element = 1; // NFTA_LIST_ELEM
    public const int ElementKey = 1; // NFTA_SET_ELEM_KEY
    public const int ElementData = 2; // NFTA_SET_ELEM_DATA
    public const int ElementExpression = 7; // NFTA_SET_ELEM_EXPR
    public const int ElementKeyEnd = 10; // NFTA_SET_ELEM_KEY_END
    public const int DataValue = 1; // NFTA_DATA_VALUE
    public const int DataVerdict = 2; // NFTA_DATA_VERDICT
    public const int VerdictCode = 1; // NFTA_VERDICT_CODE
    public const int VerdictChain = 2; // NFTA_VERDICT_CHAIN
    public const int Jump = -3; // NFT_JUMP
    public const int ExpressionData = 2; // NFTA_EXPR_DATA
    public const int CounterPackets = 2; // NFTA_COUNTER_PACKETS
    public const int GenerationProcess = 2; // NFTA_GEN_PROC_PID
    public const int GenerationProgram = 3; // NFTA_GEN_PROC_NAME

    /// <summary>The chain that an element jumps to; empty if it does not.</summary>
    public static string ChainIn(in NetlinkAttribute element) => System.Text.Encoding.UTF8.GetString(NetlinkAttributes.Find(
        NetlinkAttributes.Find(NetlinkAttributes.Find(element.Value, ElementData), DataVerdict), VerdictChain).TrimEnd((byte)0));

    /// <summary>How many packets found an element; null where it does not count them.</summary>
    public static ulong? PacketsIn(in NetlinkAttribute element) =>
        NetlinkAttributes.Find(
            NetlinkAttributes.Find(NetlinkAttributes.Find(element.Value, ElementExpression), ExpressionData), CounterPackets)
            is { Length: 8 } packets
            ? BinaryPrimitives.ReadUInt64BigEndian(packets) : null;

    /// <summary>The key or the value of an element; empty if it has none.</summary>
    public static ReadOnlySpan<byte> DataIn(in NetlinkAttribute element, int type) =>
        NetlinkAttributes.Find(NetlinkAttributes.Find(element.Value, type), DataValue);
}
