using System.Buffers.Binary;
using VirtNet.Linux.Netlink;

namespace VirtNet.Host.Netlink;

/// <summary>What an announcement about nftables tells.</summary>
internal enum NfTablesChange
{
    /// <summary>A table, a chain (or its policy) or a rule that is new.</summary>
    Made,

    /// <summary>A table, a chain or a rule that is gone.</summary>
    Lost,

    /// <summary>Something that rules look up, gone.</summary>
    LookupLost,

    /// <summary>The end of a transaction, and whose it was.</summary>
    Generation,
}

/// <summary>An announcement that something in the firewall changed (linux/netfilter/nf_tables.h).</summary>
/// <param name="Chain">Of a chain and of a rule.</param>
/// <param name="Set">Of a set or map, and of elements.</param>
/// <param name="Process">Of a generation: the process, and its program's name in <paramref name="Program"/>.</param>
internal sealed record NfTablesMessage(
    NfTablesChange Change, string Table, string Chain, string Set, uint Port, bool IsRule, int Process, string Program)
{
    private const int FixedLength = 4; // struct nfgenmsg
    private const int Subsystem = 10; // NFNL_SUBSYS_NFTABLES

    private const int TableAttribute = 1; // the same in messages about tables, chains, rules, sets and elements
    private const int RuleChainAttribute = 2; // NFTA_RULE_CHAIN
    private const int ChainNameAttribute = 3; // NFTA_CHAIN_NAME
    private const int SetNameAttribute = 2; // NFTA_SET_NAME, NFTA_SET_ELEM_LIST_SET
    private const int ElementsAttribute = 3; // NFTA_SET_ELEM_LIST_ELEMENTS
    private const int ElementAttribute = 1; // NFTA_LIST_ELEM
    private const int KeyAttribute = 1; // NFTA_SET_ELEM_KEY
    private const int ValueAttribute = 1; // NFTA_DATA_VALUE
    private const int GenerationProcessAttribute = 2; // NFTA_GEN_PROC_PID
    private const int GenerationProgramAttribute = 3; // NFTA_GEN_PROC_NAME

    private const int NewTable = 0;
    private const int DeleteTable = 2;
    private const int NewChain = 3; // also when its policy changes
    private const int DeleteChain = 5;
    private const int NewRule = 6;
    private const int DeleteRule = 8;
    private const int DeleteSet = 11;
    private const int DeleteElement = 14;
    private const int NewGeneration = 15;

    /// <returns>Null for messages of other subsystems, and of what is new among the things that rules look up.</returns>
    public static NfTablesMessage? TryParse(in NetlinkMessage message)
    {
        int type = (int)message.Type;
        if (type >> 8 != Subsystem || message.Payload.Length < FixedLength)
        {
            return null;
        }

        int kind = type & 0xff;
        NfTablesChange? told = kind switch
        {
            NewTable or NewChain or NewRule => NfTablesChange.Made,
            DeleteTable or DeleteChain or DeleteRule => NfTablesChange.Lost,
            DeleteSet or DeleteElement => NfTablesChange.LookupLost,
            NewGeneration => NfTablesChange.Generation,
            _ => null,
        };
        if (told is not { } change)
        {
            return null;
        }

        bool rule = kind is NewRule or DeleteRule;
        string table = "";
        string chain = "";
        string set = "";
        int process = 0;
        string program = "";
        foreach (NetlinkAttribute attribute in new NetlinkAttributes(message.Payload[FixedLength..]))
        {
            switch (attribute.Type)
            {
                case GenerationProcessAttribute when change == NfTablesChange.Generation:
                    process = attribute.Value.Length >= 4
                        ? BinaryPrimitives.ReadInt32BigEndian(attribute.Value) : 0;
                    break;
                case GenerationProgramAttribute when change == NfTablesChange.Generation:
                    program = attribute.AsString();
                    break;
                case TableAttribute when change != NfTablesChange.Generation:
                    table = attribute.AsString();
                    break;
                case RuleChainAttribute when rule:
                case ChainNameAttribute when kind is NewChain or DeleteChain:
                    chain = attribute.AsString();
                    break;
                case SetNameAttribute when kind is DeleteSet or DeleteElement:
                    set = attribute.AsString();
                    break;
            }
        }

        return new NfTablesMessage(change, table, chain, set, message.Port, rule, process, program);
    }

    /// <summary>The keys of the deleted elements that a message names, as the kernel has them; empty if it names none.</summary>
    public static IReadOnlyList<byte[]> KeysOf(in NetlinkMessage message)
    {
        List<byte[]> keys = [];
        if (((int)message.Type & 0xff) != DeleteElement || message.Payload.Length < FixedLength)
        {
            return keys;
        }

        foreach (NetlinkAttribute list in new NetlinkAttributes(message.Payload[FixedLength..]))
        {
            if (list.Type != ElementsAttribute)
            {
                continue;
            }

            foreach (NetlinkAttribute element in list.AsNested())
            {
                if (element.Type == ElementAttribute && Find(element, KeyAttribute, out NetlinkAttribute key)
                    && Find(key, ValueAttribute, out NetlinkAttribute value))
                {
                    keys.Add(value.Value.ToArray());
                }
            }
        }

        return keys;
    }

    private static bool Find(in NetlinkAttribute nest, int type, out NetlinkAttribute found)
    {
        foreach (NetlinkAttribute attribute in nest.AsNested())
        {
            if (attribute.Type == type)
            {
                found = attribute;
                return true;
            }
        }

        found = default;
        return false;
    }
}
