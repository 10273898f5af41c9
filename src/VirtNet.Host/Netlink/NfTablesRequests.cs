using System.Buffers.Binary;
using VirtNet.Linux.Netlink;

namespace VirtNet.Host.Netlink;

/// <summary>Requests to nftables about one table of family inet (linux/netfilter/nf_tables.h).</summary>
internal static class NfTablesRequests
{
    public const int GetTable = 1;
    public const int GetChain = 4;
    public const int GetRule = 7;
    public const int GetSet = 10;
    public const int NewElement = 12;
    public const int GetElement = 13;
    public const int DeleteElement = 14;

    /// <summary>In messages about a table, a chain, a rule, a set: the table's name.</summary>
    public const int TableName = 1;
    public const int TableFlags = 2;
    public const int ChainName = 3;
    public const int ChainHook = 4;
    public const int ChainPolicy = 5;
    public const int HookNumber = 1;
    public const int HookPriority = 2;
    public const int RuleChain = 2;
    public const int RuleUserData = 7;
    public const int SetName = 2;
    public const int Elements = 3;
    public const int Element = 1;
    public const int ElementKey = 1;
    public const int ElementData = 2;
    public const int DataValue = 1;

    private const int Subsystem = 10 << 8; // NFNL_SUBSYS_NFTABLES
    private const int BatchBegin = 0x10; // NFNL_MSG_BATCH_BEGIN
    private const int BatchEnd = 0x11;
    private const byte FamilyInet = 1; // NFPROTO_INET
    private const int Nested = 0x8000; // NLA_F_NESTED

    public static void WriteBatchBegin(ref NetlinkWriter writer) => WriteBatchMark(ref writer, BatchBegin);

    public static void WriteBatchEnd(ref NetlinkWriter writer) => WriteBatchMark(ref writer, BatchEnd);

    /// <summary>A question about a table, one of its chains, or (a dump) all of its rules or sets.</summary>
    public static void WriteGet(ref NetlinkWriter writer, int type, string table, string chain = "", bool dump = false)
    {
        writer.BeginMessage((NetlinkType)(Subsystem | type), dump ? NetlinkFlags.Dump : NetlinkFlags.Acknowledge);
        WriteHeader(ref writer);
        writer.WriteAttribute(TableName, table);
        if (chain.Length > 0)
        {
            writer.WriteAttribute(ChainName, chain);
        }

        writer.EndMessage();
    }

    /// <summary>A dump of all elements of a set.</summary>
    public static void WriteList(ref NetlinkWriter writer, string table, string set)
    {
        writer.BeginMessage((NetlinkType)(Subsystem | GetElement), NetlinkFlags.Dump);
        WriteHeader(ref writer);
        writer.WriteAttribute(TableName, table);
        writer.WriteAttribute(SetName, set);
        writer.EndMessage();
    }

    /// <summary>Asks for one element, makes it, or deletes it.</summary>
    /// <param name="value">Empty where the set has none, or it does not matter.</param>
    public static void WriteElement(
        ref NetlinkWriter writer, int type, string table, string set, ReadOnlySpan<byte> key, ReadOnlySpan<byte> value)
    {
        writer.BeginMessage(
            (NetlinkType)(Subsystem | type),
            NetlinkFlags.Acknowledge | (type == NewElement ? NetlinkFlags.Create : NetlinkFlags.None));
        WriteHeader(ref writer);
        writer.WriteAttribute(TableName, table);
        writer.WriteAttribute(SetName, set);
        int list = writer.BeginNested(Elements | Nested);
        int element = writer.BeginNested(Element | Nested);
        WriteData(ref writer, ElementKey, key);
        if (!value.IsEmpty)
        {
            WriteData(ref writer, ElementData, value);
        }

        writer.EndNested(element);
        writer.EndNested(list);
        writer.EndMessage();
    }

    private static void WriteData(ref NetlinkWriter writer, int type, ReadOnlySpan<byte> bytes)
    {
        int data = writer.BeginNested(type | Nested);
        writer.WriteAttribute(DataValue, bytes);
        writer.EndNested(data);
    }

    /// <summary>struct nfgenmsg.</summary>
    private static void WriteHeader(ref NetlinkWriter writer) => writer.WriteBytes([FamilyInet, 0, 0, 0]);

    private static void WriteBatchMark(ref NetlinkWriter writer, int type)
    {
        Span<byte> header = stackalloc byte[4];
        header.Clear();
        BinaryPrimitives.WriteUInt16BigEndian(header[2..], Subsystem >> 8);
        writer.BeginMessage((NetlinkType)type, NetlinkFlags.None);
        writer.WriteBytes(header);
        writer.EndMessage();
    }
}
