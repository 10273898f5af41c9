using System.Buffers.Binary;
using VirtNet.Linux.Netlink;

namespace VirtNet.Host.Netlink;

/// <summary>Requests to nftables about one table (linux/netfilter/nf_tables.h).</summary>
internal static class NfTablesRequests
{
    private const int Type = NfTables.Subsystem << 8;
    private const int BatchBegin = 0x10; // NFNL_MSG_BATCH_BEGIN
    private const int BatchEnd = 0x11;
    private const int Nested = 0x8000; // NLA_F_NESTED

    public static void WriteBatchBegin(ref NetlinkWriter writer) => WriteBatchMark(ref writer, BatchBegin);

    public static void WriteBatchEnd(ref NetlinkWriter writer) => WriteBatchMark(ref writer, BatchEnd);

    /// <summary>A question about a table, one of its chains, or (a dump) all rules of it or of a chain, or its sets.</summary>
    public static void WriteGet(ref NetlinkWriter writer, int type, byte family, string table, string chain = "", bool dump = false)
    {
        writer.BeginMessage((NetlinkType)(Type | type), dump ? NetlinkFlags.Dump : NetlinkFlags.Acknowledge);
        WriteHeader(ref writer, family);
        writer.WriteAttribute(NfTables.TableName, table);
        if (chain.Length > 0)
        {
            writer.WriteAttribute(type == NfTables.GetRule ? NfTables.RuleChain : NfTables.ChainName, chain);
        }

        writer.EndMessage();
    }

    /// <summary>A dump of all elements of a set.</summary>
    public static void WriteList(ref NetlinkWriter writer, byte family, string table, string set)
    {
        writer.BeginMessage((NetlinkType)(Type | NfTables.GetElement), NetlinkFlags.Dump);
        WriteHeader(ref writer, family);
        writer.WriteAttribute(NfTables.TableName, table);
        writer.WriteAttribute(NfTables.SetName, set);
        writer.EndMessage();
    }

    /// <summary>Asks for one element, makes it, or deletes it.</summary>
    /// <param name="end">The last key of a range; empty where it is none.</param>
    /// <param name="value">Empty where the set has none, or it does not matter.</param>
    /// <param name="chain">To jump to; empty = the value is none.</param>
    /// <param name="acknowledge">Whether its success is told; its failure is in any case.</param>
    public static void WriteElement(
        ref NetlinkWriter writer, int type, byte family, string table, string set, ReadOnlySpan<byte> key, ReadOnlySpan<byte> end,
        ReadOnlySpan<byte> value, string chain, bool acknowledge)
    {
        writer.BeginMessage(
            (NetlinkType)(Type | type),
            (acknowledge ? NetlinkFlags.Acknowledge : NetlinkFlags.None) | (type == NfTables.NewElement ? NetlinkFlags.Create : NetlinkFlags.None));
        WriteHeader(ref writer, family);
        writer.WriteAttribute(NfTables.TableName, table);
        writer.WriteAttribute(NfTables.SetName, set);
        int list = writer.BeginNested(NfTables.Elements | Nested);
        int element = writer.BeginNested(NfTables.Element | Nested);
        WriteData(ref writer, NfTables.ElementKey, key);
        if (!end.IsEmpty)
        {
            WriteData(ref writer, NfTables.ElementKeyEnd, end);
        }

        if (chain.Length > 0)
        {
            WriteJump(ref writer, chain);
        }
        else if (!value.IsEmpty)
        {
            WriteData(ref writer, NfTables.ElementData, value);
        }

        writer.EndNested(element);
        writer.EndNested(list);
        writer.EndMessage();
    }

    private static void WriteJump(ref NetlinkWriter writer, string chain)
    {
        Span<byte> code = stackalloc byte[4];
        BinaryPrimitives.WriteInt32BigEndian(code, NfTables.Jump);
        int data = writer.BeginNested(NfTables.ElementData | Nested);
        int verdict = writer.BeginNested(NfTables.DataVerdict | Nested);
        writer.WriteAttribute(NfTables.VerdictCode, code);
        writer.WriteAttribute(NfTables.VerdictChain, chain);
        writer.EndNested(verdict);
        writer.EndNested(data);
    }

    private static void WriteData(ref NetlinkWriter writer, int type, ReadOnlySpan<byte> bytes)
    {
        int data = writer.BeginNested(type | Nested);
        writer.WriteAttribute(NfTables.DataValue, bytes);
        writer.EndNested(data);
    }

    /// <summary>struct nfgenmsg.</summary>
    private static void WriteHeader(ref NetlinkWriter writer, byte family) => writer.WriteBytes([family, 0, 0, 0]);

    private static void WriteBatchMark(ref NetlinkWriter writer, int type)
    {
        Span<byte> header = stackalloc byte[4];
        header.Clear();
        BinaryPrimitives.WriteUInt16BigEndian(header[2..], NfTables.Subsystem);
        writer.BeginMessage((NetlinkType)type, NetlinkFlags.None);
        writer.WriteBytes(header);
        writer.EndMessage();
    }
}
