using System.Net;
using VirtNet.Wire.Dns;

namespace VirtNet.Wire.Ndisc;

/// <summary>
/// A router advertisement (RFC 4861 section 4.2) with the options a network of guests needs. The ICMPv6 checksum is the
/// kernel's work.
/// </summary>
public sealed record RouterAdvertisement
{
    /// <summary>ICMPv6 type.</summary>
    public const byte Type = 134;

    /// <summary>A lifetime without end (RFC 4861 section 4.6.2, RFC 8106 section 5.1).</summary>
    public const uint InfiniteLifetime = uint.MaxValue;

    private const byte ManagedFlag = 0x80;
    private const byte OtherFlag = 0x40;
    private const int PreferenceShift = 3;

    public byte HopLimit { get; init; } = 64;

    /// <summary>M: addresses come from DHCPv6.</summary>
    public bool Managed { get; init; }

    /// <summary>O: other settings come from DHCPv6.</summary>
    public bool Other { get; init; }

    public RouterPreference Preference { get; init; }

    /// <summary>Seconds; 0 = not a default router.</summary>
    public ushort RouterLifetime { get; init; }

    public IReadOnlyList<AdvertisedPrefix> Prefixes { get; init; } = [];

    /// <summary>Octets; 0 = option left out.</summary>
    public uint Mtu { get; init; }

    /// <summary>The router's Ethernet address; empty = option left out.</summary>
    public ReadOnlyMemory<byte> LinkAddress { get; init; }

    /// <summary>Resolvers (RFC 8106); empty = option left out.</summary>
    public IReadOnlyList<IPAddress> DnsServers { get; init; } = [];

    /// <summary>Domains in which guests look for short names (RFC 8106); empty = option left out.</summary>
    public IReadOnlyList<DnsName> SearchDomains { get; init; } = [];

    /// <summary>Seconds for which resolvers and domains are valid.</summary>
    public uint DnsLifetime { get; init; } = InfiniteLifetime;

    public void Write(ref WireWriter writer)
    {
        writer.WriteByte(Type);
        writer.WriteByte(0); // code
        writer.WriteUInt16(0); // checksum
        writer.WriteByte(HopLimit);
        int preference = RouterLifetime == 0 ? 0 : (byte)Preference << PreferenceShift; // RFC 4191 section 2.2
        writer.WriteByte((byte)((Managed ? ManagedFlag : 0) | (Other ? OtherFlag : 0) | preference));
        writer.WriteUInt16(RouterLifetime);
        writer.WriteUInt32(0); // reachable time: unspecified
        writer.WriteUInt32(0); // retransmission timer: unspecified
        foreach (AdvertisedPrefix prefix in Prefixes)
        {
            prefix.Write(ref writer);
        }

        NdiscOptions.WriteMtu(ref writer, Mtu);
        NdiscOptions.WriteSourceLinkAddress(ref writer, LinkAddress.Span);
        NdiscOptions.WriteDnsServers(ref writer, DnsServers, DnsLifetime);
        NdiscOptions.WriteSearchList(ref writer, SearchDomains, DnsLifetime);
    }
}

/// <summary>How a router is to be taken where there are several (RFC 4191 section 2.1).</summary>
public enum RouterPreference : byte
{
    Medium = 0,
    High = 1,
    Low = 3,
}

/// <summary>A prefix information option (RFC 4861 section 4.6.2).</summary>
/// <param name="Autonomous">Whether guests may make addresses from it themselves.</param>
/// <param name="Lifetime">Seconds for which it is valid; 0 takes it back (RFC 4862 section 5.5.3).</param>
public sealed record AdvertisedPrefix(
    IPNetwork Prefix, bool Autonomous, uint Lifetime = RouterAdvertisement.InfiniteLifetime)
{
    private const byte OnLinkFlag = 0x80;
    private const byte AutonomousFlag = 0x40;
    private const byte RouterFlag = 0x20;

    /// <summary>Whether guests reach its addresses without the router.</summary>
    public bool OnLink { get; init; } = true;

    /// <summary>The router's own address in it, where guests are to know that (RFC 6275, 7.2); else null.</summary>
    public IPAddress? Router { get; init; }

    /// <summary>Whether addresses of it are no source of new connections any more.</summary>
    public bool Deprecated { get; init; }

    internal void Write(ref WireWriter writer)
    {
        NdiscOptions.WriteHeader(ref writer, NdiscOptionType.PrefixInformation, octets: 32);
        writer.WriteByte((byte)Prefix.PrefixLength);
        writer.WriteByte((byte)((OnLink ? OnLinkFlag : 0) | (Autonomous ? AutonomousFlag : 0) | (Router is null ? 0 : RouterFlag)));
        writer.WriteUInt32(Lifetime); // valid
        writer.WriteUInt32(Deprecated ? 0 : Lifetime); // preferred
        writer.WriteUInt32(0);
        writer.WriteBytes((Router ?? Prefix.BaseAddress).GetAddressBytes());
    }
}
