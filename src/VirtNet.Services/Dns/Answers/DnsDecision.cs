using VirtNet.Model;
using VirtNet.Services.Sockets;
using VirtNet.Wire.Dns;

namespace VirtNet.Services.Dns.Answers;

/// <summary>What to do about one question: answer it (its records are written already), or ask these servers.</summary>
internal readonly record struct DnsDecision
{
    private DnsDecision(DnsCode code, DnsExtendedError error, bool authoritative, ValueList<NetEndpoint>? servers, bool exists = true)
    {
        Code = code;
        Error = error;
        Authoritative = authoritative;
        Servers = servers;
        Exists = exists;
    }

    public DnsCode Code { get; }

    public DnsExtendedError Error { get; }

    /// <summary>Records of ours answer the question, or the zone is ours that has none.</summary>
    public bool Authoritative { get; }

    /// <summary>Not null: to be forwarded.</summary>
    public ValueList<NetEndpoint>? Servers { get; }

    /// <summary>The name is known here: servers that have never heard of it cannot say that it does not exist.</summary>
    public bool Exists { get; }

    /// <summary>The records written answer it.</summary>
    public static DnsDecision Found { get; } = new(DnsCode.NoError, DnsExtendedError.None, true, null);

    /// <summary>The name exists, the type asked for does not.</summary>
    public static DnsDecision Empty { get; } = new(DnsCode.NoError, DnsExtendedError.None, false, null);

    public static DnsDecision NoSuchName { get; } = new(DnsCode.NoSuchName, DnsExtendedError.None, false, null);

    public static DnsDecision Forward(ValueList<NetEndpoint> servers, bool exists) =>
        new(DnsCode.NoError, DnsExtendedError.None, false, servers, exists);

    /// <summary>The same, said with authority.</summary>
    public DnsDecision WithAuthority() => new(Code, Error, authoritative: true, Servers, Exists);

    public static DnsDecision Refuse(DnsExtendedError error) => new(DnsCode.Refused, error, false, null);

    public static DnsDecision Fail(DnsCode code) => new(code, DnsExtendedError.None, false, null);
}
