using System.Buffers.Binary;
using System.Net;
using VirtNet.Linux.Netlink;

namespace VirtNet.Host.Netlink;

/// <summary>A connection that the kernel follows (linux/netfilter/nfnetlink_conntrack.h).</summary>
/// <param name="To">Where its first packet was sent to.</param>
/// <param name="Port">Likewise; 0 where the protocol has none.</param>
/// <param name="Answers">Whose answers come back.</param>
/// <param name="AnsweringPort">Likewise.</param>
/// <param name="IsTranslated">Whether its destination was translated.</param>
internal sealed record ConntrackFlow(
    byte Family, byte Protocol, IPAddress To, ushort Port, IPAddress Answers, ushort AnsweringPort, bool IsTranslated)
{
    public const int Subsystem = 1; // NFNL_SUBSYS_CTNETLINK
    private const int Get = 1; // IPCTNL_MSG_CT_GET
    private const int Delete = 2; // IPCTNL_MSG_CT_DELETE
    private const int HeaderLength = 4; // struct nfgenmsg
    private const int Original = 1; // CTA_TUPLE_ORIG
    private const int Reply = 2; // CTA_TUPLE_REPLY
    private const int Status = 3; // CTA_STATUS
    private const int ProtocolInfo = 4; // CTA_PROTOINFO
    private const int TcpInfo = 1; // CTA_PROTOINFO_TCP
    private const int TcpState = 1; // CTA_PROTOINFO_TCP_STATE
    private const int OriginalCounters = 9; // CTA_COUNTERS_ORIG
    private const int ReplyCounters = 10; // CTA_COUNTERS_REPLY
    private const int CountedOctets = 2; // CTA_COUNTERS_BYTES
    private const int Id = 12; // CTA_ID
    private const int Zone = 18; // CTA_ZONE
    private const int TupleIp = 1; // CTA_TUPLE_IP
    private const int TupleProtocol = 2; // CTA_TUPLE_PROTO
    private const int ProtocolNumber = 1; // CTA_PROTO_NUM
    private const int SourcePort = 2; // CTA_PROTO_SRC_PORT
    private const int DestinationPort = 3; // CTA_PROTO_DST_PORT
    private const uint SeenReply = 1 << 1; // IPS_SEEN_REPLY
    private const uint SourceTranslated = 1 << 4; // IPS_SRC_NAT
    private const uint DestinationTranslated = 1 << 5; // IPS_DST_NAT
    private const int Nested = 0x8000; // NLA_F_NESTED
    private const byte TimeWait = 7; // TCP_CONNTRACK_TIME_WAIT

    /// <summary>Who sent its first packet.</summary>
    public required IPAddress From { get; init; }

    /// <summary>Whether anybody has answered yet.</summary>
    public bool IsAnswered { get; init; }

    /// <summary>Whether it goes on under another address than its sender's.</summary>
    public bool IsHidden { get; init; }

    /// <summary>Whether it has ended, and is only still known.</summary>
    public bool HasEnded { get; init; }

    /// <summary>Of both directions; null where the host does not count them.</summary>
    public ulong? Octets { get; init; }

    private byte[] Tuple { get; init; } = [];

    private byte[] Number { get; init; } = [];

    private byte[] ZoneNumber { get; init; } = [];

    public static ConntrackFlow? TryParse(in NetlinkMessage message)
    {
        if ((int)message.Type >> 8 != Subsystem || message.Payload.Length < HeaderLength)
        {
            return null;
        }

        ReadOnlySpan<byte> attributes = message.Payload[HeaderLength..];
        ReadOnlySpan<byte> original = NetlinkAttributes.Find(attributes, Original);
        ReadOnlySpan<byte> reply = NetlinkAttributes.Find(attributes, Reply);
        ReadOnlySpan<byte> protocol = NetlinkAttributes.Find(original, TupleProtocol);
        uint status = NetlinkAttributes.Find(attributes, Status) is { Length: 4 } bits ? BinaryPrimitives.ReadUInt32BigEndian(bits) : 0;
        return Address(original, destination: false) is { } from && Address(original, destination: true) is { } to
            && Address(reply, destination: false) is { } answers && NetlinkAttributes.Find(protocol, ProtocolNumber) is { Length: > 0 } number
            ? new ConntrackFlow(
                message.Payload[0], number[0], to, PortIn(protocol, DestinationPort), answers,
                PortIn(NetlinkAttributes.Find(reply, TupleProtocol), SourcePort), (status & DestinationTranslated) != 0)
            {
                From = from,
                IsAnswered = (status & SeenReply) != 0,
                IsHidden = (status & SourceTranslated) != 0,
                HasEnded = NetlinkAttributes.Find(NetlinkAttributes.Find(NetlinkAttributes.Find(attributes, ProtocolInfo), TcpInfo), TcpState)
                    is [>= TimeWait, ..],
                Octets = OctetsIn(attributes, OriginalCounters) + OctetsIn(attributes, ReplyCounters),
                Tuple = original.ToArray(),
                Number = NetlinkAttributes.Find(attributes, Id).ToArray(),
                ZoneNumber = NetlinkAttributes.Find(attributes, Zone).ToArray(),
            }
            : null;
    }

    /// <summary>A dump of all of one family.</summary>
    public static void WriteDump(ref NetlinkWriter writer, byte family)
    {
        writer.BeginMessage((NetlinkType)((Subsystem << 8) | Get), NetlinkFlags.Dump);
        writer.WriteBytes([family, 0, 0, 0]);
        writer.EndMessage();
    }

    /// <summary>Has the kernel forget it, if it is still the same.</summary>
    public void WriteDelete(ref NetlinkWriter writer)
    {
        writer.BeginMessage((NetlinkType)((Subsystem << 8) | Delete), NetlinkFlags.Acknowledge);
        writer.WriteBytes([Family, 0, 0, 0]);
        writer.WriteAttribute(Original | Nested, Tuple);
        if (ZoneNumber.Length > 0)
        {
            writer.WriteAttribute(Zone, ZoneNumber);
        }

        if (Number.Length > 0)
        {
            writer.WriteAttribute(Id, Number);
        }

        writer.EndMessage();
    }

    private static IPAddress? Address(ReadOnlySpan<byte> tuple, bool destination)
    {
        ReadOnlySpan<byte> addresses = NetlinkAttributes.Find(tuple, TupleIp);
        ReadOnlySpan<byte> ipv4 = NetlinkAttributes.Find(addresses, destination ? 2 : 1); // CTA_IP_V4_DST, CTA_IP_V4_SRC
        ReadOnlySpan<byte> ipv6 = NetlinkAttributes.Find(addresses, destination ? 4 : 3); // CTA_IP_V6_DST, CTA_IP_V6_SRC
        return ipv4.Length == 4 ? new IPAddress(ipv4) : ipv6.Length == 16 ? new IPAddress(ipv6) : null;
    }

    private static ulong? OctetsIn(ReadOnlySpan<byte> attributes, int direction) =>
        NetlinkAttributes.Find(NetlinkAttributes.Find(attributes, direction), CountedOctets) is { Length: 8 } octets
            ? BinaryPrimitives.ReadUInt64BigEndian(octets) : null;

    private static ushort PortIn(ReadOnlySpan<byte> protocol, int type) =>
        NetlinkAttributes.Find(protocol, type) is { Length: 2 } port ? BinaryPrimitives.ReadUInt16BigEndian(port) : (ushort)0;
}
