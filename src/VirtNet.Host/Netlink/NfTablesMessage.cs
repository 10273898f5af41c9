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

    /// <summary>Elements of something that rules look up.</summary>
    LookupMade,

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
    /// <summary>Of the table: NFPROTO_* in linux/netfilter.h. Tables of several families may have one name.</summary>
    public byte Family { get; init; }

    /// <returns>Null for messages of other subsystems, and of new sets and maps.</returns>
    public static NfTablesMessage? TryParse(in NetlinkMessage message)
    {
        int type = (int)message.Type;
        if (type >> 8 != NfTables.Subsystem || message.Payload.Length < NfTables.HeaderLength)
        {
            return null;
        }

        int kind = type & 0xff;
        NfTablesChange? told = kind switch
        {
            NfTables.NewTable or NfTables.NewChain or NfTables.NewRule => NfTablesChange.Made,
            NfTables.DeleteTable or NfTables.DeleteChain or NfTables.DeleteRule => NfTablesChange.Lost,
            NfTables.NewElement => NfTablesChange.LookupMade,
            NfTables.DeleteSet or NfTables.DeleteElement => NfTablesChange.LookupLost,
            NfTables.NewGeneration => NfTablesChange.Generation,
            _ => null,
        };
        if (told is not { } change)
        {
            return null;
        }

        bool rule = kind is NfTables.NewRule or NfTables.DeleteRule;
        string table = "";
        string chain = "";
        string set = "";
        int process = 0;
        string program = "";
        foreach (NetlinkAttribute attribute in new NetlinkAttributes(message.Payload[NfTables.HeaderLength..]))
        {
            switch (attribute.Type)
            {
                case NfTables.GenerationProcess when change == NfTablesChange.Generation:
                    process = attribute.Value.Length >= 4
                        ? BinaryPrimitives.ReadInt32BigEndian(attribute.Value) : 0;
                    break;
                case NfTables.GenerationProgram when change == NfTablesChange.Generation:
                    program = attribute.AsString();
                    break;
                case NfTables.TableName when change != NfTablesChange.Generation:
                    table = attribute.AsString();
                    break;
                case NfTables.RuleChain when rule:
                case NfTables.ChainName when kind is NfTables.NewChain or NfTables.DeleteChain:
                    chain = attribute.AsString();
                    break;
                case NfTables.SetName when kind is NfTables.NewElement or NfTables.DeleteSet or NfTables.DeleteElement:
                    set = attribute.AsString();
                    break;
            }
        }

        return new NfTablesMessage(change, table, chain, set, message.Port, rule, process, program)
        {
            Family = message.Payload[0],
        };
    }

    /// <summary>The keys of the deleted elements that a message names, as the kernel has them; empty if it names none.</summary>
    public static IReadOnlyList<byte[]> KeysOf(in NetlinkMessage message)
    {
        List<byte[]> keys = [];
        if (((int)message.Type & 0xff) != NfTables.DeleteElement || message.Payload.Length < NfTables.HeaderLength)
        {
            return keys;
        }

        foreach (NetlinkAttribute list in new NetlinkAttributes(message.Payload[NfTables.HeaderLength..]))
        {
            if (list.Type != NfTables.Elements)
            {
                continue;
            }

            foreach (NetlinkAttribute element in list.AsNested())
            {
                if (element.Type == NfTables.Element && NfTables.DataIn(element, NfTables.ElementKey) is { IsEmpty: false } key)
                {
                    keys.Add(key.ToArray());
                }
            }
        }

        return keys;
    }
}
