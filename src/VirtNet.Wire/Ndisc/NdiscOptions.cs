using System.Net;
using VirtNet.Wire.Dns;

namespace VirtNet.Wire.Ndisc;

/// <summary>Option numbers of neighbour discovery.</summary>
internal enum NdiscOptionType : byte
{
    SourceLinkAddress = 1,
    PrefixInformation = 3,
    Mtu = 5,
    RecursiveDnsServer = 25,
    DnsSearchList = 31,
}

/// <summary>Options of neighbour discovery (RFC 4861 section 4.6); lengths count units of eight octets.</summary>
internal static class NdiscOptions
{
    private const int Unit = 8;
    private const int AddressLength = 16;

    public static void WriteHeader(ref WireWriter writer, NdiscOptionType type, int octets)
    {
        writer.WriteByte((byte)type);
        writer.WriteByte((byte)(octets / Unit));
    }

    public static void WriteMtu(ref WireWriter writer, uint mtu)
    {
        if (mtu > 0)
        {
            WriteHeader(ref writer, NdiscOptionType.Mtu, octets: Unit);
            writer.WriteUInt16(0);
            writer.WriteUInt32(mtu);
        }
    }

    public static void WriteSourceLinkAddress(ref WireWriter writer, ReadOnlySpan<byte> address)
    {
        if (!address.IsEmpty)
        {
            WriteHeader(ref writer, NdiscOptionType.SourceLinkAddress, octets: 2 + address.Length);
            writer.WriteBytes(address);
        }
    }

    /// <summary>RFC 8106 section 5.2: the names one after the other, then zeros up to a whole unit.</summary>
    public static void WriteSearchList(ref WireWriter writer, IReadOnlyList<DnsName> domains, uint lifetime)
    {
        int names = domains.Sum(domain => domain.Wire.Length);
        if (names > 0)
        {
            int padded = (names + Unit - 1) / Unit * Unit;
            WriteHeader(ref writer, NdiscOptionType.DnsSearchList, octets: Unit + padded);
            writer.WriteUInt16(0);
            writer.WriteUInt32(lifetime);
            foreach (DnsName domain in domains)
            {
                writer.WriteBytes(domain.Wire);
            }

            writer.Reserve(padded - names).Clear();
        }
    }

    /// <summary>RFC 8106 section 5.1.</summary>
    public static void WriteDnsServers(ref WireWriter writer, IReadOnlyList<IPAddress> servers, uint lifetime)
    {
        if (servers.Count > 0)
        {
            WriteHeader(ref writer, NdiscOptionType.RecursiveDnsServer, octets: Unit + (AddressLength * servers.Count));
            writer.WriteUInt16(0);
            writer.WriteUInt32(lifetime);
            foreach (IPAddress server in servers)
            {
                writer.WriteBytes(server.GetAddressBytes());
            }
        }
    }
}
