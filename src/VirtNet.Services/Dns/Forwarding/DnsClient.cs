using VirtNet.Services.Sockets;
using VirtNet.Wire.Dns;

namespace VirtNet.Services.Dns.Forwarding;

/// <summary>The way back to clients: a UDP socket or one TCP connection. The loop's thread only.</summary>
internal interface IReplyChannel
{
    /// <summary>Whether an answer of any length can go this way.</summary>
    bool IsStream { get; }

    /// <summary>A buffer for one message; to be filled and sent before the next is rented.</summary>
    Span<byte> Rent();

    /// <summary>Sends the first octets of the rented buffer; nothing happens if the client is gone.</summary>
    void Send(int length, NetEndpoint peer);
}

/// <summary>Who asked a question, and what its answer must look like.</summary>
internal readonly record struct DnsClient
{
    private const DnsFlags Kept = DnsFlags.RecursionDesired | DnsFlags.CheckingDisabled | DnsFlags.AuthenticData;

    /// <param name="nameExists">The name is known here, without what was asked for.</param>
    public DnsClient(IReplyChannel channel, NetEndpoint peer, in DnsQuery query, DnsEdns? edns, int limit, bool nameExists)
    {
        Channel = channel;
        Peer = peer;
        Id = query.Header.Id;
        Flags = query.Header.Flags & Kept;
        Edns = edns;
        Limit = limit;
        NameCase = DnsNameCase.Of(query.Name);
        NameExists = nameExists;
    }

    public IReplyChannel Channel { get; }

    public NetEndpoint Peer { get; }

    public ushort Id { get; }

    /// <summary>RD, CD and AD as asked.</summary>
    public DnsFlags Flags { get; }

    /// <summary>What its answer's OPT record says; null if it does not speak EDNS.</summary>
    public DnsEdns? Edns { get; }

    /// <summary>Octets of the largest answer.</summary>
    public int Limit { get; }

    public DnsNameCase NameCase { get; }

    /// <summary>Whatever an upstream says, there is such a name (RFC 8020).</summary>
    public bool NameExists { get; }

    public bool IsSameQuestionAs(in DnsClient other) => Id == other.Id && Channel == other.Channel && Peer == other.Peer;
}
