namespace VirtNet.Wire.Dns;

/// <summary>Record and question types (IANA registry "DNS parameters") that are treated in a special way somewhere.</summary>
public enum DnsType : ushort
{
    A = 1,
    Ns = 2,
    Cname = 5,
    Soa = 6,
    Ptr = 12,
    Mx = 15,
    Txt = 16,
    Aaaa = 28,
    Srv = 33,
    Naptr = 35,
    Opt = 41,
    Rrsig = 46,
    Ixfr = 251,
    Axfr = 252,
    Any = 255,
    Caa = 257,
}

public enum DnsClass : ushort
{
    Internet = 1,
    Chaos = 3,
    Any = 255,
}

/// <summary>Outcome of a query; values above 15 need EDNS (RFC 6891, 6.1.3).</summary>
public enum DnsCode : ushort
{
    NoError = 0,
    FormatError = 1,
    ServerFailure = 2,
    NoSuchName = 3,
    NotImplemented = 4,
    Refused = 5,
    BadVersion = 16,
    BadCookie = 23,
}

/// <summary>Extended errors (RFC 8914) that this server gives.</summary>
public enum DnsExtendedError : ushort
{
    None = 0,
    NotReady = 14,
    Filtered = 17,
    Prohibited = 18,
    NotAuthoritative = 20,
    NoReachableAuthority = 22,
}

/// <summary>The second word of the header (RFC 1035 4.1.1, RFC 4035 3.2).</summary>
[Flags]
public enum DnsFlags : ushort
{
    None = 0,
    CodeMask = 0x000f,
    CheckingDisabled = 0x0010,
    AuthenticData = 0x0020,
    RecursionAvailable = 0x0080,
    RecursionDesired = 0x0100,
    Truncated = 0x0200,
    Authoritative = 0x0400,
    OpcodeMask = 0x7800,
    Response = 0x8000,
}
