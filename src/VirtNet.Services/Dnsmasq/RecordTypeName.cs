using System.Collections.Frozen;

namespace VirtNet.Services.Dnsmasq;

/// <summary>Types of records as dnsmasq knows them.</summary>
internal static class RecordTypeName
{
    private static readonly FrozenSet<string> RecordTypes =
        """
        A NS MD MF CNAME SOA MB MG MR NULL WKS PTR HINFO MINFO MX TXT RP AFSDB X25 ISDN RT NSAP NSAP_PTR SIG KEY PX GPOS AAAA LOC NXT
        EID NIMLOC SRV ATMA NAPTR KX CERT A6 DNAME SINK OPT APL DS SSHFP IPSECKEY RRSIG NSEC DNSKEY DHCID NSEC3 NSEC3PARAM TLSA SMIMEA
        HIP NINFO RKEY TALINK CDS CDNSKEY OPENPGPKEY CSYNC ZONEMD SVCB HTTPS SPF UINFO UID GID UNSPEC NID L32 L64 LP EUI48 EUI64 TKEY
        TSIG IXFR AXFR MAILB MAILA ANY URI CAA AVC DOA AMTRELAY TA DLV
        """.Split([' ', '\n'], StringSplitOptions.RemoveEmptyEntries).ToFrozenSet(StringComparer.OrdinalIgnoreCase);

    /// <summary>Its number or name.</summary>
    public static bool IsOne(string word) => CNumber.Read(word) is not null || RecordTypes.Contains(word);
}
