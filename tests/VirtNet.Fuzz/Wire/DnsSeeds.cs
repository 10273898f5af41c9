using System.Text;
using VirtNet.Fuzz.Engine;
using VirtNet.Wire.Dns;

namespace VirtNet.Fuzz.Wire;

/// <summary>Questions and responses, and what is put into them.</summary>
internal static class DnsSeeds
{
    public static IEnumerable<byte[]> Queries =>
    [
        Query("guest.lab.test", DnsType.A),
        Query("guest", DnsType.Aaaa, new DnsEdns(1232)),
        Query("www.example.org", DnsType.Any, new DnsEdns(4096, DnssecOk: true)),
        Query("www.example.org", DnsType.A, new DnsEdns(1232, Cookie: new DnsCookie(0x0123456789abcdef, new byte[16]))),
        Query("16.0.77.10.in-addr.arpa", DnsType.Ptr),
        Query("0.1.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.7.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa", DnsType.Ptr),
        Query("version.bind", DnsType.Txt, @class: DnsClass.Chaos),
        Query("alias.lab.test", DnsType.A),
        Query("_ldap._tcp.lab.test", DnsType.Srv),
        Query(".", DnsType.Ns),
        Query("lab.test", DnsType.Axfr),
    ];

    public static IEnumerable<byte[]> Responses =>
    [
        Response("www.example.org", DnsType.A, DnsCode.NoError, answers: 2),
        Response("www.example.org", DnsType.Aaaa, DnsCode.NoError, answers: 0),
        Response("nowhere.example.org", DnsType.A, DnsCode.NoSuchName, answers: 0),
        Response("www.example.org", DnsType.A, DnsCode.ServerFailure, answers: 0),
        Response("www.example.org", DnsType.A, DnsCode.NoError, answers: 1, flags: DnsFlags.Truncated),
        Response("many.example.org", DnsType.A, DnsCode.NoError, answers: 40),
    ];

    public static IReadOnlyList<byte[]> Words =>
    [
        [0xc0, 12], [0xc0, 0], [0xff, 0xff], [0], [1, (byte)'a'], [63], [64], [0, 1, 0, 1], [0, 28, 0, 1], [0, 41], [0, 0, 41, 4, 0xd0], [0, 6],
        [0, 255, 0, 1], [0, 16, 0, 3], [0x80, 0], [0x84, 0], [0, 0, 0, 0, 0, 0], [0, 15, 0, 2, 0, 18], Name("guest"), Name("lab.test"),
        Name("in-addr.arpa"), Name("ip6.arpa"), Name("alias"), Name("local"), Name("version.bind"), Encoding.ASCII.GetBytes("\x04test"),
    ];

    public static byte[] Query(
        string name, DnsType type, DnsEdns? edns = null, DnsClass @class = DnsClass.Internet) => Octets.Of((ref writer) =>
        {
            new DnsHeader(7, DnsFlags.RecursionDesired, 1, 0, 0, edns is null ? (ushort)0 : (ushort)1).Write(ref writer);
            writer.WriteBytes(Name(name));
            writer.WriteUInt16((ushort)type);
            writer.WriteUInt16((ushort)@class);
            edns?.Write(ref writer);
        });

    /// <summary>With addresses where there are answers and with an SOA where there are none, and EDNS.</summary>
    public static byte[] Response(
        string name, DnsType type, DnsCode code, int answers, DnsFlags flags = DnsFlags.None) => Octets.Of((ref writer) =>
        {
            flags |= DnsFlags.Response | DnsFlags.RecursionDesired | DnsFlags.RecursionAvailable | (DnsFlags)code;
            ushort authorities = answers == 0 ? (ushort)1 : (ushort)0;
            new DnsHeader(7, flags, 1, (ushort)answers, authorities, 1).Write(ref writer);
            writer.WriteBytes(Name(name));
            writer.WriteUInt16((ushort)type);
            writer.WriteUInt16((ushort)DnsClass.Internet);
            for (int i = 0; i < answers; i++)
            {
                writer.WriteBytes([0xc0, 12, 0, 1, 0, 1, 0, 0, 1, 44, 0, 4, 192, 0, 2, (byte)i]);
            }

            if (answers == 0)
            {
                writer.WriteBytes([0xc0, 12, 0, 6, 0, 1, 0, 0, 0, 60, 0, 22, 0, 0, 0, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0, 3, 0, 0, 0, 4, 0, 0, 0, 30]);
            }

            new DnsEdns(1232).Write(ref writer);
        });

    private static byte[] Name(string name) => DnsName.TryParse(name)!.Wire.ToArray();
}
