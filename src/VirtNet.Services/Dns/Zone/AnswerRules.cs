using System.Buffers.Binary;
using System.Net;
using VirtNet.Model;
using VirtNet.Wire.Dns;

namespace VirtNet.Services.Dns.Zone;

/// <summary>What a definition wants done to the answers of other servers before guests get them.</summary>
internal sealed record AnswerRules
{
    private static readonly IPNetwork s_thisHost = IPNetwork.Parse("0.0.0.0/8");

    public static AnswerRules None { get; } = new();

    /// <summary>Types of records that guests are not told.</summary>
    public ValueList<DnsType> HiddenTypes { get; init; } = [];

    /// <summary>Answers that lead into private networks are not passed on: DNS rebinding.</summary>
    public bool StopsRebinding { get; init; }

    /// <summary>Those that lead to the asking host itself may pass.</summary>
    public bool MayBeLoopback { get; init; }

    /// <summary>Domains whose names may be of private networks.</summary>
    public ValueList<DnsName> MayBePrivate { get; init; } = [];

    /// <summary>Names without a dot may be so too.</summary>
    public bool PlainNamesMayBePrivate { get; init; }

    /// <summary>IPv4 addresses that others take the place of; the first that fits counts.</summary>
    public ValueList<AddressChange> Changes { get; init; } = [];

    /// <summary>A name that has one of these addresses does not exist.</summary>
    public ValueList<IPNetwork> Bogus { get; init; } = [];

    /// <summary>
    /// A datagram with one of these addresses has not come, and a better one may still. What comes over TCP passes and is kept,
    /// as with dnsmasq 2.90: there is no other to wait for.
    /// </summary>
    public ValueList<IPNetwork> Ignored { get; init; } = [];

    /// <summary>For how long they count.</summary>
    public AnswerTimes Times { get; init; } = AnswerTimes.AsTheySay;

    /// <summary>No record is looked at: only what has come, and how long it counts, is ruled.</summary>
    public bool LeavesRecords => HiddenTypes.Count == 0 && !StopsRebinding && Changes.Count == 0 && Bogus.Count == 0;

    /// <summary>Whether guests are not told a record: its type is hidden, or it signs records of such a type.</summary>
    public bool Hides(in DnsRecordView record) =>
        HiddenTypes.Count > 0
        && (HiddenTypes.AsSpan().Contains(record.Type)
            || (record.Type == DnsType.Rrsig && record.Data.Length > sizeof(ushort)
                && HiddenTypes.AsSpan().Contains((DnsType)BinaryPrimitives.ReadUInt16BigEndian(record.Data))));

    public bool IsBogus(in DnsRecordView record) => Bogus.Count > 0 && IsIn(record, Bogus.AsSpan());

    public bool IsIgnored(in DnsRecordView record) => IsIn(record, Ignored.AsSpan());

    /// <summary>Whether names of a domain may lead anywhere.</summary>
    public bool IsFree(ReadOnlySpan<byte> name)
    {
        foreach (DnsName domain in MayBePrivate.AsSpan())
        {
            if (DnsName.IsSameOrBelow(name, domain.Wire))
            {
                return true;
            }
        }

        return !StopsRebinding || (PlainNamesMayBePrivate && DnsName.IsPlainName(name));
    }

    /// <summary>Whether a record leads into a private network.</summary>
    public bool IsPrivate(in DnsRecordView record)
    {
        if (AddressOf(record) is not { } address)
        {
            return false;
        }

        address = address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
        return IsAskerItself(address) ? !MayBeLoopback
            : ReverseZones.IsPrivate(address);
    }

    /// <summary>Puts another address in the place of the one that is here, if a rule says so.</summary>
    public void Change(Span<byte> address)
    {
        foreach (AddressChange change in Changes.AsSpan())
        {
            uint old = BinaryPrimitives.ReadUInt32BigEndian(address);
            if (old >= change.First && old <= change.Last)
            {
                BinaryPrimitives.WriteUInt32BigEndian(address, (old & ~change.Mask) | (change.To & change.Mask));
                return;
            }
        }
    }

    private static bool IsIn(in DnsRecordView record, ReadOnlySpan<IPNetwork> networks)
    {
        if (AddressOf(record) is { } address)
        {
            foreach (IPNetwork network in networks)
            {
                if (network.Contains(address))
                {
                    return true;
                }
            }
        }

        return false;
    }

    /// <summary>Loopback, and who has no address yet: "this host" (RFC 1122, 3.2.1.3; RFC 4291, 2.5.2).</summary>
    private static bool IsAskerItself(IPAddress address) =>
        IPAddress.IsLoopback(address) || s_thisHost.Contains(address) || address.Equals(IPAddress.IPv6Any);

    private static IPAddress? AddressOf(in DnsRecordView record) =>
        (record.Type, record.Data.Length) is (DnsType.A, 4) or (DnsType.Aaaa, 16) ? new IPAddress(record.Data) : null;
}

/// <param name="First">The first of the addresses that are changed.</param>
/// <param name="Last">The last of them.</param>
/// <param name="Mask">Bits that are those of <paramref name="To"/> afterwards.</param>
internal sealed record AddressChange(uint First, uint Last, uint To, uint Mask);
