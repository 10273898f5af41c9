using System.Runtime.InteropServices;
using VirtNet.Services.Sockets;
using VirtNet.Wire.Dns;

namespace VirtNet.Services.Dns.Forwarding;

/// <summary>One question under way to upstreams, and all clients that wait for its answer. Objects are used again.</summary>
internal sealed class PendingQuery
{
    /// <summary>
    /// Clients beyond this wait in vain for this answer and will find the next one in the cache; of them no address has
    /// more than half.
    /// </summary>
    public const int MaxClients = 64;

    private readonly byte[] _name = new byte[DnsName.MaxLength];
    private int _nameLength;

    public PendingQuery() => ClientNode = new LinkedListNode<PendingQuery>(this);

    /// <summary>Among the questions of the client that it is accounted to.</summary>
    public LinkedListNode<PendingQuery> ClientNode { get; }

    /// <summary>Who asked it first.</summary>
    public ClientShare Client { get; set; } = null!;

    public NetworkShare Network { get; private set; } = null!;

    public UpstreamGroup Group { get; private set; } = null!;

    public DnsType Type { get; private set; }

    public DnsFlags Flags { get; private set; }

    public bool DnssecOk { get; private set; }

    /// <summary>Capitals of the name as the upstreams are asked for it.</summary>
    public DnsNameCase NameCase { get; set; }

    /// <summary>A server wanted a newer cookie, and was asked again with it.</summary>
    public bool HasFreshCookie { get; set; }

    public List<DnsClient> Clients { get; } = [];

    public List<Attempt> Attempts { get; } = [];

    /// <summary>Timestamp of the first attempt.</summary>
    public long StartedAt { get; private set; }

    /// <summary>Timestamp at which to try again, or to give up.</summary>
    public long NextStep { get; set; }

    /// <summary>How often it has waited in vain.</summary>
    public int Rounds { get; set; }

    /// <summary>Under way over TCP: datagrams that still come do not matter.</summary>
    public bool ByStream { get; set; }

    /// <summary>Counts uses of this object, so that a late outcome of TCP is not taken for another question's.</summary>
    public int Generation { get; private set; }

    public bool IsActive { get; private set; }

    /// <summary>Whether a server has it that has said nothing yet, however late it is.</summary>
    public bool MayBeAnswered => Attempts.Exists(static attempt => !attempt.Failed);

    /// <summary>The next in the same bucket of the table.</summary>
    public PendingQuery? NextInBucket { get; set; }

    public uint Hash { get; private set; }

    /// <summary>Position in the forwarder's list.</summary>
    public int Index { get; set; }

    public ReadOnlySpan<byte> Name => _name.AsSpan(0, _nameLength);

    public DnsQuestion Question => new(Network, Group, Name, Type, DnssecOk, Flags);

    public void Start(in DnsQuestion question, long now)
    {
        Network = question.Network;
        Group = question.Group;
        Type = question.Type;
        Flags = question.Flags;
        DnssecOk = question.DnssecOk;
        Hash = question.Hash;
        question.Name.CopyTo(_name);
        _nameLength = question.Name.Length;
        NameCase = default;
        HasFreshCookie = false;
        StartedAt = now;
        Rounds = 0;
        ByStream = false;
        IsActive = true;
        Generation++;
    }

    public void End()
    {
        IsActive = false;
        Clients.Clear();
        Attempts.Clear();
    }

    public bool Is(in DnsQuestion question) =>
        Hash == question.Hash
        && Network == question.Network
        && Type == question.Type
        && Group == question.Group
        && DnssecOk == question.DnssecOk
        && Flags == question.Flags
        && Name.SequenceEqual(question.Name);

    /// <summary>Which attempt has this id, or -1.</summary>
    public int FindAttempt(ushort id)
    {
        int index = Attempts.Count - 1;
        while (index >= 0 && Attempts[index].Id != id)
        {
            index--;
        }

        return index;
    }

    public bool Asked(UpstreamServer server)
    {
        foreach (Attempt attempt in Attempts)
        {
            if (attempt.Server == server)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Whether a server was asked again without EDNS.</summary>
    public bool WasAskedPlainly(UpstreamServer server)
    {
        foreach (Attempt attempt in Attempts)
        {
            if (attempt.IsPlainRetry && attempt.Server == server)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>
    /// The server to ask now: the first not asked yet, those that are down last; when all were asked, round again.
    /// </summary>
    public UpstreamServer NextServer()
    {
        UpstreamServer? lastResort = null;
        foreach (UpstreamServer server in Group.Servers)
        {
            if (!Asked(server))
            {
                if (!server.IsDown)
                {
                    return server;
                }

                lastResort ??= server;
            }
        }

        return lastResort ?? Group.Servers[Rounds % Group.Servers.Length];
    }

    /// <summary>A server that failed is not waited for any more.</summary>
    public void GiveUp(UpstreamServer server)
    {
        foreach (ref Attempt attempt in CollectionsMarshal.AsSpan(Attempts))
        {
            if (attempt.Server == server)
            {
                attempt.Failed = true;
            }
        }
    }

    /// <summary>Adds a client unless it waits already (it repeats its question) or too many do.</summary>
    public void AddClient(in DnsClient client)
    {
        int own = 0;
        foreach (DnsClient known in Clients)
        {
            if (known.IsSameQuestionAs(client))
            {
                return;
            }

            own += known.Peer.Address == client.Peer.Address ? 1 : 0;
        }

        if (Clients.Count < MaxClients)
        {
            if (own < MaxClients / 2)
            {
                Clients.Add(client);
            }
        }
        else if (own < (MaxClients / 2) - 1 && MostFrequent(than: own) is >= 0 and int other)
        {
            Clients.RemoveAt(other);
            Clients.Add(client);
        }
    }

    /// <summary>The first one of the address that waits most often, if that is at least twice more often than this; else -1.</summary>
    private int MostFrequent(int than)
    {
        KeyValuePair<NetAddress, int> most = Clients.CountBy(other => other.Peer.Address).MaxBy(address => address.Value);
        return most.Value > than + 1 ? Clients.FindIndex(other => other.Peer.Address == most.Key) : -1;
    }

    /// <summary>One datagram sent to one server.</summary>
    /// <param name="Id">None if it could not be sent.</param>
    /// <param name="Port">What it was sent from; null if it could not be sent.</param>
    internal record struct Attempt(ushort? Id, UpstreamServer Server, object? Port, long SentAt)
    {
        public bool WithEdns { get; init; }

        public bool WithCapitals { get; init; }

        /// <summary>Asked again without EDNS, after the server seemed not to know it.</summary>
        public bool IsPlainRetry { get; init; }

        /// <summary>The server has answered, but without an answer to the question; or it could not be asked.</summary>
        public bool Failed { get; set; }

        public bool CountedSilent { get; set; }
    }
}
